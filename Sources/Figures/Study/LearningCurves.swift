import Foundation
import Results

extension FigureCatalog {
  /// Validation accuracy and training loss by epoch, side by side.
  @Sendable static func learningCurves(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let curves = rows.history.byNetwork()
    guard let epochs = rows.history.map(\.epoch).max(), epochs > 0 else { return nil }

    var figure = Figure(
      name: "learning-curves", title: "Learning curves", subtitle: title.text,
      height: 490 + Figure.keyGrowth(entries: curves.count, perRow: 2))
    figure.add("set xrange [0:\(Double(epochs) * 1.03)]")
    figure.add("set xtics 0, \(max(1, Int((Double(epochs) / 8).rounded(.up))))")
    figure.add("set multiplot")

    // A network before its first step is often far below: its line starts outside.
    let trained = rows.history.filter { $0.epoch > 0 }.map(\.validationAccuracy).filter(\.isFinite)
    let scale = AccuracyScale(holding: trained)
    figure.place(left: 75, right: 385, top: 72, bottom: 375, x: "epoch", y: "validation accuracy (%), log error scale")
    scale.commands.forEach { figure.add($0) }
    let entries = zip(curves, plotStyles(of: curves.map(\.key))).map { curve, style in style.entry(curve.key.titleWithRank) }
    let accuracies = figure.addLines(curves) { rows in
      Spread(rows.map(\.validationAccuracy)).map { spread in
        [spread.median, spread.minimum, spread.maximum].map(scale.position)
      }
    }
    figure.plot(accuracies)

    let losses = rows.history.compactMap(\.trainingLoss).filter { $0.isFinite && $0 > 0 }
    if let least = losses.min(), let greatest = losses.max() {
      figure.add("unset label")
      figure.place(left: 470, right: 780, top: 72, bottom: 375, x: "epoch", y: "training loss (nats, log scale)", gap: 62)
      figure.add("set yrange [\(0.8 * least):\(1.25 * greatest)]")
      figure.add("set logscale y")
      figure.add("set ytics \(Ticks.logarithmic(from: 0.8 * least, to: 1.25 * greatest))")
      let lines = figure.addLines(curves) { rows in
        let losses = rows.compactMap(\.trainingLoss)
        guard losses.count == rows.count, losses.allSatisfy({ $0 > 0 }) else { return nil }
        return Spread(losses).map { [$0.median, $0.minimum, $0.maximum] }
      }
      figure.plot(lines)
    }
    figure.addKeyBelow(entries, perRow: 2)
    return figure
  }
}

extension Figure {
  /// Adds the data of every curve: `value` (median, minimum, maximum) of its epochs.
  /// - Returns: what to plot, lines, and bars if there are several seeds.
  fileprivate mutating func addLines(_ curves: [NetworkGroup<HistoryRow>], value: ([HistoryRow]) -> [Double]?) -> [String] {
    zip(curves, plotStyles(of: curves.map(\.key))).map { curve, style in
      let points = Set(curve.rows.map(\.epoch)).sorted().map { epoch in
        [Double(epoch)] + (value(curve.rows.filter { $0.epoch == epoch }) ?? [.nan, .nan, .nan])
      }
      let block = addData((0..<4).map { column in points.map { $0[column] } })
      let hasSeeds = Set(curve.rows.map(\.key.seed)).count > 1
      let bars = "\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle, "
      return (hasSeeds ? bars : "") + "\(block) using 1:2 with linespoints \(style.linePoints) notitle"
    }
  }
}
