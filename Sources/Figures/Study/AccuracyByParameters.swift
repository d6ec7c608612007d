import Results

extension FigureCatalog {
  /// Test accuracy against the numbers a network stores, for every method.
  @Sendable static func accuracyByParameters(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    guard groups.contains(where: { $0.key.rank != nil }) else { return nil }

    let scale = AccuracyScale(holding: groups.flatMap(\.rows).map(\.testAccuracy).filter(\.isFinite))
    let sizes = groups.map(Self.parameters)
    let (low, high) = (0.75 * (sizes.min() ?? 1), 1.7 * (sizes.max() ?? 1))
    var figure = Figure(name: "accuracy-by-parameters", title: "Test accuracy by size", of: title)
    figure.place(
      left: 75, right: 780, top: 72, bottom: 390,
      x: "numbers stored: weights, factors and biases (log scale)", y: "test accuracy (%), error on a log scale")
    figure.add("set logscale x")
    figure.add("set xrange [\(low):\(high)]")
    figure.add("set xtics \(Ticks.logarithmic(from: low, to: high, label: Ticks.count))")
    scale.commands.forEach { figure.add($0) }

    var plots: [String] = []
    let all = series(groups)
    for series in all {
      plots += figure.accuracies(of: series, on: scale) { Self.parameters(of: $0) }
      if series[0].key.method == .dense, let spread = series[0].spread(of: \.testAccuracy) {
        plots.append("\(scale.position(spread.median)) with lines lc rgb '\(Palette.quiet)' dt 2 lw 1 notitle")
      }
    }
    for group in groups where group.key.method == .truncated {
      guard let rank = group.key.rank, let spread = group.spread(of: \.testAccuracy) else { continue }
      figure.add(
        "set label 'D = \(rank)' at \(Self.parameters(of: group)), \(scale.position(spread.median)) "
          + "left offset graph 0.008,-0.045 font ',12' tc rgb '\(PlotStyle(of: group.key).colour)'")
    }
    figure.add("set multiplot")
    figure.add("plot " + plots.joined(separator: ", "))
    figure.addKeyBelow(all.map { Self.accuracyEntry(of: $0[0].key) })
    return figure
  }

  /// The same for every seed.
  private static func parameters(of group: NetworkGroup<ResultRow>) -> Double { Double(group.rows[0].parameters) }
}
