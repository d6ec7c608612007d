import Foundation
import Results

extension FigureCatalog {
  /// Test accuracy against the rank D, with the baseline as a line.
  @Sendable static func accuracyByRank(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.overview
    let ranked = groups.filter { $0.key.rank != nil }
    guard ranked.contains(where: { $0.key.method == .truncated }) else { return nil }

    let ranks = ranked.compactMap(\.key.rank)
    let (low, high) = (0.8 * Double(ranks.min() ?? 1), 1.25 * Double(ranks.max() ?? 1))
    var plot = AccuracyPlot(
      Figure(name: "accuracy-by-rank", title: "Test accuracy by rank", subtitle: title.text),
      scale: AccuracyScale(holding: groups.compactMap { $0.interval(of: \.testAccuracy) }),
      x: "rank D (log scale)", from: low, to: high,
      ticks: Ticks.values(ranks, from: low, to: high, pixels: AccuracyPlot.leastWidth))
    if let baseline = groups.first(where: { $0.key.method == .dense }) {
      plot.addLine(at: baseline, style: PlotStyle(of: baseline.key).line, title: baseline.key.title)
    }
    plot.addSeries(of: ranked) { Double($0.key.rank ?? 1) * $1 }
    plot.addTexts(to: ranked, x: { Double($0.key.rank ?? 1) }, text: { String(format: "%.1f", $1) })
    return plot.finished()
  }
}

extension AccuracyPlot {
  /// Adds the networks, a series for each kind.
  /// - Parameter x: of a network and a factor that puts the networks of one rank side by side.
  mutating func addSeries(of groups: [NetworkGroup<ResultRow>], x: (NetworkGroup<ResultRow>, Double) -> Double) {
    let series = series(groups)
    let others = series.map { $0[0].key }.filter { !$0.isInRow }
    for (networks, style) in zip(series, plotStyles(of: series.map { $0[0].key })) {
      let key = networks[0].key
      let place = others.firstIndex(of: key).map { Double($0) - Double(others.count - 1) / 2 }
      addPoints(of: networks, style: style, title: key.title, isJoined: key.isInRow) {
        x($0, 1 + 0.05 * (place ?? 0))
      }
    }
  }

  /// Writes `text` of the rank and the accuracy at the point of each truncated network.
  mutating func addTexts(
    to groups: [NetworkGroup<ResultRow>], x: (NetworkGroup<ResultRow>) -> Double, text: (Int, Double) -> String
  ) {
    for group in groups where group.key.method == .truncated {
      guard let rank = group.key.rank, let accuracy = group.interval(of: \.testAccuracy)?.mean else { continue }
      addText(text(rank, accuracy), x: x(group), accuracy: accuracy, colour: PlotStyle(of: group.key).colour)
    }
  }
}

extension NetworkKey {
  /// Whether networks like this exist for a whole row of ranks, so that a line joins them.
  var isInRow: Bool { method == .truncated || (experiment, method) == (.part4, .matched) }
}
