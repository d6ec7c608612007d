import Files
import Foundation
import Results

extension FigureCatalog {
  /// Draws how often samples of each class were given each class, in the format that the suffix of `path` says.
  ///
  /// A cell's colour is its share of the true class. Where it has room, the cell has its number too.
  /// - Parameters:
  ///   - data: their name, for the title.
  ///   - network: its name, for the line below.
  ///   - path: ends in `.svg`, `.png` or `.pdf`.
  ///   - log: takes gnuplot's warnings.
  /// - Throws: as `draw(model:spectra:to:log:)`.
  public static func draw(
    confusion: ConfusionMatrix, data: String, network: String, to path: String, log: (String) -> Void = { _ in }
  ) throws {
    try draw(Self.confusion(confusion, data: data, network: network), to: path, log: log)
  }

  static func confusion(_ matrix: ConfusionMatrix, data: String, network: String) -> Figure {
    let (classes, samples) = (matrix.classes, matrix.samples)
    let accuracy = String(format: "%.2f", 100 * Double(matrix.correct) / Double(max(1, samples)))
    let heading = "Confusion matrix of \(titleText(data)): accuracy \(accuracy) %"
    let unanswered = matrix.unanswered.reduce(0, +)
    let none = unanswered == 0 ? "" : "; \(unanswered) without an answer are not shown"
    let subtitle = "\(titleText(network)), \(samples) samples; a row a true class, a column a class given\(none)"

    let size = 800.0 / Double(max(classes, 1))
    let marks = Ticks(marks: [0.1, 1, 10, 100].map { ($0, Ticks.number($0)) })
    let left = 44 + Int(textWidth("\(max(classes, 1) - 1)", size: 15)) + 8
    let right = Figure.width - 40 - marks.margin - 8
    let bottom = 80 + Int(min(size, 60) * Double(classes)).clamped(to: 200...560)
    var figure = Figure(
      name: "confusion", title: shortened(heading, size: 18, width: Double(Figure.width) - 40), subtitle: subtitle,
      height: bottom + 58)
    figure.add("set multiplot")
    figure.add("unset grid")
    figure.add("set border 15 lc rgb '\(Palette.grid)' lw 1")
    let (across, down) = (Double(right - left) / Double(classes), Double(bottom - 80) / Double(classes))
    let ticks = (x: classTicks(classes, size: across), y: classTicks(classes, size: down, isVertical: true))
    figure.place(left: left, right: right, top: 80, bottom: bottom, x: "class given", y: "true class", marks: ticks.y)
    figure.add("set xrange [-0.5:\(Double(classes) - 0.5)]")
    figure.add("set yrange [\(Double(classes) - 0.5):-0.5]")
    figure.add("set xtics \(ticks.x.list) scale 0")
    figure.add("set ytics \(ticks.y.list) scale 0")
    let cells = (0..<classes).flatMap { label in
      matrix.counts[label].enumerated().filter { $0.element > 0 }.map { answer, count in
        let share = 100 * Double(count) / Double(matrix.samples(of: label))
        return (x: Double(answer), y: Double(label), colour: shade(ofPercent: share), text: "\(count)")
      }
    }
    figure.addTexts(cells, across: across, down: down)
    let boxes = cells.map { (x: $0.x, y: $0.y, colour: $0.colour) }
    figure.plot([boxes.isEmpty ? "NaN notitle" : figure.addBoxes(boxes, width: 1, height: 1)])
    figure.add("unset label")
    figure.add("set border 3")
    figure.addColourBar(
      "% of the true class (log scale)", from: leastPercent, to: 100, marks: marks, top: 80, bottom: bottom,
      isLightLow: true)
    return figure
  }

  /// The light end of the colours; smaller shares have its colour too.
  private static let leastPercent = 0.1

  /// On `ColourScale`: dark is much.
  private static func shade(ofPercent share: Double) -> Double {
    1 - log(max(share, leastPercent) / leastPercent) / log(100 / leastPercent)
  }

  /// Marks for classes, each of which has `size` pixels: for all of them, or for every 2nd, 5th, 10th and so on.
  private static func classTicks(_ classes: Int, size: Double, isVertical: Bool = false) -> Ticks {
    let room = isVertical ? 18 : textWidth("\(classes - 1)", size: 15) + 6
    let step = [1, 2, 5, 10, 20, 50, 100].first { Double($0) * size >= room } ?? 200
    return Ticks(marks: stride(from: 0, to: classes, by: step).map { (Double($0), "\($0)") })
  }
}

extension Figure {
  /// Adds the texts of cells of so many pixels, if all of them have room.
  fileprivate mutating func addTexts(
    _ cells: [(x: Double, y: Double, colour: Double, text: String)], across: Double, down: Double
  ) {
    guard
      let size = [13, 12, 11, 10].first(where: { size in
        down > Double(size) + 2 && cells.allSatisfy { textWidth($0.text, size: Double(size)) + 6 < across }
      })
    else { return }
    for cell in cells {
      let colour = ColourScale.isLight(cell.colour) ? "#000000" : "#ffffff"
      add("set label \(quoted(cell.text)) at \(cell.x), \(cell.y) center front font ',\(size)' tc rgb '\(colour)'")
    }
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
