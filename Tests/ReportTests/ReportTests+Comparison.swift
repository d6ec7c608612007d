import Files
import Foundation
import Results
import Testing
import TestSupport

/// Fine-tuning against dynamic SVD: the sentence follows from the numbers, either way.
extension ReportTests {
  private func compared(_ sample: SampleStudy, seconds: Double = 40) throws -> [String] {
    let text = try report(of: sample, results: { if $0.key.method == .fineTuned { $0.seconds = seconds } })
    return lines(under: "## Part 3: dynamic SVD", of: text).filter { $0.hasPrefix("With D = ") }.map(String.init)
  }

  @Test func comparison() throws {
    #expect(
      try compared(SampleStudy()) == [
        "With D = 20, fine-tuning reaches 98.18 % in 40.0 s of training. Dynamic SVD reaches 97.92 % in 100.0 s of training with "
          + "an SVD every epoch and 98.03 % in 100.0 s of training with an SVD every step, all with 215,370 parameters once S is "
          + "folded into the factors. **Compared with an SVD every epoch and an SVD every step, fine-tuning is more accurate and "
          + "faster.**"
      ])
    // Fine-tuning has 98.18 %, dynamic SVD takes 100 s.
    for (accuracy, seconds, expected) in [
      (98.17, 99.9, "more accurate and faster"), (98.17, 100.1, "more accurate and slower"),
      (98.19, 99.9, "less accurate and faster"), (98.19, 100.1, "less accurate and slower"),
      (98.18, 100, "equally accurate and equally fast"), (98.181, 100.01, "equally accurate and equally fast"),
      (9.9, 100.1, "more accurate and slower"), (100, 9.1, "less accurate and faster"),
    ] {
      var sample = SampleStudy()
      sample.dynamic = [(.step, accuracy)]
      let text = try compared(sample, seconds: seconds)
      #expect(text.first?.hasSuffix("**Compared with an SVD every step, fine-tuning is \(expected).**") == true, "\(text)")
    }
    var sample = SampleStudy()
    sample.dynamic = [(.epoch, 98.5), (.step, 98)]
    let mixed = try compared(sample)
    #expect(
      mixed.first?.hasSuffix(
        "**Compared with an SVD every epoch, fine-tuning is less accurate and faster. "
          + "Compared with an SVD every step, fine-tuning is more accurate and faster.**") == true, "\(mixed)")
    // Each D that both have, and no other; the medians over the seeds.
    sample = SampleStudy()
    sample.trainedRanks = [10, 20]
    let both = try compared(sample)
    #expect(
      both.map { String($0.prefix(41)) } == [
        "With D = 10, fine-tuning reaches 98.18 % ", "With D = 20, fine-tuning reaches 98.23 % ",
      ])
    #expect(both[0].contains("reaches 97.92 % ") && both[1].contains("reaches 97.96 % "))
    #expect(both[0].contains("115,370 parameters") && both[1].contains("215,370 parameters"))
    let one = try report(of: sample, results: { if $0.key.method == .fineTuned, $0.key.rank == 10 { $0.key.rank = 50 } })
    #expect(one.contains("\n\nWith D = 20, ") && !one.contains("\n\nWith D = 10, ") && !one.contains("\n\nWith D = 50, "))
    // Seed 1 is the fastest and the least accurate by far.
    sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    let text = try report(
      of: sample,
      results: { row in
        guard row.key.method == .fineTuned else { return }
        (row.seconds, row.testAccuracy) = ([1, 200, 300][Int(row.key.seed) - 1], [50, 98, 99][Int(row.key.seed) - 1])
      })
    #expect(text.contains("fine-tuning reaches 98.00 % in 200.0 s of training. Dynamic SVD reaches 98.02 % in 100.0 s"))
    #expect(
      text.contains("**Compared with an SVD every epoch and an SVD every step, fine-tuning is less accurate and slower.**"))
    // Equal sizes are named only where they are equal, and known.
    let other = try report(of: SampleStudy(), costs: { if $0.key.cadence == .step { $0.parameters += 1 } })
    #expect(other.contains("with an SVD every step. **Compared") && !other.contains("once S is folded"))
    let without = try report(of: SampleStudy()) { files, _ in
      try CostRow.write(SampleStudy().costs.filter { $0.key.cadence != .step }, to: files.costs)
    }
    #expect(without.contains("with an SVD every step. **Compared"))
    // That F leaves rank D is said only where there is a network of that kind.
    sample.dynamic = [(.step, 98)]
    #expect(try !report(of: sample).contains("F has rank D only"))
  }

  /// README.md says the same of the committed results.
  @Test func readmeComparesTheMethods() throws {
    let rows = try ResultRow.read(from: ReadmeTests.results.results).filter { $0.key.rank == 20 }
    let tuned = try #require(rows.first { $0.key.method == .fineTuned })
    let (epoch, step) = (
      try #require(rows.first { $0.key.cadence == .epoch }), try #require(rows.first { $0.key.cadence == .step })
    )
    func text(_ row: ResultRow) -> String { String(format: "%.2f %% in %.1f s", row.testAccuracy, row.seconds) }
    let expected =
      "With D = 20 and the same size, fine-tuning reaches \(text(tuned)) of training, dynamic SVD \(text(epoch)) "
      + "(SVD every epoch) and \(text(step)) (SVD every step): the main method is slower and less accurate."
    let words = try readText("\(ReadmeTests.root)/README.md").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let isThere = words.contains(expected)
    #expect(isThere, "expected in README.md:\n\(expected)")
    for row in [epoch, step] { #expect(row.testAccuracy < tuned.testAccuracy && row.seconds > tuned.seconds) }
  }
}
