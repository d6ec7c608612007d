import Results

/// Two panels side by side, `Float` and `Double`, with a line for each algorithm against the size of the matrix, and the key
/// below. Both axes are logarithmic.
struct SVDPanels {
  /// The rows that are drawn, with their values, which are positive.
  let points: [(row: SVDSizeRow, value: Double)]

  init(_ rows: [SVDSizeRow], value: (SVDSizeRow) -> Double?) {
    points = rows.compactMap { row in value(row).map { (row, $0) } }.filter { Ticks.drawable.contains($0.value) }
  }

  var algorithms: [SVDSizeRow.Algorithm] {
    SVDSizeRow.Algorithm.allCases.filter { algorithm in points.contains { $0.row.algorithm == algorithm } }
  }

  private var precisions: [SVDSizeRow.Precision] {
    SVDSizeRow.Precision.allCases.filter { precision in points.contains { $0.row.precision == precision } }
  }

  /// Draws the panels and the key.
  /// - Parameters:
  ///   - low: the lower end of the y axis; `high` is the upper one.
  ///   - y: the name of the y axis.
  ///   - text: of a mark on the y axis.
  ///   - threshold: the value of a horizontal line.
  ///   - note: a text above a point.
  func draw(
    in figure: inout Figure, from low: Double, to high: Double, y: String, text: (Double) -> String,
    threshold: Double? = nil, note: (SVDSizeRow) -> String? = { _ in nil }
  ) {
    let sizes = points.map(\.row.size)
    let (smallest, largest) = (Double(sizes.min() ?? 1), Double(sizes.max() ?? 1))
    figure.add("set logscale xy")
    figure.add("set xrange [\(smallest / 1.25):\(largest * 1.25)]")
    figure.add("set yrange [\(low):\(high)]")
    let marks = Ticks.logarithmic(from: low, to: high, text: text)
    let width = (780 - 16 * (precisions.count - 1) - marks.margin) / precisions.count
    let xMarks = Ticks.values(sizes, from: smallest / 1.25, to: largest * 1.25, pixels: width)
    figure.add("set xtics \(xMarks.list)")
    if let threshold {
      figure.add(
        "set arrow from graph 0, first \(threshold) to graph 1, first \(threshold) nohead lc rgb '\(Palette.quiet)' lw 1.5")
    }
    figure.add("set multiplot")
    for (panel, precision) in precisions.enumerated() {
      if let threshold {
        figure.add(
          "set label 106 'threshold: \(Ticks.number(threshold))' at graph 0.98, first \(threshold) right offset 0,0.7 "
            + "font ',13' tc rgb '\(Palette.quiet)'")
      }
      let left = marks.margin + panel * (width + 16)
      figure.place(
        left: left, right: left + width, top: 96, bottom: 390, x: "size n of an n × n matrix (log)", y: panel == 0 ? y : "",
        marks: marks)
      let title = precision == .float ? "Float" : "Double"
      figure.add("set label 105 '\(title)' at graph 0.5, graph 1.045 center tc rgb '\(Palette.text)'")
      figure.add("set ytics \((panel == 0 ? marks : marks.unnamed).list)")
      let lines = algorithms.compactMap { algorithm -> String? in
        let line = points.filter { ($0.row.algorithm, $0.row.precision) == (algorithm, precision) }
          .sorted { $0.row.size < $1.row.size }
        guard !line.isEmpty else { return nil }
        let block = figure.addData([line.map { Double($0.row.size) }, line.map(\.value)])
        return "\(block) using 1:2 with linespoints \(PlotStyle(of: algorithm).linePoints) notitle"
      }
      for (row, value) in points where row.precision == precision {
        guard let text = note(row) else { continue }
        figure.add(
          "set label \(quoted(text)) at \(row.size), \(value) right offset 0.8,0.9 font ',12' "
            + "tc rgb '\(PlotStyle(of: row.algorithm).colour)'")
      }
      figure.plot(lines)
      figure.add("unset label")
    }
    let rank = points.filter { [.subspaceCold, .subspaceWarm].contains($0.row.algorithm) }.map(\.row.rank).max() ?? 0
    figure.addKey(algorithms.map { PlotStyle(of: $0).entry($0.title(rank: rank)) })
  }
}
