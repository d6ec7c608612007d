import Foundation
import Results

extension Figures {
  /// Test accuracy against the rank D, with the baseline as a line.
  @Sendable static func accuracyByRank(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = grouped(rows.results)
    let ranked = groups.filter { $0.key.rank != nil }
    guard ranked.contains(where: { $0.key.method == .truncated }) else { return nil }

    let scale = AccuracyScale(holding: groups.flatMap(\.rows).map(\.testAccuracy).filter(\.isFinite))
    let ranks = ranked.compactMap(\.key.rank)
    var figure = Figure(name: "accuracy-by-rank", title: "Test accuracy by rank", of: title)
    figure.place(left: 75, right: 780, top: 72, bottom: 395)
    figure.add("set key at screen 0.5, screen 0.01 center bottom horizontal samplen 3 width 1")
    figure.add("set xlabel 'rank D (log scale)'")
    figure.add("set ylabel 'test accuracy (%), log scale of the error' offset 0.5,0")
    figure.add("set logscale x")
    figure.add("set xrange [\(0.8 * Double(ranks.min() ?? 1)):\(1.25 * Double(ranks.max() ?? 1))]")
    figure.add("set xtics \(Ticks.values(ranks))")
    scale.commands.forEach { figure.add($0) }

    var plots: [String] = []
    if let baseline = groups.first(where: { $0.key.method == .dense })?.spread(of: \.testAccuracy) {
      let height = scale.position(baseline.median)
      plots.append("\(height) with lines \(Look(of: groups[0].key).line) title 'baseline'")
    }
    let all = series(ranked)
    for (index, series) in all.enumerated() {
      // Networks of one rank stand side by side, not on top of each other.
      let shift = series[0].key.method == .truncated ? 1 : pow(1.06, Double(index) - Double(all.count) / 2)
      plots += figure.accuracies(of: series, on: scale, joined: series[0].key.method == .truncated) {
        Double($0.key.rank ?? 1) * shift
      }
    }
    for group in ranked where group.key.method == .truncated { figure.label(group, on: scale) }
    figure.add("plot " + plots.joined(separator: ", "))
    return figure
  }
}

extension Figure {
  /// Adds the points of a series, at `x` of each group, with bars from the least to the greatest if there are seeds.
  /// - Returns: what to plot.
  mutating func accuracies(
    of series: [Group<ResultRow>], on scale: AccuracyScale, joined: Bool, x: (Group<ResultRow>) -> Double
  ) -> [String] {
    let points = series.compactMap { group in group.spread(of: \.testAccuracy).map { (x(group), $0) } }
    guard !points.isEmpty else { return [] }
    let look = Look(of: series[0].key)
    let block = add([
      points.map(\.0), points.map { scale.position($0.1.median) }, points.map { scale.position($0.1.minimum) },
      points.map { scale.position($0.1.maximum) },
    ])
    let title = "title \(quoted(series[0].key.legend))"
    var plots = [
      joined ? "\(block) using 1:2 with linespoints \(look.linePoints) \(title)"
        : "\(block) using 1:2 with points \(look.points) \(title)"
    ]
    if points.contains(where: { $0.1.count > 1 }) {
      plots.append("\(block) using 1:2:3:4 with yerrorbars lc rgb '\(look.colour)' pt 0 lw 1.5 notitle")
    }
    return plots
  }

  /// Writes a group's accuracy below its point.
  fileprivate mutating func label(_ group: Group<ResultRow>, on scale: AccuracyScale) {
    guard let rank = group.key.rank, let spread = group.spread(of: \.testAccuracy) else { return }
    let text = String(format: "%.1f", spread.median)
    add("set label '\(text)' at \(Double(rank)), \(scale.position(spread.median)) left offset 0.6,-0.8 font ',12' "
      + "tc rgb '\(Look(of: group.key).colour)'")
  }
}
