import Results

extension FigureCatalog {
  /// The ranks that the study chose, a line for each budget; beside it, at one budget, the ranks of the other ways to choose them.
  @Sendable static func ranks(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    guard let table = rows.mainTable else { return nil }
    let matched = groups.filter { ($0.key.experiment, $0.key.method, $0.key.bits) == (.part4, .matched, 32) }
      .filter { $0.key.calibrationImages == table.images && $0.key.rank != nil }
    let budgets = RankLine.lines(
      matched.filter { table.contains($0.key) }.sorted { ($0.key.rank ?? 0) < ($1.key.rank ?? 0) },
      title: { "D = \($0.rank ?? 0)" })
    let byRank = Dictionary(grouping: matched) { $0.key.rank ?? 0 }.filter { $0.value.count > 1 }
    // The paper's D, if it has as many ways as any.
    let most = byRank.values.map(\.count).max() ?? 0
    let ranks = byRank.filter { $0.value.count == most }.keys.sorted()
    let rank = ranks.contains(20) ? 20 : ranks.isEmpty ? nil : ranks[ranks.count / 2]
    let ways = rank.map { RankLine.lines(byRank[$0] ?? [], title: { $0.allocation?.title ?? "" }) } ?? []
    let values = (budgets + ways).flatMap(\.ranks).compactMap { $0 }
    guard !budgets.isEmpty, let least = values.map(\.lower).min(), let greatest = values.map(\.upper).max() else {
      return nil
    }

    let layers = (budgets + ways).map(\.ranks.count).max() ?? 1
    let panel = RankPanel(layers: layers, from: max(0.8 * least, 0.8), to: 1.25 * greatest)
    var figure = Figure(name: "ranks", title: "Ranks chosen for each layer", subtitle: title.text)
    figure.add("set logscale y")
    figure.add("set multiplot")
    let (left, middle) = (panel.marks.margin, ways.isEmpty ? 780 : (panel.marks.margin + 780) / 2)
    let styles = budgets.indices.map { PlotStyle($0, of: budgets.count) }
    panel.draw(
      budgets, styles: styles, title: "\(table.allocation.title), by budget", isFirst: true, left: left, right: middle - 10,
      in: &figure)
    var entries = zip(budgets, styles).map { $1.entry($0.title) }
    if let rank, !ways.isEmpty {
      let styles = ways.map { PlotStyle(of: $0.allocation) }
      panel.draw(ways, styles: styles, title: "D = \(rank)", isFirst: false, left: middle + 10, right: 780, in: &figure)
      entries += zip(ways, styles).map { $1.entry($0.title) }
    }
    figure.addKey(entries)
    return figure
  }
}

/// The ranks of one network: of each layer the mean over the seeds, `nil` where most seeds leave it dense.
private struct RankLine {
  let title: String
  let allocation: Allocation
  let ranks: [Interval?]

  static func lines(_ groups: [NetworkGroup<ResultRow>], title: (NetworkKey) -> String) -> [RankLine] {
    let all = groups.map { group in group.rows.compactMap { $0.key.ranks?.values } }
    // Dense layers at the end are left out of a file's ranks.
    let layers = all.joined().map(\.count).max() ?? 0
    return zip(groups, all).compactMap { group, ranks in
      guard !ranks.isEmpty else { return nil }
      let line = (0..<layers).map { layer in
        let values = ranks.compactMap { layer < $0.count ? $0[layer] : nil }
        return 2 * values.count > ranks.count ? Interval(values.map(Double.init)) : nil
      }
      return RankLine(title: title(group.key), allocation: group.key.allocation ?? .uniform, ranks: line)
    }
  }
}

/// A panel of ranks by layer, on a logarithmic axis with a place for dense layers at the top.
private struct RankPanel {
  let layers: Int
  let low, high, dense: Double
  let marks: Ticks

  init(layers: Int, from low: Double, to high: Double) {
    (self.layers, self.low, self.high, dense) = (layers, low, high * 1.5, high * 1.2)
    marks = Ticks(marks: Ticks.logarithmic(from: low, to: high).marks + [(dense, "dense")])
  }

  func draw(
    _ lines: [RankLine], styles: [PlotStyle], title: String, isFirst: Bool, left: Int, right: Int, in figure: inout Figure
  ) {
    figure.place(
      left: left, right: right, top: 96, bottom: 390, x: "layer", y: isFirst ? "rank (log scale)" : "", marks: marks)
    figure.addText(title, left: Double(left + right) / 2, middle: 84, size: 15, alignment: "center")
    figure.add("set xrange [0.6:\(Double(layers) + 0.4)]")
    let names = Ticks(marks: (1...layers).map { (Double($0), "W\($0)") })
    figure.add("set xtics \(names.fitting(from: 0.6, to: Double(layers) + 0.4, pixels: right - left).list)")
    figure.add("set yrange [\(low):\(high)]")
    figure.add("set ytics \((isFirst ? marks : marks.unnamed).list)")
    var plots: [String] = []
    for (line, style) in zip(lines, styles) {
      let all = (0..<layers).map { $0 < line.ranks.count ? line.ranks[$0] : nil }
      let layers = all.indices.map { Double($0 + 1) }
      // A layer below the first rank has no place on the axis.
      let columns = [all.map { $0?.mean }, all.map { $0.map { max($0.lower, low) } }, all.map { $0?.upper }]
      let block = figure.addData([layers] + columns.map { $0.map { $0 ?? .nan } })
      if all.contains(where: { ($0?.count ?? 1) > 1 }) {
        plots.append("\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle")
      }
      plots.append("\(block) using 1:2 with linespoints \(style.linePoints) notitle")
      let denseLayers = layers.filter { all[Int($0) - 1] == nil }
      guard !denseLayers.isEmpty else { continue }
      let points = figure.addData([denseLayers, denseLayers.map { _ in dense }])
      plots.append("\(points) using 1:2 with points \(style.points) notitle")
    }
    figure.plot(plots)
    figure.add("unset label")
  }
}
