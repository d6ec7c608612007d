import Foundation

/// A horizontal bar with a name on the left and a text at its right end.
struct Bar {
  let name: String
  let from: Double
  let to: Double
  let text: String
  let style: PlotStyle
}

extension Figure {
  /// The height of a figure of `count` bars.
  static func height(bars count: Int) -> Int { 140 + 28 * count }

  /// Plots the bars from top to bottom, one unit of the y axis each, over an x axis called `x`. Names and texts have the room that
  /// they need.
  /// - Parameters:
  ///   - low: the lower end of the x axis.
  ///   - isLogarithmic: whether the x axis is.
  mutating func plot(_ bars: [Bar], x: String, from low: Double, isLogarithmic: Bool = false) {
    let left = 20 + Int(bars.map { textWidth($0.name, size: 15) }.max() ?? 0)
    let texts = 12 + Int(bars.map { textWidth($0.text, size: 13) }.max() ?? 0)
    place(left: left, right: Self.width - 20, top: 72, bottom: height - 60, x: x)
    // The longest bar leaves room for its text.
    let room = Double(Self.width - 20 - left) / Double(Self.width - 20 - left - texts)
    let longest = bars.map(\.to).max() ?? 1
    let high = isLogarithmic ? low * pow(longest / low, room) : low + (longest - low) * room
    add("set xrange [\(low):\(high)]")
    if isLogarithmic {
      add("set logscale x")
      add("set xtics \(Ticks.logarithmic(from: low, to: longest).list)")
    }
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
