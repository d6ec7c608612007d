import Foundation
import Results

extension FigureCatalog {
  /// The size of every network's file, as bars.
  @Sendable static func bytes(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let networks = rows.overview
    guard let largest = networks.map({ $0.mean(\.bytes) }).max() else { return nil }

    let (unit, size, inFull) = largest < 1e6 ? ("kB", 1e3, "1,000") : ("MB", 1e6, "1,000,000")
    // Sizes are the same for every seed, but where ranks are chosen by the weights.
    let isSame = networks.allSatisfy { Set($0.rows.map(\.bytes)).count == 1 }
    var figure = Figure(
      name: "bytes", title: "Bytes on disk",
      subtitle: (isSame ? title.withoutSeeds : title).text + "; percentages are of the baseline",
      height: Figure.height(bars: networks.count))
    figure.plot(
      networks.map { network in
        let length = network.mean(\.bytes) / size
        let ratio = Interval(network.rows.map(\.byteRatio))?.mean ?? .nan
        let text = "\(Ticks.threeDigits(length)) \(unit)\(spread(network)), \(Ticks.threeDigits(100 * ratio)) %"
        return Bar(name: network.key.titleWithRank, from: 0, to: length, text: text, style: PlotStyle(of: network.key))
      }, x: "size of the file (\(unit), \(inFull) bytes)", from: 0)
    return figure
  }

  /// Half the 95 % interval, where sizes differ between seeds: too short for a bar.
  private static func spread(_ network: NetworkGroup<ResultRow>) -> String {
    guard let half = network.interval(of: { Double($0.bytes) })?.halfWidth, half > 0 else { return "" }
    return " ± \(Ticks.bytes(Double(String(format: "%.2g", half)) ?? half))"
  }
}
