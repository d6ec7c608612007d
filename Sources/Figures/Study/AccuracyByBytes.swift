import Results

extension FigureCatalog {
  /// The paper's claim: the accuracy of dynamic SVD, in percent, at a share of the baseline's memory.
  private static let claim = (accuracy: 97.0, share: 0.02)
  /// The axis ends here, in percent: below, it would take its room from the networks that are of use.
  private static let worst = 80.0

  /// Test accuracy against the size of the file, of all networks of the study, with the front of those that no other beats, the
  /// paper's claim, and networks that others have published.
  static func accuracyByBytes(_ rows: StudyResults, _ title: StudyTitle, _ published: [PublishedRow]) -> Figure? {
    let groups = rows.results.byNetwork()
    guard groups.contains(where: { $0.key.method != .dense }) else { return nil }

    let size = { (group: NetworkGroup<ResultRow>) in group.mean(\.bytes) }
    let baseline = groups.first { $0.key.method == .dense }
    let claimed = baseline.map { claim.share * size($0) }
    let sizes = groups.map(size) + published.map { Double($0.size) } + [claimed].compactMap { $0 }
    let (low, high) = (0.6 * (sizes.min() ?? 1), 1.7 * (sizes.max() ?? 1))
    let intervals = groups.compactMap { $0.interval(of: \.testAccuracy) }
    let others = published.map(\.accuracy) + (claimed == nil ? [] : [claim.accuracy])
    let (scale, isCut) = scale(intervals + others.compactMap { Interval([$0]) })
    let note = isCut ? "; networks below \(Ticks.number(worst)) % are not shown" : ""
    var plot = AccuracyPlot(
      Figure(name: "accuracy-by-bytes", title: "Test accuracy by bytes", subtitle: title.text + note, height: 560),
      scale: scale, x: "size of the file (bytes, log scale)", from: low, to: high,
      ticks: Ticks.logarithmic(from: low, to: high, text: Ticks.bytes))

    let points = groups.compactMap { group in
      group.interval(of: \.testAccuracy).map { (size: size(group), accuracy: $0.mean) }
    }
    let front = ParetoFront.of(points).map { (x: points[$0].size, accuracy: points[$0].accuracy) }
    plot.addLine(front, style: "lc rgb '#cccccc' dt 1 lw 6", title: "not beaten in accuracy and size")
    for series in ByteSeries.all(groups) {
      plot.addPoints(of: series.networks, style: series.style, title: series.title, isJoined: series.isJoined, x: size)
    }
    if !published.isEmpty {
      plot.addPoints(
        published.map { (x: Double($0.size), accuracy: $0.accuracy) }, style: "lc rgb '\(Palette.quiet)' pt 2 ps 0.7",
        title: "published by others")
    }
    if let claimed {
      plot.addPoints([(x: claimed, accuracy: claim.accuracy)], style: "lc rgb '#000000' pt 3 ps 1.2")
      plot.addText("the paper's claim", x: claimed, accuracy: claim.accuracy, colour: Palette.text)
    }
    if let baseline, let accuracy = baseline.interval(of: \.testAccuracy)?.mean {
      plot.addText("baseline", x: size(baseline), accuracy: accuracy, colour: Palette.text)
    }
    // Each name once, at the first of its points that has room for it.
    var named: Set<String> = []
    for row in published where !named.contains(row.who) {
      let isPlaced = plot.addText(
        titleText(row.who), x: Double(row.size), accuracy: row.accuracy, colour: Palette.quiet, size: 11)
      if isPlaced { named.insert(row.who) }
    }
    return plot.finished()
  }

  /// The scale that holds `intervals`; whether means below `worst` are left out.
  private static func scale(_ intervals: [Interval]) -> (AccuracyScale, Bool) {
    let shown = intervals.filter { $0.mean >= worst }
    guard shown.count > 1, shown.count < intervals.count else { return (AccuracyScale(holding: intervals), false) }
    let ends = shown.flatMap { [$0.mean, max($0.lower, worst)] + ($0.upper <= 100 ? [$0.upper] : []) }
    return (AccuracyScale(holding: [worst] + ends), true)
  }
}

/// Networks that are drawn alike in `accuracy-by-bytes`, and their entry in the key.
private struct ByteSeries {
  let title: String
  let style: PlotStyle
  let isJoined: Bool
  var networks: [NetworkGroup<ResultRow>]

  static func all(_ groups: [NetworkGroup<ResultRow>]) -> [ByteSeries] {
    let table = MainTable(groups)
    let bits = Set(groups.map(\.key).filter { table?.contains($0) == true }.map(\.bits)).sorted(by: >)
    // Of two truncated networks of one rank, part 1 has the same as part 4.
    let ranks = Set(groups.filter { $0.key.experiment == .part1 }.map(\.key.rank))
    var result: [ByteSeries] = []
    for group in groups {
      let key = group.key
      let isStep = key.experiment == .part4 && table?.contains(key) != true
      // The other ways to choose ranks and the other numbers of images have figures of their own.
      if isStep && (key.allocation != .uniform || (key.method == .truncated && ranks.contains(key.rank))) { continue }
      if isStep && key.method == .matched && key.calibrationImages != table?.images { continue }
      let title = title(of: key, inTable: table?.contains(key) == true)
      if let index = result.firstIndex(where: { $0.title == title }) {
        result[index].networks.append(group)
        continue
      }
      let style =
        if table?.contains(key) == true, let index = bits.firstIndex(of: key.bits) {
          PlotStyle(index, of: bits.count)
        } else {
          PlotStyle(
            of: key, variant: [nil, .uniform].contains(key.allocation) && key.method != .whitenedKeepingBias ? 0 : 1)
        }
      result.append(
        ByteSeries(
          title: title, style: style, isJoined: key.method == .truncated || table?.contains(key) == true, networks: [group]))
    }
    return result
  }

  /// Shorter than the title of the network: the key has many entries.
  private static func title(of key: NetworkKey, inTable: Bool) -> String {
    if inTable { return "\(key.method.title), \(key.bits) bits" }
    if key.method == .matched { return "\(key.method.title), uniform" }
    return key.method.title + ([nil, .uniform].contains(key.allocation) ? "" : ", ranks a layer")
  }
}
