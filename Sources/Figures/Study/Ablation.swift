import Results

extension FigureCatalog {
  /// The test accuracy after each step from plain truncation to the study's table, a panel for each D. The panels have scales of
  /// their own.
  @Sendable static func ablation(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    guard let steps = AblationSteps(rows) else { return nil }
    let baseline = groups.first { $0.key.method == .dense }?.interval(of: \.testAccuracy)

    let columns = min(steps.ranks.count, 3)
    let left = 20 + Int(steps.steps.map { textWidth($0.title, size: 15) }.max() ?? 0)
    let (gap, top, down, tall) = (24, 100, 92, 20 * steps.steps.count + 8)
    let width = (Figure.width - left - 20 - gap * (columns - 1)) / columns
    let lines = (steps.ranks.count + columns - 1) / columns
    var figure = Figure(
      name: "ablation", title: "What each step is worth",
      subtitle: title.text + (steps.ranks.count > 1 ? "; the scale of each panel is its own" : ""),
      height: top + lines * tall + (lines - 1) * down + 62)
    figure.add("set yrange [\(Double(steps.steps.count) - 0.5):-0.5]")
    figure.add("set multiplot")
    for (index, rank) in steps.ranks.enumerated() {
      let x = left + index % columns * (width + gap)
      let y = top + index / columns * (tall + down)
      let isLowest = index + columns >= steps.ranks.count
      figure.place(
        left: x, right: x + width, top: y, bottom: y + tall,
        x: isLowest ? (columns == 3 ? "accuracy (%), log error" : "test accuracy (%), error on a log scale") : "")
      figure.addText(
        "D = \(rank)", left: Double(x + width / 2), middle: Double(y - 12), size: 15, alignment: "center")
      let names = steps.steps.enumerated().map { "\(quoted(index % columns == 0 ? $1.title : "")) \($0)" }
      figure.add("set ytics (\(names.joined(separator: ", "))) scale 0")
      figure.addSteps(steps, at: rank, baseline: baseline, width: width)
      figure.add("unset label")
      figure.add("unset arrow")
    }
    figure.addKey(Figure.entries(of: steps, baseline: baseline))
    return figure
  }
}

extension AblationSteps.Step {
  fileprivate var title: String {
    if bits != 32 { return "\(bits) bits" }
    if allocation != .uniform { return allocation.title }
    return method == .truncated ? "plain" : method.title
  }
}

extension Figure {
  private static let way = PlotStyle(of: Method.matched)
  private static let other = PlotStyle(of: Method.matched, variant: 1)
  private static let line = "lc rgb '\(Palette.quiet)' dt 2 lw 1"

  fileprivate static func entries(of steps: AblationSteps, baseline: Interval?) -> [KeyEntry] {
    [way.entry("one step after the other")]
      + (steps.steps.allSatisfy(\.isOnTheWay) ? [] : [KeyEntry(title: "other ways to choose ranks", points: other.points)])
      + (baseline == nil ? [] : [KeyEntry(title: "baseline", line: line)])
  }

  /// Adds a panel: the steps from top to bottom over the accuracies.
  fileprivate mutating func addSteps(_ steps: AblationSteps, at rank: Int, baseline: Interval?, width: Int) {
    let points = steps.steps.enumerated().compactMap { place, step in
      step.networks[rank]?.interval(of: \.testAccuracy).map { (y: Double(place), accuracy: $0, isOnTheWay: step.isOnTheWay) }
    }
    let scale = AccuracyScale(holding: points.map(\.accuracy) + [baseline].compactMap { $0 })
    add("set xrange [\(scale.lowest):\(scale.highest)]")
    add("set xtics \(scale.ticks.fitting(from: scale.lowest, to: scale.highest, pixels: width).list)")
    if let baseline {
      let x = scale.position(baseline.mean)
      add("set arrow from \(x), graph 0 to \(x), graph 1 nohead back \(Self.line)")
    }
    var plots: [String] = []
    if let baseline, baseline.count > 1 {
      let (ends, last) = (scale.positions(baseline), Double(steps.steps.count) - 0.5)
      let block = addData([ends[0], -0.5, ends[1], ends[2], -0.5, last].map { [$0] })
      plots.append("\(block) using 1:2:3:4:5:6 with boxxyerror \(PlotStyle(of: Method.dense).lightBand) notitle")
    }
    for (isOnTheWay, style) in [(false, Self.other), (true, Self.way)] {
      let points = points.filter { $0.isOnTheWay == isOnTheWay }
      guard !points.isEmpty else { continue }
      let positions = points.map { scale.positions($0.accuracy) }
      let columns = (0..<3).map { column in positions.map { $0[column] } }
      let block = addData([columns[0], points.map(\.y), columns[1], columns[2]])
      if points.contains(where: { $0.accuracy.count > 1 }) {
        plots.append("\(block) using 1:2:3:4 with xerrorbars \(style.bars) notitle")
      }
      plots.append(
        "\(block) using 1:2 with \(isOnTheWay ? "linespoints \(style.linePoints)" : "points \(style.points)") notitle")
    }
    plot(plots.isEmpty ? ["-1 notitle"] : plots)
  }
}
