import Results

extension FigureCatalog {
  /// The size of every network's file, as bars.
  @Sendable static func bytes(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    // Sizes are the same for every seed.
    let networks = rows.results.byNetwork().map { $0.rows[0] }
    guard let largest = networks.map({ Double($0.bytes) }).max() else { return nil }

    let (unit, size, inFull) = largest < 1e6 ? ("kB", 1e3, "1,000") : ("MB", 1e6, "1,000,000")
    var figure = Figure(
      name: "bytes", title: "Bytes on disk", subtitle: title.withoutSeeds.text, height: Figure.height(bars: networks.count))
    figure.plot(
      networks.map { network in
        let length = Double(network.bytes) / size
        let text = "\(Ticks.threeDigits(length)) \(unit), \(Ticks.threeDigits(100 * network.byteRatio)) %"
        return Bar(name: network.key.titleWithRank, from: 0, to: length, text: text, style: PlotStyle(of: network.key))
      }, x: "size of the file (\(unit), \(inFull) bytes); percentages are of the baseline", from: 0)
    return figure
  }
}
