import Results

extension FigureCatalog {
  /// The paper's claim: the accuracy of dynamic SVD, in percent, at a share of the baseline's memory.
  private static let claim = (accuracy: 97.0, share: 0.02)
  /// The axis ends here, in percent: below, it would take its room from the networks that are of use.
  private static let worst = 80.0

  /// Test accuracy against the size of the file, with the front of the drawn networks that no other one beats, the paper's claim
  /// unless the data are somebody's own, and networks that others have published.
  static func accuracyByBytes(_ rows: StudyResults, _ title: StudyTitle, _ published: [PublishedRow]) -> Figure? {
    let groups = rows.results.byNetwork()
    guard groups.contains(where: { $0.key.method != .dense }) else { return nil }

    let size = { (group: NetworkGroup<ResultRow>) in group.mean(\.bytes) }
    let baseline = groups.first { $0.key.method == .dense }
    let all = ByteSeries.all(groups, table: rows.mainTable)
    let drawn = all.flatMap(\.networks)
    let claimed = BuiltInData.isOwn(title.dataset) ? nil : baseline.map { claim.share * size($0) }
    let sizes = drawn.map(size) + published.map { Double($0.size) } + [claimed].compactMap { $0 }
    let (low, high) = (0.6 * (sizes.min() ?? 1), 1.7 * (sizes.max() ?? 1))
    let intervals = drawn.compactMap { $0.interval(of: \.testAccuracy) }
    let others = published.flatMap(\.ends) + (claimed == nil ? [] : [claim.accuracy])
    let (scale, isCut) = scale(intervals + others.compactMap { Interval([$0]) })
    let note = isCut ? "; networks below \(Ticks.number(worst)) % are not shown" : ""
    var plot = AccuracyPlot(
      Figure(name: "accuracy-by-bytes", title: "Test accuracy by bytes", subtitle: title.text + note, height: 560),
      scale: scale, x: "size of the file (bytes, log scale)", from: low, to: high,
      ticks: Ticks.logarithmic(from: low, to: high, text: Ticks.bytes))

    let points = drawn.compactMap { group in
      group.interval(of: \.testAccuracy).map { (size: size(group), accuracy: $0.mean) }
    }
    let front = ParetoFront.of(points).map { (x: points[$0].size, accuracy: points[$0].accuracy) }
    plot.addLine(front, style: "lc rgb '#cccccc' dt 1 lw 6", title: "Pareto front")
    for series in all {
      plot.addPoints(of: series.networks, style: series.style, title: series.title, isJoined: series.isJoined, x: size)
    }
    if !published.isEmpty {
      let bars = published.filter { $0.spread != nil }
      plot.addBars(
        bars.map { (x: Double($0.size), accuracy: $0.accuracy, ends: $0.ends) }, style: "lc rgb '\(Palette.quiet)' pt 0 lw 1"
      )
      plot.addPoints(
        published.map { (x: Double($0.size), accuracy: $0.accuracy) }, style: "lc rgb '\(Palette.quiet)' pt 2 ps 0.7",
        title: "published by others" + (bars.isEmpty ? "" : ", with ±"))
    }
    if let claimed {
      plot.addPoints(
        [(x: claimed, accuracy: claim.accuracy)], style: "lc rgb '#000000' pt 3 ps 1.2", title: "the paper's claim")
    }
    for series in all {
      guard let label = series.label else { continue }
      // At the end where the lines are apart.
      let visible = series.networks.compactMap { group in
        group.interval(of: \.testAccuracy).map { (x: size(group), accuracy: $0.mean) }
      }.filter { scale.position($0.accuracy) >= scale.lowest }
      guard let end = visible.min(by: { $0.accuracy < $1.accuracy }) else { continue }
      plot.addText(label, x: end.x, accuracy: end.accuracy, colour: series.style.colour, hasLeader: true)
    }
    var named: Set<String> = []
    for row in published {
      let isFirst = named.insert(row.who).inserted
      plot.addText(
        titleText(row.who), x: Double(row.size), accuracy: row.accuracy, colour: Palette.quiet, size: 11, hasLeader: isFirst)
    }
    return plot.finished()
  }

  /// The scale that holds `intervals`; whether means below `worst` are left out.
  private static func scale(_ intervals: [Interval]) -> (AccuracyScale, Bool) {
    let shown = intervals.filter { $0.mean >= worst }
    guard shown.count > 1, shown.count < intervals.count else { return (AccuracyScale(holding: intervals), false) }
    let ends = shown.flatMap { [$0.mean, max($0.lower, worst)] + ($0.upper <= 100 ? [$0.upper] : []) }
    return (AccuracyScale(holding: [worst] + ends, from: worst), true)
  }
}

extension PublishedRow {
  /// The accuracy less and plus what the source gives as ±, from 0 to 100 %.
  fileprivate var ends: [Double] { [max(accuracy - (spread ?? 0), 0), min(accuracy + (spread ?? 0), 100)] }
}

/// Networks that are drawn alike in `accuracy-by-bytes`.
private struct ByteSeries {
  /// In the key; `nil` for lines that have the entry of the one before.
  let title: String?
  /// At the line.
  let label: String?
  let style: PlotStyle
  let isJoined: Bool
  let networks: [NetworkGroup<ResultRow>]

  /// Each method, and each number of bits of part 4's table. Of the networks beside the table only those of uniform ranks: the
  /// other ways to choose ranks and other numbers of images have figures of their own.
  static func all(_ groups: [NetworkGroup<ResultRow>], table: MainTable?) -> [ByteSeries] {
    let inTable = groups.filter { table?.contains($0.key) == true }
    let bits = Set(inTable.map(\.key.bits)).sorted(by: >)
    let name = inTable.first?.key.method.title ?? ""
    let tables = bits.enumerated().map { index, number in
      ByteSeries(
        title: index > 0 ? nil : "\(name), \(bits.count > 1 ? "bits as at the lines" : "\(number) bits")",
        label: bits.count > 1 ? "\(number)" : nil, style: PlotStyle(index, of: bits.count), isJoined: true,
        networks: bySize(inTable.filter { $0.key.bits == number }))
    }
    // Of two truncated networks of one rank, part 1 has the same as part 4.
    let ranks = Set(groups.filter { $0.key.experiment == .part1 }.map(\.key.rank))
    let others = groups.filter { group in
      let key = group.key
      guard key.experiment == .part4 else { return true }
      return table?.contains(key) != true && key.allocation == .uniform
        && ![.whitenedKeepingBias, .matchedUnweighted].contains(key.method)
        && [nil, table?.images].contains(key.calibrationImages) && !(key.method == .truncated && ranks.contains(key.rank))
    }
    let titles = others.map { title(of: $0.key) }
    return titles.enumerated().filter { !titles[..<$0].contains($1) }.map { index, title in
      let key = others[index].key
      return ByteSeries(
        title: title, label: nil, style: PlotStyle(of: key, variant: isUniform(key) ? 0 : 1),
        isJoined: key.method == .truncated, networks: bySize(zip(others, titles).filter { $1 == title }.map(\.0)))
    } + tables
  }

  private static func bySize(_ groups: [NetworkGroup<ResultRow>]) -> [NetworkGroup<ResultRow>] {
    groups.sorted { $0.mean(\.bytes) < $1.mean(\.bytes) }
  }

  /// Shorter than the title of the network: the key has many entries.
  private static func title(of key: NetworkKey) -> String {
    if key.method == .matched { return "\(key.method.title), uniform ranks" }
    return key.method.title + (isUniform(key) ? "" : ", ranks a layer")
  }

  private static func isUniform(_ key: NetworkKey) -> Bool { [nil, .uniform].contains(key.allocation) }
}
