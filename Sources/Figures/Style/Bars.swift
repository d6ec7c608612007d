/// A horizontal bar with a name on the left and a text at its right end.
struct Bar {
  let name: String
  let from: Double
  let to: Double
  let text: String
  let style: PlotStyle
}

extension Figure {
  /// Plots the bars from top to bottom, one unit of the y axis each.
  mutating func plot(_ bars: [Bar]) {
    add("set border 1")
    add("unset grid")
    add("set grid xtics lc rgb '\(Palette.grid)' lt 1 lw 0.6")
    add("set yrange [\(Double(bars.count) - 0.4):-0.6]")
    let names = bars.enumerated().map { "\(quoted($1.name)) \($0)" }
    add("set ytics (\(names.joined(separator: ", "))) scale 0")
    var plots: [String] = []
    for (row, bar) in bars.enumerated() {
      add("set label \(quoted(bar.text)) at \(bar.to), \(row) left offset 0.7,0 font ',13' tc rgb '\(Palette.text)'")
      let y = Double(row)
      let block = addData([[bar.to], [y], [bar.from], [bar.to], [y - 0.35], [y + 0.35]])
      plots.append("\(block) using 1:2:3:4:5:6 with boxxyerror \(bar.style.fill) notitle")
    }
    plot(plots)
  }
}
