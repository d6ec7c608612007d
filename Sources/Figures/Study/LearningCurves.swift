import Foundation
import Results

extension FigureCatalog {
  /// Validation accuracy and training loss by epoch, side by side.
  @Sendable static func learningCurves(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let curves = rows.history.byNetwork()
    guard let epochs = rows.history.map(\.epoch).max(), epochs > 0 else { return nil }

    var figure = Figure(
      name: "learning-curves", title: "Learning curves", subtitle: title.text, height: 433)
    figure.add("set xrange [0:\(Double(epochs) * 1.03)]")
    figure.add("set xtics \(Ticks.counts(to: epochs, pixels: 270).list)")
    figure.add("set multiplot")

    // A network before its first step is often far below: its line starts outside.
    let trained = rows.history.filter { $0.epoch > 0 }.map(\.validationAccuracy).filter(\.isFinite)
    let scale = AccuracyScale(holding: trained)
    let marks = scale.ticks
    figure.place(
      left: marks.margin, right: 380, top: 72, bottom: 375, x: "epoch", y: "validation accuracy (%), log error scale",
      marks: marks)
    figure.add("set yrange [\(scale.lowest):\(scale.highest)]")
    figure.add("set ytics \(marks.list)")
    let entries = zip(curves, plotStyles(of: curves.map(\.key))).map { curve, style in style.entry(curve.key.titleWithRank) }
    let accuracies = figure.addLines(curves) { rows in
      Spread(rows.map(\.validationAccuracy)).map { spread in
        [spread.median, spread.minimum, spread.maximum].map(scale.position)
      }
    }
    figure.plot(accuracies)

    let losses = rows.history.compactMap(\.trainingLoss).filter(Ticks.drawable.contains)
    if let least = losses.min(), let greatest = losses.max() {
      figure.add("unset label")
      let (low, high) = (0.8 * least, 1.25 * greatest)
      let marks = Ticks.logarithmic(from: low, to: high)
      figure.place(
        left: 380 + marks.margin, right: 780, top: 72, bottom: 375, x: "epoch", y: "training loss (nats, log scale)",
        marks: marks)
      figure.add("set yrange [\(low):\(high)]")
      figure.add("set logscale y")
      figure.add("set ytics \(marks.list)")
      let lines = figure.addLines(curves) { rows in
        let losses = rows.compactMap(\.trainingLoss)
        guard losses.count == rows.count, losses.allSatisfy({ $0 > 0 }) else { return nil }
        return Spread(losses).map { [$0.median, $0.minimum, $0.maximum] }
      }
      figure.plot(lines)
    }
    figure.addKey(entries)
    return figure
  }
}

extension Figure {
  /// Adds the data of every curve: `value` (median, minimum, maximum) of its epochs.
  /// - Returns: what to plot, lines, and bars if there are several seeds; nothing of a curve without values.
  fileprivate mutating func addLines(_ curves: [NetworkGroup<HistoryRow>], value: ([HistoryRow]) -> [Double]?) -> [String] {
    zip(curves, plotStyles(of: curves.map(\.key))).compactMap { curve, style in
      let points = Set(curve.rows.map(\.epoch)).sorted().map { epoch in
        [Double(epoch)] + (value(curve.rows.filter { $0.epoch == epoch }) ?? [.nan, .nan, .nan])
      }
      guard points.contains(where: { $0[1].isFinite }) else { return nil }
      let block = addData((0..<4).map { column in points.map { $0[column] } })
      let hasSeeds = Set(curve.rows.map(\.key.seed)).count > 1
      let bars = "\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle, "
      return (hasSeeds ? bars : "") + "\(block) using 1:2 with linespoints \(style.linePoints) notitle"
    }
  }
}
