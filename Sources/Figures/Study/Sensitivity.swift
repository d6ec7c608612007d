import Foundation
import Results

extension FigureCatalog {
  /// The validation loss with one layer alone compressed, a cell for each layer and rank: the mean over the seeds.
  @Sendable static func sensitivity(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let cells = Dictionary(grouping: rows.sensitivity) { [$0.layer, $0.key.rank ?? 0] }.compactMapValues { rows in
      Interval(rows.map(\.validationLoss)).map(\.mean).flatMap { Ticks.drawable.contains($0) ? $0 : nil }
    }
    guard let least = cells.values.min(), let greatest = cells.values.max() else { return nil }
    let layers = Set(cells.keys.map { $0[0] }).sorted()
    let ranks = Set(cells.keys.map { $0[1] }).sorted()

    // Equal losses have an axis too.
    let (low, high) = (least / 1.001, greatest * 1.001)
    let place = { (loss: Double) in log(loss / low) / log(high / low) }
    let marks = Ticks.logarithmic(from: low, to: high)
    let names = layers.map { "W\($0)" }
    let left = 44 + Int(names.map { textWidth($0, size: 15) }.max() ?? 0)
    // The name of the colours has room beside six rows or more.
    let (right, bottom) = (Figure.width - 40 - marks.margin, 80 + 34 * max(layers.count, 6))
    var figure = Figure(
      name: "sensitivity", title: "Validation loss with one layer compressed", subtitle: title.showing(.mean).text,
      height: bottom + 58)
    figure.add("set multiplot")
    figure.add("unset grid")
    figure.add("set border 0")
    figure.place(left: left, right: right, top: 80, bottom: bottom, x: "rank of the layer, all others dense")
    figure.add("set xrange [-0.5:\(Double(ranks.count) - 0.5)]")
    figure.add("set yrange [\(Double(layers.count) - 0.5):-0.5]")
    let rankMarks = Ticks(marks: ranks.enumerated().map { (Double($0), "\($1)") })
    let across = right - left
    figure.add("set xtics \(rankMarks.fitting(from: -0.5, to: Double(ranks.count) - 0.5, pixels: across).list) scale 0")
    figure.add("set ytics \(Ticks(marks: names.enumerated().map { (Double($0), $1) }).list) scale 0")
    // gnuplot has losses by cell; the colours are ours, so that texts on them can be told from them.
    let filled = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { cell, loss in
      (x: Double(ranks.firstIndex(of: cell[1]) ?? 0), y: Double(layers.firstIndex(of: cell[0]) ?? 0), loss: loss)
    }
    let texts = filled.map { String(format: "%.2g", $0.loss) }
    let hasRoom = (texts.map { textWidth($0, size: 12) }.max() ?? 0) + 6 < Double(across) / Double(ranks.count)
    for (cell, text) in zip(filled, texts) where hasRoom {
      let colour = ColourScale.isLight(place(cell.loss)) ? "#000000" : "#ffffff"
      figure.add("set label \(quoted(text)) at \(cell.x), \(cell.y) center front font ',12' tc rgb '\(colour)'")
    }
    figure.plot([
      figure.addBoxes(filled.map { (x: $0.x, y: $0.y, colour: place($0.loss)) }, width: 1, height: 1)
    ])
    figure.add("unset label")
    figure.addColourBar(
      "validation loss (nats, log scale)", from: low, to: high, marks: marks, top: 80, bottom: bottom)
    return figure
  }
}
