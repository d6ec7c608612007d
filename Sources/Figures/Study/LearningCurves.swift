import Foundation
import Results

extension FigureCatalog {
  /// Validation accuracy and training loss by epoch, side by side.
  @Sendable static func learningCurves(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let curves = rows.history.byNetwork()
    guard let epochs = rows.history.map(\.epoch).max(), epochs > 0 else { return nil }

    var figure = Figure(
      name: "learning-curves", title: "Learning curves", subtitle: title.showing(.lines).text, height: 433)
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
    figure.plot(
      figure.addLines(curves) { rows in Interval(rows.map(\.validationAccuracy)).map { scale.position($0.mean) } })

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
      figure.plot(
        figure.addLines(curves) { rows in
          let losses = rows.compactMap(\.trainingLoss)
          guard losses.count == rows.count, losses.allSatisfy({ $0 > 0 }) else { return nil }
          return Interval(losses)?.mean
        })
    }
    figure.addKey(entries)
    return figure
  }
}

extension Figure {
  /// Adds the data of every curve: the mean `value` of its epochs.
  /// - Returns: what to plot: a thin line for each seed if there are several, then the means; nothing of a curve without values.
  fileprivate mutating func addLines(_ curves: [NetworkGroup<HistoryRow>], value: ([HistoryRow]) -> Double?) -> [String] {
    let styles = plotStyles(of: curves.map(\.key))
    func line(_ rows: [HistoryRow], _ looks: String) -> String? {
      let epochs = Dictionary(grouping: rows, by: \.epoch).sorted { $0.key < $1.key }
      let values = epochs.map { value($0.value) ?? .nan }
      guard values.contains(where: \.isFinite) else { return nil }
      return "\(addData([epochs.map { Double($0.key) }, values])) using 1:2 with \(looks) notitle"
    }
    let seeds = zip(curves, styles).flatMap { curve, style -> [String] in
      let seeds = Dictionary(grouping: curve.rows, by: \.key.seed).sorted { $0.key < $1.key }
      return seeds.count > 1 ? seeds.compactMap { line($0.value, "lines \(style.thinLine)") } : []
    }
    // The means lie on all thin lines.
    return seeds + zip(curves, styles).compactMap { line($0.rows, "linespoints \($1.linePoints)") }
  }
}
