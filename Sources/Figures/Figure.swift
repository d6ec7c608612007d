import Files

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
    self.init(name: name, title: title, subtitle: study.text, height: height)
  }

  /// Starts a figure with a title and a line under it.
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

  mutating func add(_ line: String) { statements.append(.line(line)) }

  /// Adds a data block; returns its name as a plot command has it.
  mutating func add(_ columns: [[Double]]) -> String {
    let name = "data\(statements.count)"
    statements.append(.data(columns, name: name))
    return "$" + name
  }

  /// Adds the place of the next plot, in pixels from the left and the top, and the names of its axes;
  /// `gap` lies between the y axis and its name.
  ///
  /// gnuplot would put the names by its guess of the size of letters, which no two formats share.
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

  /// Adds the key as the last plot of a multiplot, in a place of its own, where it hides nothing.
  mutating func addKey(_ entries: [String], layout: String) {
    for command in ["border", "xtics", "ytics", "grid", "label", "arrow", "logscale"] {
      add("unset \(command)")
    }
    add("set xrange [0:1]")
    add("set yrange [0:1]")
    add("set key font ',14' textcolor rgb '\(Palette.text)' Left reverse \(layout)")
    // gnuplot cannot plot key entries alone; this line is out of sight.
    add("plot 2 notitle, " + entries.map { "keyentry \($0)" }.joined(separator: ", "))
    add("unset multiplot")
  }

  /// Adds the key as rows along the bottom of the figure.
  mutating func addKeyBelow(_ entries: [String]) {
    let growth = Self.keyGrowth(entries: entries.count)
    place(left: 10, right: Self.width - 10, top: height - 48 - growth, bottom: height - 6)
    let rows = 2 + growth / 20
    addKey(entries, layout: "horizontal center center at graph 0.5, graph 0.5 samplen 3.5 width -2 maxrows \(rows)")
  }

  /// How much higher a figure must be for a key below it of more than two rows, three entries a row.
  static func keyGrowth(entries: Int) -> Int { 20 * max(0, (entries + 2) / 3 - 2) }

  /// Screen coordinates of gnuplot, which go from 0 to 1 and upwards, from pixels.
  func fromTop(_ pixels: Int) -> Double { 1 - Double(pixels) / Double(height) }
  func fromLeft(_ pixels: Int) -> Double { Double(pixels) / Double(Self.width) }
}

/// The line under a figure's title.
struct StudyTitle {
  let dataset: String
  let study: String
  let seeds: Int
  /// Whether the figure shows the least and the greatest as well as the median.
  private var hasRange = true

  init(dataset: String, study: String, seeds: Int) {
    (self.dataset, self.study, self.seeds) = (dataset, study, seeds)
  }

  var text: String {
    let note = seeds > 1 ? ", median\(hasRange ? " and range" : "") of \(seeds) seeds" : ""
    return "\(dataset), study \(titleText(study))\(note)"
  }

  /// For what is the same with every seed.
  var withoutSeeds: StudyTitle { StudyTitle(dataset: dataset, study: study, seeds: 1) }

  var withoutRange: StudyTitle {
    var title = self
    title.hasRange = false
    return title
  }
}

/// Text from a file as it can stand in a title: printable, and at most 60 characters.
func titleText(_ text: String) -> String {
  let text = printable(text)
  return text.count > 60 ? text.prefix(59) + "…" : text
}

/// Greys that print.
enum Palette {
  static let text = "#222222"
  static let quiet = "#555555"
  static let axis = "#666666"
  static let grid = "#dddddd"
}
