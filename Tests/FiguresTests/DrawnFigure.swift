import Foundation
import Testing

@testable import Figures

/// What a figure's commands and data blocks say, panel by panel: the axes, the texts, and each plot's columns and style.
struct DrawnFigure {
  struct Plot {
    /// As gnuplot takes them: in the order of `using`. Of a horizontal line, its height.
    let columns: [[Double]]
    /// `lines`, `points`, `linespoints`, `xerrorbars`, `yerrorbars`, `filledcurves`, `boxxyerror`.
    let with: String
    let style: String
  }

  /// A mark of an axis.
  struct Mark: Equatable {
    let text: String
    let value: Double

    /// Whether it says where it is: a number, perhaps with a unit that the axis has in its seconds or counts.
    var isTrue: Bool {
      let words = text.split(separator: " ")
      let units: [Substring: Double] = ["s": 1, "ms": 1e-3, "µs": 1e-6, "k": 1e3, "M": 1e6, "B": 1, "kB": 1e3, "MB": 1e6]
      guard let number = words.first.flatMap({ Double($0) }), let unit = words.count > 1 ? units[words[1]] : 1 else {
        return false
      }
      return abs(number * unit / value - 1) < 1e-9
    }
  }

  struct Panel {
    /// By the words after `set`: `xrange`, `xtics`, `logscale`, `lmargin`.
    var settings: [String: String]
    var labels: [(text: String, place: String)]
    var arrows: [String]
    var plots: [Plot] = []

    var x: ClosedRange<Double> { get throws { try range("xrange") } }
    var y: ClosedRange<Double> { get throws { try range("yrange") } }
    var xMarks: [Mark] { marks("xtics") }
    var yMarks: [Mark] { marks("ytics") }
    /// The name of an axis: the number of its label is fixed.
    func label(_ number: Int) -> String? { labels.last { $0.place.hasPrefix("\(number) ") }?.text }
    var xName: String? { label(103) }
    var yName: String? { label(104) }
    /// The edges, in shares of the figure from the left.
    var left: Double { Double(settings["lmargin"]?.dropFirst("at screen ".count) ?? "") ?? .nan }
    var right: Double { Double(settings["rmargin"]?.dropFirst("at screen ".count) ?? "") ?? .nan }
    /// Pixels from the top.
    var top: Int { pixels("tmargin") }
    var bottom: Int { pixels("bmargin") }

    /// Where a point of axes with a logarithmic x lies, in pixels from the left and the top.
    func pixels(_ x: Double, _ y: Double) throws -> (x: Double, y: Double) {
      let (across, up) = (try self.x, try self.y)
      let share = log(x / across.lowerBound) / log(across.upperBound / across.lowerBound)
      let height = (y - up.lowerBound) / (up.upperBound - up.lowerBound)
      return (
        800 * (left + share * (right - left)), Double(bottom) - height * Double(bottom - top)
      )
    }

    /// Its ends must ascend.
    private func range(_ name: String) throws -> ClosedRange<Double> {
      let ends = try ends(name)
      try #require(ends.0 < ends.1, "\(name): \(ends)")
      return ends.0...ends.1
    }

    func ends(_ name: String) throws -> (Double, Double) {
      let ends = (settings[name] ?? "").dropFirst().dropLast().split(separator: ":").compactMap { Double($0) }
      try #require(ends.count == 2, "\(name): \(settings[name] ?? "none")")
      return (ends[0], ends[1])
    }

    private func marks(_ name: String) -> [Mark] {
      (settings[name] ?? "").matches(of: /'([^']*)' ([-+.\de]+)/).map {
        Mark(text: String($0.1), value: Double($0.2) ?? .nan)
      }
    }

    private func pixels(_ name: String) -> Int {
      Int((settings[name] ?? "").firstMatch(of: /\(1 - (\d+) \/ height\)/)?.1 ?? "") ?? -1
    }
  }

  /// The panels with plots, without the key.
  var panels: [Panel] = []
  /// The entries of the key in their order, each with the samples that are drawn beside its text; `shades` is a line in pieces.
  private(set) var key: [(title: String, line: String?, shades: [String], points: String?)] = []
  /// The title and the line or lines below it.
  private(set) var titles: [String] = []

  init(_ figure: Figure) throws {
    var panel = Panel(settings: [:], labels: [], arrows: [])
    var blocks: [String: [[Double]]] = [:]
    for statement in figure.statements {
      switch statement {
      case .data(let columns, let name): blocks["$" + name] = columns
      case .command(let command):
        if command.hasPrefix("plot ") {
          var drawn = panel
          drawn.plots = try Self.plots(command, blocks)
          if command.hasPrefix("plot -1 notitle") { key = try Self.key(drawn) } else { panels.append(drawn) }
        } else {
          Self.apply(command, to: &panel)
        }
      }
    }
    titles = panels.first.map { $0.labels.filter { $0.place.hasPrefix("at screen 0.02,") }.map(\.text) } ?? []
  }

  init(_ figure: Figure?) throws { try self.init(#require(figure)) }

  /// The titles of the entries whose samples look like `plot`: exactly one, if the key is right.
  func titles(of plot: Plot) -> [String] {
    key.filter { entry in
      if plot.with == "lines" { return entry.line == plot.style }
      if plot.with == "points" { return entry.points == plot.style }
      return [entry.line, entry.points].compactMap { $0 }.allSatisfy { Self.looks($0).isSubset(of: Self.looks(plot.style)) }
    }.map(\.title)
  }

  /// Colour, dash, point and size: the width of a line is a little less where it has points.
  private static func looks(_ style: String) -> Set<String> {
    Set(style.matches(of: /(lc rgb '[^']*'|dt \S+|pt \S+|ps \S+)/).map { String($0.1) })
  }

  private static func apply(_ command: String, to panel: inout Panel) {
    let words = command.split(separator: " ", maxSplits: 2).map(String.init)
    let rest = words.count > 2 ? words[2] : ""
    switch (words[0], words[1]) {
    case ("set", "label"):
      // As `quoted` writes it: pieces in single quotes, and characters by their numbers.
      guard let text = rest.firstMatch(of: /^(?:\d+ )?((?:'[^']*'|"\\\d+")(?:\.(?:'[^']*'|"\\\d+"))*)/) else { return }
      let number = rest.prefix { $0 != " " && $0 != "'" && $0 != "\"" }
      let place = (number.isEmpty ? "" : "\(number) ") + rest[text.range.upperBound...].drop { $0 == " " }
      if !number.isEmpty { panel.labels.removeAll { $0.place.hasPrefix("\(number) ") } }
      let pieces = text.1.matches(of: /'([^']*)'|"\\(\d+)"/).map { piece in
        piece.1.map(String.init)
          ?? String(piece.2.flatMap { UInt8($0, radix: 8) }.map { Character(Unicode.Scalar($0)) } ?? " ")
      }
      panel.labels.append((pieces.joined(), place))
    case ("set", "arrow"): panel.arrows.append(rest)
    case ("unset", "label"): panel.labels = []
    case ("unset", "arrow"): panel.arrows = []
    case ("unset", let name): panel.settings[name] = nil
    case (_, "xtics") where rest.hasPrefix("offset"): break
    default: panel.settings[words[1]] = rest
    }
  }

  private static func plots(_ command: String, _ blocks: [String: [[Double]]]) throws -> [Plot] {
    try command.dropFirst("plot ".count).split(separator: ", ").filter { $0 != "-1 notitle" }.map { text in
      let match = try #require(
        text.firstMatch(of: /^(\S+)(?: using ([\d:]+))? with (\w+) (.*) notitle$/), "\(text)")
      guard let using = match.2 else {
        return Plot(columns: [[try #require(Double(match.1))]], with: String(match.3), style: String(match.4))
      }
      let block = try #require(blocks[String(match.1)], "\(text)")
      let columns = using.split(separator: ":").compactMap { Int($0) }.map { block[$0 - 1] }
      return Plot(columns: columns, with: String(match.3), style: String(match.4))
    }
  }

  /// A sample belongs to the first text to its right at its height.
  private static func key(
    _ panel: Panel
  ) throws -> [(title: String, line: String?, shades: [String], points: String?)] {
    let texts = panel.labels.compactMap { label -> (title: String, x: Double, y: Double)? in
      guard let place = label.place.firstMatch(of: /^at first ([\d.]+), first ([\d.]+) left/) else { return nil }
      return (label.text, Double(place.1) ?? .nan, Double(place.2) ?? .nan)
    }
    func index(right x: Double, _ y: Double) -> Int? {
      texts.indices.filter { texts[$0].y == y && texts[$0].x > x }.min { texts[$0].x < texts[$1].x }
    }
    var lines: [Int: [String]] = [:]
    var starts: Set<[Double]> = []
    var points: [Int: String] = [:]
    for arrow in panel.arrows {
      let match = try #require(
        arrow.firstMatch(of: /^from ([\d.]+), ([\d.]+) to ([\d.]+), ([\d.]+) nohead (.*)$/), "\(arrow)")
      let ends = [match.1, match.2, match.3, match.4].compactMap { Double($0) }
      #expect(ends[1] == ends[3])
      if let index = index(right: ends[2], ends[1]) { lines[index, default: []].append(String(match.5)) }
      starts.insert([ends[0], ends[1]])
    }
    for plot in panel.plots {
      if let index = index(right: plot.columns[0][0], plot.columns[1][0]) { points[index] = plot.style }
    }
    #expect(starts.count == panel.arrows.count && points.count == panel.plots.count, "samples on each other")
    return texts.indices.map { index in
      let pieces = lines[index] ?? []
      return (texts[index].title, pieces.count == 1 ? pieces[0] : nil, pieces.count > 1 ? pieces : [], points[index])
    }
  }
}

/// Whether `a` and `b` have the same numbers, but for rounding; NaN equals NaN.
func nearlyEqual(_ a: [Double], _ b: [Double], within share: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= share * max(1, abs($1)) || ($0.isNaN && $1.isNaN) }
}
