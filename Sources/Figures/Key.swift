/// An entry of a key: a name beside a sample of how it is drawn.
struct KeyEntry {
  let title: String
  /// The styles of the sample, for `with lines` and `with points`.
  var line: String?
  var points: String?
  /// The styles of a sample that consists of pieces, from left to right: a scale of colours.
  var shades: [String] = []
}

extension Figure {
  private static let (sample, row, fontSize) = (42.0, 20, 14.0)

  /// Adds the key as the last plot of a multiplot, in columns below everything else; the figure grows by its height.
  ///
  /// gnuplot's own key has a place that is chosen beforehand, and is cut off where that is too small.
  mutating func addKey(_ entries: [KeyEntry]) {
    precondition(!entries.isEmpty)
    let widest = entries.map { textWidth($0.title, size: Self.fontSize) }.max() ?? 0
    let (width, gap) = (Double(Self.width), 26.0)
    let cell = min(Self.sample + 8 + widest + gap, width)
    let most = min(max(Int((width - 20 + gap) / cell), 1), entries.count)
    let rows = (entries.count + most - 1) / most
    let columns = (entries.count + rows - 1) / rows
    let left = max((width - Double(columns) * cell + gap) / 2, 10)

    let keyHeight = Self.row * rows
    place(left: 0, right: Self.width, top: height, bottom: height + keyHeight)
    height += keyHeight + 12
    for command in ["border", "xtics", "ytics", "grid", "label", "arrow", "logscale"] { add("unset \(command)") }
    add("set xrange [0:\(width)]")
    add("set yrange [\(keyHeight):0]")
    // Labels and arrows need a plot; this one is out of range.
    var plots = ["-1 notitle"]
    for (index, entry) in entries.enumerated() {
      let x = left + Double(index / rows) * cell
      let y = Double(Self.row) * (Double(index % rows) + 0.5)
      let (title, place) = (quoted(entry.title), "first \(x + Self.sample + 8), first \(y)")
      add("set label \(title) at \(place) left font ',\(Int(Self.fontSize))' tc rgb '\(Palette.text)'")
      // Not a plot with lines: Cairo draws the first point of a level line beside the rest of it.
      if let line = entry.line { add("set arrow from \(x), \(y) to \(x + Self.sample), \(y) nohead \(line)") }
      for (piece, style) in entry.shades.enumerated() {
        let ends = [piece, piece + 1].map { x + Self.sample * Double($0) / Double(entry.shades.count) }
        add("set arrow from \(ends[0]), \(y) to \(ends[1]), \(y) nohead \(style)")
      }
      if let points = entry.points {
        plots.append("\(addData([[x + Self.sample / 2], [y]])) using 1:2 with points \(points) notitle")
      }
    }
    plot(plots)
    add("unset multiplot")
  }
}
