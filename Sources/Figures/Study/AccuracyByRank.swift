import Foundation
import Results

extension FigureCatalog {
  /// Test accuracy against the rank D, with the baseline as a line.
  @Sendable static func accuracyByRank(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    let ranked = groups.filter { $0.key.rank != nil }
    guard ranked.contains(where: { $0.key.method == .truncated }) else { return nil }

    let scale = AccuracyScale(holding: groups.flatMap(\.rows).map(\.testAccuracy).filter(\.isFinite))
    let ranks = ranked.compactMap(\.key.rank)
    var figure = Figure(name: "accuracy-by-rank", title: "Test accuracy by rank", of: title)
    figure.place(
      left: 75, right: 780, top: 72, bottom: 390,
      x: "rank D (log scale)", y: "test accuracy (%), error on a log scale")
    figure.add("set logscale x")
    figure.add("set xrange [\(0.8 * Double(ranks.min() ?? 1)):\(1.25 * Double(ranks.max() ?? 1))]")
    figure.add("set xtics \(Ticks.values(ranks))")
    scale.commands.forEach { figure.add($0) }

    var plots: [String] = []
    var entries: [String] = []
    if let baseline = groups.first(where: { $0.key.method == .dense })?.spread(of: \.testAccuracy) {
      let height = scale.position(baseline.median)
      plots.append("\(height) with lines \(PlotStyle(of: groups[0].key).line) notitle")
      entries.append("with lines \(PlotStyle(of: groups[0].key).line) title 'baseline'")
    }
    for series in series(ranked) {
      plots += figure.accuracies(of: series, on: scale) { Double($0.key.rank ?? 1) * $0.key.sidestep }
      entries.append(Self.accuracyEntry(of: series[0].key))
    }
    for group in ranked where group.key.method == .truncated { figure.label(group, on: scale) }
    figure.add("set multiplot")
    figure.add("plot " + plots.joined(separator: ", "))
    figure.addKeyBelow(entries)
    return figure
  }

  /// The key's entry for what `Figure.accuracies` plots.
  static func accuracyEntry(of key: NetworkKey) -> String {
    let style = PlotStyle(of: key)
    let drawn = key.isJoined ? "with linespoints \(style.linePoints)" : "with points \(style.points)"
    return "\(drawn) title \(quoted(key.legend))"
  }
}

extension NetworkKey {
  /// Whether the networks of this kind lie on a line: only truncation is done for a whole row of ranks.
  fileprivate var isJoined: Bool { method == .truncated }

  /// A factor that makes the networks of one rank stand side by side, not on top of each other.
  var sidestep: Double {
    switch (method, cadence) {
    case (.dense, _), (.truncated, _): 1
    case (.fineTuned, _): 0.95
    case (.dynamic, .epoch): 1
    case (.dynamic, _): 1.05
    }
  }
}

extension Figure {
  /// Adds the points of a series, at `x` of each group, with bars from the least to the greatest if there are seeds.
  /// - Returns: what to plot.
  mutating func accuracies(
    of series: [NetworkGroup<ResultRow>], on scale: AccuracyScale, x: (NetworkGroup<ResultRow>) -> Double
  ) -> [String] {
    let points = series.compactMap { group in group.spread(of: \.testAccuracy).map { (x(group), $0) } }
    guard !points.isEmpty else { return [] }
    let style = PlotStyle(of: series[0].key)
    let block = add([
      points.map(\.0), points.map { scale.position($0.1.median) }, points.map { scale.position($0.1.minimum) },
      points.map { scale.position($0.1.maximum) },
    ])
    let drawn = series[0].key.isJoined ? "with linespoints \(style.linePoints)" : "with points \(style.points)"
    let marks = "\(block) using 1:2 \(drawn) notitle"
    // The bars go first: gnuplot clears the place of their points.
    let bars = "\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle"
    return points.contains { $0.1.count > 1 } ? [bars, marks] : [marks]
  }

  /// Writes a group's accuracy below its point.
  fileprivate mutating func label(_ group: NetworkGroup<ResultRow>, on scale: AccuracyScale) {
    guard let rank = group.key.rank, let spread = group.spread(of: \.testAccuracy) else { return }
    let text = String(format: "%.1f", spread.median)
    add(
      "set label '\(text)' at \(Double(rank)), \(scale.position(spread.median)) "
        + "left offset graph 0.008,-0.045 font ',12' tc rgb '\(PlotStyle(of: group.key).colour)'")
  }
}
