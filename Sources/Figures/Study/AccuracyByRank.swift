import Foundation
import Results

extension FigureCatalog {
  /// Test accuracy against the rank D, with the baseline as a line.
  @Sendable static func accuracyByRank(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    let ranked = groups.filter { $0.key.rank != nil }
    guard ranked.contains(where: { $0.key.method == .truncated }) else { return nil }

    let ranks = ranked.compactMap(\.key.rank)
    let (low, high) = (0.8 * Double(ranks.min() ?? 1), 1.25 * Double(ranks.max() ?? 1))
    var plot = AccuracyPlot(
      Figure(name: "accuracy-by-rank", title: "Test accuracy by rank", subtitle: title.text), of: groups,
      x: "rank D (log scale)", from: low, to: high,
      ticks: Ticks.values(ranks, from: low, to: high, pixels: AccuracyPlot.leastWidth))
    if let baseline = groups.first(where: { $0.key.method == .dense }) {
      plot.addLine(at: baseline, style: PlotStyle(of: baseline.key).line, title: baseline.key.title)
    }
    let position = { (group: NetworkGroup<ResultRow>) in Double(group.key.rank ?? 1) * group.key.sidestep }
    for series in series(ranked) { plot.addPoints(of: series, x: position) }
    plot.addLabels(to: ranked, x: position) { _, accuracy in String(format: "%.1f", accuracy) }
    return plot.finished()
  }
}

extension NetworkKey {
  /// A factor that puts the networks of one rank side by side.
  fileprivate var sidestep: Double {
    switch (method, cadence) {
    case (.fineTuned, _): 0.95
    case (.dynamic, .step): 1.05
    default: 1
    }
  }
}
