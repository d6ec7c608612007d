import Files
import Results
import Study

/// What `lowrank verify` prints: a table of what agrees, and under it what does not.
struct VerifyText {
  let lines: [String]

  /// Of one comparison, more differences than these are counted only.
  private static let shown = 5

  init(_ comparisons: [Comparison], of files: ResultFiles) {
    let header = ["seed", "part", "compared", "agree", ""]
    let rows = comparisons.map { comparison in
      [
        "\(comparison.part.seed)", comparison.part.experiment.rawValue, comparison.subject,
        "\(comparison.agreeing) of \(comparison.count)", comparison.agrees ? "yes" : "NO",
      ]
    }
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    var lines = ([header] + rows).map { row in
      zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingSuffix(while: \.isWhitespace)
    }
    for comparison in comparisons where !comparison.agrees {
      lines += ["", "\(comparison.part), \(comparison.subject):"]
      lines += comparison.differences.prefix(Self.shown).map { "  " + printable($0) }
      let more = comparison.differences.count - Self.shown
      if more > 0 { lines.append("  and \(more) more") }
    }
    self.lines = lines + ["", "\(files.folder): " + Self.summary(comparisons)]
  }

  private static func summary(_ comparisons: [Comparison]) -> String {
    let (agreeing, all) = (comparisons.reduce(0) { $0 + $1.agreeing }, comparisons.reduce(0) { $0 + $1.count })
    return agreeing == all ? "all \(all) agree, to the bit" : "\(agreeing) of \(all) agree"
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    String(self[..<(lastIndex { !isDropped($0) }.map { index(after: $0) } ?? startIndex)])
  }
}
