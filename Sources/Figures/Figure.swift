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
  /// Without `shift`. Grows when a key is added.
  var height: Int
  /// The height of the subtitle's lines behind the first; all plots are moved down by it.
  let shift: Int
  private(set) var statements: [Statement] = []

  /// A figure with a title and a line under it, which becomes several if it is long.
  /// - Parameter height: without a key and with one line under the title.
  init(name: String, title: String, subtitle: String, height: Int = 448) {
    let lines = wrapped(subtitle, size: 14, width: Double(Self.width) - 32)
    (self.name, self.height, shift) = (name, height, 18 * (lines.count - 1))
    add("set encoding utf8")
    add("set datafile missing NaN")
    add("set border 3 lc rgb '\(Palette.axis)' lw 1")
    add("set tics nomirror out scale 0.6 textcolor rgb '\(Palette.text)'")
    add("set grid xtics ytics lc rgb '\(Palette.grid)' lt 1 lw 0.6")
    add("set bars 0.5")
    add("set xtics offset 0,0.2")
    add("unset key")
    add("set label \(quoted(title)) at screen 0.02, \(fromTop(24)) left font ',18' tc rgb '\(Palette.text)'")
    for (index, line) in lines.enumerated() {
      let y = fromTop(48 + 18 * index)
      add("set label \(quoted(line)) at screen 0.02, \(y) left font ',14' tc rgb '\(Palette.quiet)'")
    }
  }

  mutating func add(_ command: String) { statements.append(.command(command)) }

  mutating func plot(_ plots: [String]) {
    if !plots.isEmpty { add("plot " + plots.joined(separator: ", ")) }
  }

  /// Adds a data block; returns its name as a plot command has it.
  mutating func addData(_ columns: [[Double]]) -> String {
    let name = "data\(statements.count)"
    statements.append(.data(columns, name: name))
    return "$" + name
  }

  /// Sets the place of the next plot, in pixels from the left and the top, and the names of its axes. The name of the y axis
  /// has room for the texts of `marks` between it and the axis.
  ///
  /// gnuplot would place the names by its estimate of the size of letters, which differs between formats.
  mutating func place(
    left: Int, right: Int, top: Int, bottom: Int, x: String = "", y: String = "", marks: Ticks = Ticks(marks: [])
  ) {
    let (top, bottom) = (top + shift, bottom + shift)
    let (across, down) = ((left + right) / 2, (top + bottom) / 2)
    let (below, beside) = ((fromLeft(across), fromTop(bottom + 44)), (fromLeft(left - marks.gap), fromTop(down)))
    add("set label 103 \(quoted(x)) at screen \(below.0), \(below.1) center tc rgb '\(Palette.text)'")
    add("set label 104 \(quoted(y)) at screen \(beside.0), \(beside.1) center rotate tc rgb '\(Palette.text)'")
    add("set lmargin at screen \(fromLeft(left))")
    add("set rmargin at screen \(fromLeft(right))")
    add("set tmargin at screen \(fromTop(top))")
    add("set bmargin at screen \(fromTop(bottom))")
  }

  /// Adds a text whose left end and middle are so many pixels from the left and the top.
  mutating func addText(
    _ text: String, left: Double, middle: Double, size: Int, colour: String = Palette.text, alignment: String = "left"
  ) {
    let y = "(1 - \(middle + Double(shift)) / height)"
    add(
      "set label \(quoted(text)) at screen \(left / Double(Self.width)), \(y) \(alignment) font ',\(size)' "
        + "tc rgb '\(colour)'")
  }

  /// Adds a thin line between two places, in pixels from the left and the top.
  mutating func addLeader(from start: (x: Double, y: Double), to end: (x: Double, y: Double), colour: String) {
    let places = [start, end].map { "screen \($0.x / Double(Self.width)), screen (1 - \($0.y + Double(shift)) / height)" }
    add("set arrow from \(places[0]) to \(places[1]) nohead back lc rgb '\(colour)' lw 0.4")
  }

  /// gnuplot's screen coordinates, from 0 at the bottom and the left to 1, from pixels. The script has the final height.
  private func fromTop(_ pixels: Int) -> String { "(1 - \(pixels) / height)" }
  private func fromLeft(_ pixels: Int) -> Double { Double(pixels) / Double(Self.width) }
}

/// Text from a file as it can stand in a title: printable, and at most 60 characters.
func titleText(_ text: String) -> String {
  let text = printable(text)
  return text.count > 60 ? text.prefix(59) + "…" : text
}
