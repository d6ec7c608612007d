import Results

extension FigureCatalog {
  /// The figure of the cost of a training step, by file name without extension.
  public static let scalingName = "cost-of-a-step"

  /// Draws the time of a training step against width, rank and batch size, measured and by the model, as SVG, PNG and PDF.
  /// - Parameters:
  ///   - table: `scaling.csv`; its manifest is the `.json` beside it.
  ///   - folder: where the figure goes, `figures/scaling`.
  /// - Returns: the paths written.
  /// - Throws: as `draw(results:to:log:isCancelled:)`, which has the other parameters as well.
  public static func draw(
    scaling table: String, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let (rows, manifest): ([ScalingRow], ScalingManifest?) = try read(table)
    return try draw(
      [(scalingName, costOfAStep)], rows, manifest, from: table, to: folder, log: log, isCancelled: isCancelled)
  }

  /// Three panels with one y axis: points are measured, lines are the model.
  @Sendable static func costOfAStep(_ rows: [ScalingRow], _ manifest: ScalingManifest?) -> Figure? {
    let rows = rows.filter { $0.modelSeconds > 0 && $0.modelSeconds.isFinite && ($0.seconds ?? 1) > 0 }
    let times = rows.flatMap { [$0.seconds, $0.modelSeconds].compactMap { $0 } }.filter(\.isFinite)
    guard let least = times.min(), let greatest = times.max() else { return nil }

    let machine = manifest.map { "; \($0.environment.machine)" } ?? ""
    var figure = Figure(
      name: scalingName, title: "Time of a training step by size",
      subtitle: "784 – n ×5 – 10; points: measured (medians), lines: operations / rate + bytes / bandwidth\(machine)",
      height: 428)
    figure.add("set logscale xy")
    let (low, high) = (0.6 * least, 1.7 * greatest)
    figure.add("set yrange [\(low):\(high)]")
    figure.add("set multiplot")
    let marks = Ticks.logarithmic(from: low, to: high, text: Ticks.duration)
    var left = marks.margin
    let share = Double(780 - left - 40) / ScalingPanel.all.reduce(0) { $0 + $1.width }
    for (index, panel) in ScalingPanel.all.enumerated() {
      let right = left + Int(panel.width * share)
      panel.draw(rows, in: &figure, left: left, right: right, y: index == 0 ? "time of a step (log)" : "", marks: marks)
      left = right + 20
    }
    let works = ScalingRow.Work.allCases.filter { work in rows.contains { $0.work == work } }
    figure.addKey(works.map { PlotStyle(of: $0).entry($0.title) })
    return figure
  }
}

/// A panel: one quantity on the x axis, the other two as in the paper.
private struct ScalingPanel: Sendable {
  let title: String
  let axis: String
  /// Relative to the other panels.
  let width: Double
  let value: @Sendable (ScalingRow) -> Int?
  /// Whether the other two are as in the paper.
  let belongs: @Sendable (ScalingRow) -> Bool

  private static let (paperWidth, paperRank, paperBatch) = (1024, 20, 128)

  static let all = [
    ScalingPanel(
      title: "D = \(paperRank), batch \(paperBatch)", axis: "width n (log)", width: 288, value: \.width,
      belongs: { ($0.rank ?? paperRank, $0.batch) == (paperRank, paperBatch) }),
    ScalingPanel(
      title: "n = \(paperWidth), batch \(paperBatch)", axis: "rank D (log)", width: 156, value: \.rank,
      belongs: { ($0.width, $0.batch) == (paperWidth, paperBatch) }),
    ScalingPanel(
      title: "n = \(paperWidth), D = \(paperRank)", axis: "batch (log)", width: 188, value: \.batch,
      belongs: { ($0.width, $0.rank ?? paperRank) == (paperWidth, paperRank) }),
  ]

  func draw(_ rows: [ScalingRow], in figure: inout Figure, left: Int, right: Int, y: String, marks: Ticks) {
    let points = rows.filter(belongs).compactMap { row in value(row).map { (x: $0, row: row) } }.sorted { $0.x < $1.x }
    guard let first = points.first?.x, let last = points.last?.x else { return }
    let (low, high) = (Double(first) / 1.35, Double(last) * 1.35)
    figure.add("set xrange [\(low):\(high)]")
    figure.add("set xtics \(Ticks.values(points.map(\.x), from: low, to: high, pixels: right - left).list)")
    figure.add("set ytics \((y.isEmpty ? marks.unnamed : marks).list)")
    figure.place(left: left, right: right, top: 96, bottom: 370, x: axis, y: y, marks: marks)
    figure.add("set label 105 \(quoted(title)) at graph 0.5, graph 1.045 center tc rgb '\(Palette.text)'")
    let plots = ScalingRow.Work.allCases.flatMap { work -> [String] in
      let line = points.filter { $0.row.work == work }
      guard !line.isEmpty else { return [] }
      let model = figure.addData([line.map { Double($0.x) }, line.map(\.row.modelSeconds)])
      let measured = line.filter { $0.row.seconds != nil }
      let style = PlotStyle(of: work)
      let lines = ["\(model) using 1:2 with lines \(style.line) notitle"]
      guard !measured.isEmpty else { return lines }
      let block = figure.addData([measured.map { Double($0.x) }, measured.map { $0.row.seconds ?? .nan }])
      return lines + ["\(block) using 1:2 with points \(style.points) notitle"]
    }
    figure.plot(plots)
    figure.add("unset label")
  }
}

extension ScalingRow.Work {
  fileprivate var title: String {
    switch self {
    case .dense: "dense"
    case .lowRank: "low-rank"
    case .dynamic: Method.dynamic.title(.step)
    }
  }
}
