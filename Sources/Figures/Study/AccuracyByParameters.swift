import Results

extension FigureCatalog {
  /// Test accuracy against the number of parameters, for every method.
  @Sendable static func accuracyByParameters(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.overview
    guard groups.contains(where: { $0.key.rank != nil }) else { return nil }

    let parameters = { (group: NetworkGroup<ResultRow>) in group.mean(\.parameters) }
    let sizes = groups.map(parameters)
    let (low, high) = (0.75 * (sizes.min() ?? 1), 1.7 * (sizes.max() ?? 1))
    var plot = AccuracyPlot(
      Figure(name: "accuracy-by-parameters", title: "Test accuracy by size", subtitle: title.text),
      scale: AccuracyScale(holding: groups.compactMap { $0.interval(of: \.testAccuracy) }),
      x: "parameters: weights, factors and biases (log scale)", from: low, to: high,
      ticks: Ticks.logarithmic(from: low, to: high, text: Ticks.count))
    if let baseline = groups.first(where: { $0.key.method == .dense }) {
      plot.addLine(at: baseline, style: "lc rgb '\(Palette.quiet)' dt 2 lw 1")
    }
    plot.addSeries(of: groups) { group, _ in parameters(group) }
    plot.addTexts(to: groups, x: parameters) { rank, _ in "D = \(rank)" }
    return plot.finished()
  }
}
