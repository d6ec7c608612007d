/// A figure as gnuplot commands and data, in no file format yet.
///
/// Sizes are in pixels of the SVG: 800 of them are the width of a figure, and of a README.
struct Figure {
  enum Statement {
    case line(String)
    case data([[Double]], name: String)
  }

  static let width = 800
  let name: String
  let height: Int
  private(set) var statements: [Statement] = []

  /// Starts a figure with a title, and under it the dataset, the study and how seeds are shown.
  init(name: String, title: String, of study: StudyTitle, height: Int = 500) {
    (self.name, self.height) = (name, height)
    add("set encoding utf8")
    add("set datafile missing NaN")
    add("set border 3 lc rgb '\(Ink.axis)' lw 1")
    add("set tics nomirror out scale 0.6 textcolor rgb '\(Ink.text)'")
    add("set grid xtics ytics lc rgb '\(Ink.grid)' lt 1 lw 0.6")
    add("set bars 0.5")
    add("set label 1 \(quoted(title)) at screen 0.02, \(fromTop(24)) left font ',18' tc rgb '\(Ink.text)'")
    add("set label 2 \(quoted(study.text)) at screen 0.02, \(fromTop(48)) left font ',14' tc rgb '\(Ink.quiet)'")
  }

  mutating func add(_ line: String) { statements.append(.line(line)) }

  /// Adds a data block; returns its name as a plot command has it.
  mutating func add(_ columns: [[Double]]) -> String {
    let name = "data\(statements.count)"
    statements.append(.data(columns, name: name))
    return "$" + name
  }

  /// Adds the place of the next plot, in pixels from the left and the top.
  mutating func place(left: Int, right: Int, top: Int, bottom: Int) {
    add("set lmargin at screen \(Double(left) / Double(Self.width))")
    add("set rmargin at screen \(Double(right) / Double(Self.width))")
    add("set tmargin at screen \(fromTop(top))")
    add("set bmargin at screen \(fromTop(bottom))")
  }

  /// A height in screen coordinates, from pixels below the top.
  func fromTop(_ pixels: Int) -> Double { 1 - Double(pixels) / Double(height) }
}

/// The line under a figure's title.
struct StudyTitle {
  let text: String

  init(text: String) { self.text = text }

  init(dataset: String, study: String, seeds: Int) {
    let name = study.count > 60 ? study.prefix(59) + "…" : study[...]
    let note = seeds > 1 ? ", median and range of \(seeds) seeds" : ""
    text = "\(dataset), study \(name)\(note)"
  }
}

/// Greys that print.
enum Ink {
  static let text = "#222222"
  static let quiet = "#555555"
  static let axis = "#666666"
  static let grid = "#dddddd"
}
