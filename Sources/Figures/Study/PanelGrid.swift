import Foundation

/// Panels of equal size in rows and columns; each consists of one or two parts, one above the other, which have the x axis
/// in common.
struct PanelGrid {
  let count: Int
  let parts: [GridPart]
  var mostColumns = 4
  /// Above each panel; a second one is smaller.
  var titleLines = 1

  private static let (foot, right) = (62, 20)
  /// Between columns, between rows, and between the parts of a panel.
  private static let (across, seam) = (38, 14)
  private var top: Int { 72 + 16 * titleLines }
  private var down: Int { 40 + 16 * titleLines }

  private var columns: Int {
    switch count {
    case ...3: count
    case 4: 2
    case ...9: 3
    default: mostColumns
    }
  }
  private var rows: Int { (count + columns - 1) / columns }
  private var left: Int { parts.map(\.marks.margin).max() ?? 0 }
  private var panel: Int { parts.reduce(0) { $0 + $1.height } + Self.seam * (parts.count - 1) }

  var height: Int { top + rows * panel + (rows - 1) * down + Self.foot }

  /// Of a panel.
  var width: Int { (Figure.width - left - Self.right - (columns - 1) * Self.across) / columns }

  /// Sets the place and the y axis of one part of panel `index`, counted along the rows. The lowest part has the x axis `x`.
  func place(_ index: Int, part number: Int, in figure: inout Figure, x: String, xMarks: Ticks) {
    let part = parts[number]
    let isLeftmost = index % columns == 0
    let isLast = number == parts.count - 1
    let above = parts[..<number].reduce(0) { $0 + $1.height + Self.seam }
    let (left, top) = (corner(index).left, corner(index).top + above)
    figure.add("set xtics \((isLast ? xMarks : xMarks.unnamed).list)")
    figure.add("set yrange [\(part.low):\(part.high)]")
    figure.add("set ytics \((isLeftmost ? part.marks : part.marks.unnamed).list)")
    figure.place(
      left: left, right: left + width, top: top, bottom: top + part.height,
      x: isLast && index + columns >= count ? x : "", y: isLeftmost ? part.name : "", marks: part.marks)
  }

  /// Adds the title of panel `index`, of two lines.
  func addTitle(_ index: Int, _ title: String, _ second: String, in figure: inout Figure) {
    let (left, top) = corner(index)
    figure.addText(title, left: Double(left), middle: Double(top - 25), size: 13)
    figure.addText(second, left: Double(left), middle: Double(top - 10), size: 12, colour: Palette.quiet)
  }

  private func corner(_ index: Int) -> (left: Int, top: Int) {
    (left + index % columns * (width + Self.across), top + index / columns * (panel + down))
  }
}

/// A part of every panel: its logarithmic y axis, the same in all.
struct GridPart {
  let name: String
  let height: Int
  let low, high: Double
  let marks: Ticks

  /// - Parameters:
  ///   - name: of the axis.
  ///   - values: positive.
  init(name: String, holding values: [Double], height: Int) {
    (self.name, self.height) = (name, height)
    let (first, last) = (values.min() ?? 1, values.max() ?? 1)
    // A tenth of the axis is left free at both ends; equal values have an axis too.
    let margin = max(pow(last / first, 0.1), 1.01)
    (low, high) = (first / margin, last * margin)
    marks = Ticks.logarithmic(from: low, to: high, atMost: 5)
  }
}
