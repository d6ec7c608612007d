import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Report

/// Fine-tuning against dynamic SVD: the sentence follows from the numbers, either way.
extension ReportTests {
  private func compared(_ sample: SampleStudy, seconds: Double = 40) throws -> [String] {
    let text = try report(of: sample, results: { if $0.key.method == .fineTuned { $0.seconds = seconds } })
    return lines(under: "## Part 3: dynamic SVD", of: text).filter { $0.hasPrefix("With D = ") }.map(String.init)
  }

  /// One seed: the accuracies by McNemar's test, if there are counts.
  @Test func comparisonOfOneSeed() throws {
    #expect(
      try compared(SampleStudy()) == [
        "With D = 20, fine-tuning reaches 98.18 % in 40.0 s of training. Dynamic SVD reaches 97.92 % in 100.0 s of training with "
          + "an SVD every epoch and 98.03 % in 100.0 s of training with an SVD every step, all with 215,370 parameters once S is "
          + "folded into the factors. The difference, fine-tuning − dynamic SVD, is 0.26 percentage points against an SVD every "
          + "epoch and 0.15 percentage points against an SVD every step. **Compared with an SVD every epoch and an SVD every step, "
          + "fine-tuning is faster; which is more accurate is undecided.**"
      ])
    for (seconds, expected) in [(99.9, "faster"), (100.1, "slower"), (100, "equally fast"), (100.01, "equally fast")] {
      #expect(
        try compared(SampleStudy(), seconds: seconds).first?.hasSuffix(
          "fine-tuning is \(expected); which is more accurate is undecided.**") == true)
    }
  }

  /// 98.18 % of 10,000 images against 98.03 % or 98.33 %: 15 apart. p is 0.0489 for 18 and 33, 0.0534 for 19 and 34.
  @Test(arguments: [
    (98.03, 34, 19, "faster; which is more accurate is undecided", "0.0534"),
    (98.03, 33, 18, "more accurate and faster", "0.0489"),
    (98.33, 18, 33, "less accurate and faster", "0.0489"),
    (98.33, 19, 34, "faster; which is more accurate is undecided", "0.0534"),
  ])
  func comparisonByImages(accuracy: Double, tuned: Int, dynamic: Int, expected: String, p: String) throws {
    var sample = SampleStudy()
    sample.dynamic = [(.step, accuracy)]
    let networks = sample.results.map(\.key).filter { $0.rank == 20 && $0.experiment != .part1 }
    let row = ComparisonRow(
      key: networks[0], other: ResultFiles.name(of: networks[1]), bothRight: 9818 - tuned, onlyFirst: tuned,
      onlySecond: dynamic, bothWrong: 182 - dynamic)
    let reversed = ComparisonRow(
      key: networks[1], other: ResultFiles.name(of: networks[0]), bothRight: row.bothRight, onlyFirst: dynamic,
      onlySecond: tuned, bothWrong: row.bothWrong)
    for row in [row, reversed] {
      let text = try report(of: sample) { files, _ in try ComparisonRow.write([row], to: files.comparisons) }
      #expect(text.contains("**Compared with an SVD every step, fine-tuning is \(expected).**"))
      #expect(!text.contains("**Left out:**"))
      #expect(
        table("| fine-tuned | dynamic | seed |", of: text) == [
          ["fine-tuned, D = 20", "dynamic, SVD every step, D = 20", "1", "\(tuned)", "\(dynamic)", p]
        ])
    }
    // A row of other networks is left out.
    var stale = row
    stale.bothRight -= 1
    let text = try report(of: sample) { files, _ in try ComparisonRow.write([stale], to: files.comparisons) }
    #expect(text.contains("**Left out:** 1 rows of `comparisons.csv` about other networks than `results.csv` has."))
    #expect(text.contains("fine-tuning is faster; which is more accurate is undecided.**"))
  }

  /// Several seeds: by the interval of the paired differences. Fine-tuning has 98.18 %, 98.28 % and 98.38 %.
  @Test func comparisonOverSeeds() throws {
    for (more, expected, difference) in [
      ([0.1, 0.2, 0.3], "faster; which is more accurate is undecided", "−0.20 ± 0.25"),
      ([0.2, 0.25, 0.3], "less accurate and faster", "−0.25 ± 0.12"),
      ([-0.3, -0.25, -0.2], "more accurate and faster", "0.25 ± 0.12"),
      ([-0.5, 0.1, 0.2], "faster; which is more accurate is undecided", "0.07 ± 0.94"),
    ] {
      var sample = SampleStudy()
      (sample.seeds, sample.dynamic) = ([1, 2, 3], [(.step, 98.18)])
      let text = try report(
        of: sample, results: { if $0.key.method == .dynamic { $0.testAccuracy += more[Int($0.key.seed) - 1] } })
      #expect(text.contains("**Compared with an SVD every step, fine-tuning is \(expected).**"), "\(more)")
      #expect(text.contains("is \(difference) percentage points against an SVD every step."), "\(more)")
    }
  }

  /// Each D and way to choose ranks that both have, and no other.
  @Test func whatIsCompared() throws {
    var sample = SampleStudy()
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
    let allocated = try report(
      of: SampleStudy(), results: { if $0.key.rank == 20, $0.key.cadence != .step { $0.key.allocation = .exchanged } })
    #expect(allocated.contains("\n\nWith D = 20 and ranks exchanged, fine-tuning reaches 98.18 % "))
    #expect(allocated.contains("Dynamic SVD reaches 97.92 % in 100.0 s of training with an SVD every epoch"))
    // Equal sizes are named only where they are equal, and known.
    let other = try report(of: SampleStudy(), costs: { if $0.key.cadence == .step { $0.parameters += 1 } })
    #expect(other.contains("with an SVD every step. The difference") && !other.contains("once S is folded"))
    let without = try report(of: SampleStudy()) { files, _ in
      try CostRow.write(SampleStudy().costs.filter { $0.key.cadence != .step }, to: files.costs)
    }
    #expect(without.contains("with an SVD every step. The difference"))
    // That F leaves rank D is said only where there is a network of that kind.
    sample.dynamic = [(.step, 98)]
    #expect(try !report(of: sample).contains("F has rank D only"))
  }

  /// The same D in each layer has 98.03 %, 98.13 % and 98.23 %; ranks of their own have that and some more.
  @Test(arguments: [
    ([0.4, 0.5, 0.6], "0.50 ± 0.25", "the paper's idea is better than its uniform D shows.**"),
    ([-0.4, -0.5, -0.6], "−0.50 ± 0.25", "uniform D is not what holds the method back.**"),
    ([-0.4, 0.5, 0.6], "0.23 ± 1.37", "Whether a rank a layer is better than the same D in each layer is undecided.**"),
  ])
  func ranksALayer(more: [Double], difference: String, conclusion: String) throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    let text = try report(of: sample) { files, _ in
      let extra = sample.results.filter { $0.key.cadence == .step }.map { row in
        var row = row
        row.key.allocation = .exchanged
        row.key.ranks = LayerRanks([33 + Int(row.key.seed), 29, 18, 11, 10])
        row.testAccuracy += more[Int(row.key.seed) - 1]
        return row
      }
      try ResultRow.write(sample.results + extra, to: files.results)
    }
    let line = lines(under: "## Part 3: dynamic SVD", of: text).filter { $0.hasPrefix("At the parameters of D = 20, ") }
    #expect(
      line.count == 1 && line[0].contains("with an SVD every step reaches 98.13 ± 0.25 % with the same D in each layer and"))
    #expect(line.first?.contains("with ranks exchanged. The difference is \(difference) percentage points. **") == true)
    #expect(line.first?.hasSuffix(conclusion) == true)
  }

  /// Listed ranks are compared with the same D of as many parameters, within 1 %; what follows is said once for both cadences.
  @Test func listedRanks() throws {
    for (parameters, isCompared) in [(0.995, true), (1.009, true), (0.98, false), (1.02, false)] {
      let text = try report(of: SampleStudy()) { files, _ in
        let extra = SampleStudy().results.filter { $0.key.experiment == .part3 }.map { row in
          var row = row
          (row.key.rank, row.key.allocation, row.key.ranks) = (nil, .listed, LayerRanks([33, 29, 18, 11, 10]))
          row.parameters = Int(Double(row.parameters) * parameters)
          return row
        }
        try ResultRow.write(SampleStudy().results + extra, to: files.results)
      }
      let found = lines(under: "## Part 3: dynamic SVD", of: text).filter { $0.hasPrefix("At the parameters of D = 20, ") }
      #expect(found.count == (isCompared ? 2 : 0), "\(parameters)")
      #expect(found.allSatisfy { $0.contains("with ranks 33-29-18-11-10. The difference is 0.00 percentage points.") })
      #expect(text.components(separatedBy: "Whether a rank a layer is better").count == (isCompared ? 2 : 1))
    }
  }

  /// The validation images choose among the ways to choose ranks, of each cadence and of fine-tuning; then comes the test accuracy of
  /// that one alone.
  @Test(arguments: [[1], [1, 2, 3]] as [[UInt64]]) func waysToChooseRanks(seeds: [UInt64]) throws {
    var sample = SampleStudy()
    (sample.seeds, sample.trainedRanks) = (seeds, [20, 50])
    #expect(try !report(of: sample).contains("Ways to choose the ranks"))
    let text = try report(of: sample) { files, _ in
      let others = sample.results.filter {
        $0.key.rank == 20 && $0.key.experiment.order > 1 && $0.key.cadence != .step
      }
      let extra = others.map { row in
        var row = row
        row.key.allocation = .gradient
        // Better on the validation images alone, or on the test images alone.
        row.validationAccuracy += row.key.cadence == nil ? 0.5 : -0.5
        row.testAccuracy += row.key.cadence == nil ? -1 : 1
        return row
      }
      try ResultRow.write(sample.results + extra, to: files.results)
    }
    let said = text.split(separator: "\n").filter { $0.hasPrefix("Ways to choose the ranks of the layers, by the mean") }
    let (tuned, dynamic) =
      seeds.count > 1 ? ("97.28 ± 0.25", "98.02 ± 0.25") : ("97.18 (96.84 to 97.49)", "97.92 (97.62 to 98.18)")
    let found = said.map { $0.components(separatedBy: "validation images. ").last ?? "" }
    #expect(
      found == [
        "With D = 20 they choose ranks by gradient (fine-tuned): \(tuned) % on the test images.",
        "With D = 20 they choose uniform ranks (dynamic, SVD every epoch): \(dynamic) % on the test images.",
      ])
    let validation = seeds.count > 1 ? ["98.03 ± 0.25", "98.53 ± 0.25"] : ["97.93", "98.43"]
    #expect(
      table("| network | ranks | D | validation |", of: text) == [
        ["fine-tuned", "uniform ranks", "20", validation[0]], ["fine-tuned", "ranks by gradient", "20", validation[1]],
      ])
  }

  /// Where the ranks of the two parts differ, the best of each at one D are compared, by the validation images.
  @Test func bestOfBoth() throws {
    func best(_ validation: Double) throws -> [Substring] {
      let text = try report(of: SampleStudy()) { files, _ in
        let extra = SampleStudy().results.filter { $0.key.method == .fineTuned }.map { row in
          var row = row
          (row.key.allocation, row.testAccuracy, row.validationAccuracy) = (.exchanged, 98, validation)
          return row
        }
        try ResultRow.write(SampleStudy().results + extra, to: files.results)
      }
      return lines(under: "## Part 3: dynamic SVD", of: text).filter {
        $0.hasPrefix("The best with D = 20 by the validation")
      }
    }
    #expect(try best(97).isEmpty)
    let line = try best(99)
    #expect(line.count == 1)
    #expect(
      line.first?.hasPrefix(
        "The best with D = 20 by the validation images: fine-tuning with ranks exchanged reaches 98.00 % in 40.0 s of "
          + "training. Dynamic SVD reaches 98.03 % in 100.0 s of training with an SVD every step and uniform ranks") == true)
  }

  /// README.md says the same of the committed results.
  @Test func readmeComparesTheMethods() throws {
    let study = try StudyFacts(reading: ReadmeTests.results)
    func network(_ method: Results.Method, _ cadence: Cadence?) throws -> NetworkGroup<ResultRow> {
      try #require(
        study.networks.first {
          ($0.key.method, $0.key.cadence, $0.key.rank) == (method, cadence, 20) && $0.key.isUniform
        })
    }
    let tuned = try network(.fineTuned, nil)
    for cadence in Cadence.allCases {
      let dynamic = try network(.dynamic, cadence)
      #expect(PairedDifference(tuned, dynamic, in: study)?.verdict == .more)
      #expect(dynamic.rows.map(\.seconds).min() ?? 0 > tuned.rows.map(\.seconds).max() ?? .infinity)
    }
    let words = try readText("\(ReadmeTests.root)/README.md").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let isThere = words.contains("(SVD every step): the main method is slower and less accurate.")
    #expect(isThere)
  }
}
