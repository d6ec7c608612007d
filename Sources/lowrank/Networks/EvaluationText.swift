import Files
import Foundation
import Models
import NeuralNetwork
import Results

/// What `evaluate` prints.
enum EvaluationText {
  /// Wrong answers that are listed.
  private static let mistakes = 5
  /// Classes up to which the whole confusion matrix is printed.
  private static let classes = 12

  static func lines(of report: EvaluationReport) -> [String] {
    var lines = report.networks.flatMap {
      NetworkText.lines(of: $0.file, activation: $0.activation, normalisation: $0.normalisation)
    }
    lines += [data(of: report), ""] + table(of: report)
    if report.data.labels == nil {
      lines.append("no labels in \(printable(report.data.path)): accuracy and loss are not known")
    }
    if let score = report.networks[0].evaluation.score { lines += [""] + mistakes(in: score.confusion) }
    if let comparison = report.comparison { lines += [""] + self.comparison(comparison, of: report) }
    return lines
  }

  private static func data(of report: EvaluationReport) -> String {
    let data = report.data
    let part =
      switch report.part {
      case .test: "its test part"
      case .training: "its training part, as it has no other"
      case .all: "the file"
      }
    let elements = data.shape.map { "\($0)" }.joined(separator: "×")
    let isBytes = if case .bytes = data.values { true } else { false }
    return
      "\(printable(report.dataName)): \(data.count) samples of \(elements) \(isBytes ? "bytes, x = byte / 255" : "numbers") "
      + "(\(part), \(printable(data.path)))"
  }

  /// Accuracy, sizes and times, a column a network.
  private static func table(of report: EvaluationReport) -> [String] {
    let names = report.networks.count == 1 ? [""] : ["network", "against"]
    var table = TextTable([("", false)] + names.map { ($0, true) } + [("", false)])
    func add(_ name: String, _ note: String = "", _ value: (EvaluatedNetwork) -> String?) {
      let values = report.networks.compactMap(value)
      if values.count == report.networks.count { table.rows.append([name] + values + [note]) }
    }
    func score(_ text: @escaping (NetworkEvaluation.Score) -> String) -> (EvaluatedNetwork) -> String? {
      { $0.evaluation.score.map(text) }
    }
    add("accuracy", "percent", score { percent($0.accuracy) })
    add(
      "  its interval", "95 %, Wilson", score { "\(percent($0.interval.lowerBound)) to \(percent($0.interval.upperBound))" })
    add("loss", "mean cross-entropy, nats", score { String(format: "%.4f", $0.loss) })
    add("parameters") { "\($0.size.parameters)" }
    add("bytes", "of the file") { "\($0.size.bytes)" }
    add("multiply–accumulates", "for one sample") { "\($0.size.macs)" }
    let threads = "\(report.threads) thread\(report.threads == 1 ? "" : "s")"
    add("time of 1 sample", "median, \(threads)") { $0.timing.map { time($0.one.median) } }
    add("  quartiles") { $0.timing.map { quartiles($0.one) } }
    add("time of \(NetworkTiming.batch) samples", "median, \(threads)") { $0.timing.map { time($0.batch.median) } }
    add("  quartiles") { $0.timing.map { quartiles($0.batch) } }
    return names == [""] ? Array(table.lines.dropFirst()) : table.lines
  }

  /// The most frequent wrong answers, and the whole matrix if it is small.
  private static func mistakes(in confusion: ConfusionMatrix) -> [String] {
    let all = confusion.mistakes
    let (wrong, none) = (confusion.samples - confusion.correct, confusion.unanswered.reduce(0, +))
    var lines = [
      wrong == 0
        ? "no wrong answers" : all.isEmpty ? "\(wrong) wrong answers:" : "the most frequent of \(wrong) wrong answers:"
    ]
    if none > 0 { lines.append("  no answer, as all logits are NaN: \(none)") }
    lines += all.prefix(mistakes).map { mistake in
      let share = percent(100 * Double(mistake.count) / Double(confusion.samples(of: mistake.label)))
      return "  \(mistake.label) taken for \(mistake.answer): \(mistake.count), \(share) % of all \(mistake.label)"
    }
    guard confusion.classes <= classes else { return lines }
    let csv = confusion.table
    var table = TextTable([("true \\ given", true)] + csv.columns.dropFirst().map { ($0, true) })
    table.rows = csv.rows
    return lines + [""] + table.lines
  }

  private static func comparison(_ comparison: PairedComparison, of report: EvaluationReport) -> [String] {
    var lines = ["different classes for \(comparison.differing) of \(report.data.count) samples"]
    guard let difference = comparison.difference else { return lines }
    lines += [
      "right alone: the network on \(difference.onlyFirst), the other one on \(difference.onlySecond); "
        + "McNemar's exact p = \(String(format: "%.3g", difference.p))",
      "difference of the accuracies: \(points(difference)) (95 %, Agresti and Min)",
    ]
    if let verdict = report.verdict, let margin = report.noWorseThan {
      lines.append("no worse than \(margin) points: \(verdict)")
    }
    return lines
  }

  /// `−0.12 points, −0.31 to 0.07`
  static func points(_ difference: PairedComparison.Difference) -> String {
    let (middle, ends) = (difference.points, difference.interval)
    return "\(signed(middle)) points, \(signed(ends.lowerBound)) to \(signed(ends.upperBound))"
  }

  /// What deserves attention.
  static func warnings(of report: EvaluationReport) -> [String] {
    var warnings: [String] = []
    let first = report.networks[0]
    if let confusion = first.evaluation.score?.confusion, !confusion.missing.isEmpty {
      let missing = confusion.missing
      let list = missing.prefix(10).map { "\($0)" }.joined(separator: ", ") + (missing.count > 10 ? " and others" : "")
      warnings.append(
        "\(printable(report.data.path)): found no sample of \(missing.count) of the \(confusion.classes) classes: \(list)")
    }
    if first.evaluation.score != nil, first.file.network.classes == 1 {
      warnings.append(
        "\(printable(first.file.path)): found one output, which has no classes: the accuracy says nothing; --logits writes outputs"
      )
    }
    for network in report.networks {
      let count = network.evaluation.answers.count { $0 == nil }
      if count > 0 {
        warnings.append(
          "\(printable(network.file.path)): found logits that are NaN for \(count) samples, which count as wrong")
      }
    }
    return warnings + slowLayers(of: first)
  }

  /// Factored layers that are slower than dense ones: a line for those of one shape and rank.
  private static func slowLayers(of network: EvaluatedNetwork) -> [String] {
    let times = [("1 sample", \NetworkTiming.one), ("\(NetworkTiming.batch) samples", \NetworkTiming.batch)]
    return times.flatMap { what, path in
      var slow: [(timing: LayerTiming, names: [String])] = []
      for timing in network.layerTimings
      where LayerTiming.isSlower(timing.factored[keyPath: path], than: timing.dense[keyPath: path]) {
        let name = printable(network.file.names[timing.layer])
        if let index = slow.firstIndex(where: { $0.timing.factored == timing.factored }) {
          slow[index].names.append(name)
        } else {
          slow.append((timing, [name]))
        }
      }
      return slow.map { timing, names in
        let (factored, dense) = (timing.factored[keyPath: path].median, timing.dense[keyPath: path].median)
        return "\(names.joined(separator: ", ")): found \(time(factored)) for \(what) by factors on this machine, "
          + "where a dense layer takes \(time(dense))"
      }
    }
  }

  private static func percent(_ value: Double) -> String { String(format: "%.2f", value) }

  private static func signed(_ value: Double) -> String {
    let text = String(format: "%.2f", value.magnitude)
    return (value < 0 && text != "0.00" ? "−" : "") + text
  }

  private static func quartiles(_ times: Quartiles) -> String { "\(time(times.lower)) to \(time(times.upper))" }

  /// Three digits, in s, ms or µs.
  private static func time(_ seconds: Double) -> String {
    let (value, unit) =
      seconds >= 0.9995 ? (seconds, "s") : seconds >= 0.9995e-3 ? (seconds * 1e3, "ms") : (seconds * 1e6, "µs")
    return String(format: value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f", value) + " \(unit)"
  }
}
