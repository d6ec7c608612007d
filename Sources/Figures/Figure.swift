import Files

/// A figure as gnuplot commands and data, in no file format yet.
///
/// Sizes are in pixels of the SVG.
struct Figure {
  enum Statement {
    case command(String)
    case data([[Double]], name: String)
  }

  static let width = 800
  let name: String
  let height: Int
  private(set) var statements: [Statement] = []

  /// A figure with a title and a line under it.
  init(name: String, title: String, subtitle: String, height: Int = 500) {
    (self.name, self.height) = (name, height)
    add("set encoding utf8")
    add("set datafile missing NaN")
    add("set border 3 lc rgb '\(Palette.axis)' lw 1")
    add("set tics nomirror out scale 0.6 textcolor rgb '\(Palette.text)'")
    add("set grid xtics ytics lc rgb '\(Palette.grid)' lt 1 lw 0.6")
    add("set bars 0.5")
    add("set xtics offset 0,0.2")
    add("unset key")
    add("set label 101 \(quoted(title)) at screen 0.02, \(fromTop(24)) left font ',18' tc rgb '\(Palette.text)'")
    add("set label 102 \(quoted(subtitle)) at screen 0.02, \(fromTop(48)) left font ',14' tc rgb '\(Palette.quiet)'")
  }

  mutating func add(_ command: String) { statements.append(.command(command)) }

  mutating func plot(_ plots: [String]) { add("plot " + plots.joined(separator: ", ")) }

  /// Adds a data block; returns its name as a plot command has it.
  mutating func addData(_ columns: [[Double]]) -> String {
    let name = "data\(statements.count)"
    statements.append(.data(columns, name: name))
    return "$" + name
  }

  /// Sets the place of the next plot, in pixels from the left and the top, and the names of its axes; `gap` lies between
  /// the y axis and its name.
  ///
  /// gnuplot would place the names by its estimate of the size of letters, which differs between formats.
  mutating func place(left: Int, right: Int, top: Int, bottom: Int, x: String = "", y: String = "", gap: Int = 54) {
    let (across, down) = ((left + right) / 2, (top + bottom) / 2)
    let (below, beside) = ((fromLeft(across), fromTop(bottom + 44)), (fromLeft(left - gap), fromTop(down)))
    add("set label 103 \(quoted(x)) at screen \(below.0), \(below.1) center tc rgb '\(Palette.text)'")
    add("set label 104 \(quoted(y)) at screen \(beside.0), \(beside.1) center rotate tc rgb '\(Palette.text)'")
    add("set lmargin at screen \(fromLeft(left))")
    add("set rmargin at screen \(fromLeft(right))")
    add("set tmargin at screen \(fromTop(top))")
    add("set bmargin at screen \(fromTop(bottom))")
  }

  /// Adds the key as the last plot of a multiplot, in a place of its own.
  mutating func addKey(_ entries: [String], layout: String) {
    for command in ["border", "xtics", "ytics", "grid", "label", "arrow", "logscale"] { add("unset \(command)") }
    add("set xrange [0:1]")
    add("set yrange [0:1]")
    add("set key font ',14' textcolor rgb '\(Palette.text)' Left reverse \(layout)")
    // gnuplot cannot plot key entries alone: the line at 2 is out of range.
    add("plot 2 notitle, " + entries.map { "keyentry \($0)" }.joined(separator: ", "))
    add("unset multiplot")
  }

  /// Adds the key as rows along the bottom of the figure.
  mutating func addKeyBelow(_ entries: [String], perRow: Int = 3) {
    let growth = Self.keyGrowth(entries: entries.count, perRow: perRow)
    place(left: 10, right: Self.width - 10, top: height - 48 - growth, bottom: height - 6)
    let rows = 2 + growth / 20
    addKey(entries, layout: "horizontal center center at graph 0.5, graph 0.5 samplen 3.5 width keywidth maxrows \(rows)")
  }

  /// The height that a key below a figure needs beyond two rows.
  static func keyGrowth(entries: Int, perRow: Int) -> Int { 20 * max(0, (entries + perRow - 1) / perRow - 2) }

  /// gnuplot's screen coordinates, from 0 at the bottom and the left to 1, from pixels.
  func fromTop(_ pixels: Int) -> Double { 1 - Double(pixels) / Double(height) }
  func fromLeft(_ pixels: Int) -> Double { Double(pixels) / Double(Self.width) }
}

/// Text from a file as it can stand in a title: printable, and at most 60 characters.
func titleText(_ text: String) -> String {
  let text = printable(text)
  return text.count > 60 ? text.prefix(59) + "…" : text
}
