import Results
import Testing
import TestSupport

/// Each verdict just below and just above each of its limits.
extension ReportTests {
  private func threeSeeds(_ change: (inout SampleStudy) -> Void) throws -> String {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    change(&sample)
    return try report(of: sample)
  }

  /// (a) With each seed, with some, with none; the seeds are 0.1 points apart.
  @Test func verdictOnTheBaseline() throws {
    for (accuracy, expected) in [
      (97.79, "does not hold"), (97.81, "holds in part: not with every seed"), (97.91, "holds in part: not with every seed"),
      (97.99, "holds in part: not with every seed"), (98.01, "holds"),
    ] {
      let text = try threeSeeds { $0.baseline = accuracy }
      #expect(verdict("a", in: text) == expected, "\(accuracy)")
    }
  }

  /// (b) By the median over the seeds, 0.1 points above the first, and for each cadence; D = 50 does not count.
  @Test func verdictOnDynamicSVD() throws {
    for (epoch, step, expected) in [
      (96.39, 96.39, "does not hold"), (96.39, 96.41, "holds in part: with an SVD every step"),
      (96.41, 96.39, "holds in part: with an SVD every epoch"), (96.41, 96.41, "holds"), (97.39, 97.39, "holds"),
      (97.39, 97.41, "holds"), (97.41, 97.39, "holds"), (97.41, 97.41, "holds, and is exceeded"),
    ] {
      let text = try threeSeeds { $0.dynamic = [(.epoch, epoch), (.step, step)] }
      #expect(verdict("b", in: text) == expected, "\(epoch), \(step)")
    }
    let others = try threeSeeds { sample in
      (sample.trainedRanks, sample.dynamic) = ([20, 50], [(.epoch, 96.39)])
    }
    #expect(verdict("b", in: others) == "does not hold")
    let lone = try threeSeeds { $0.dynamic = [(.step, 97)] }
    #expect(verdict("b", in: lone) == "holds" && lone.contains("Measured: 97.10 (97.00–97.20) % with an SVD every step."))
  }

  /// The report on costs where D = 20 has so many parameters and bytes in 16 bits.
  private func memory(parameters: Int = 215_470, bytes: Int = 400_000, storage: Storage = .diagonal) throws -> String {
    try report(
      of: SampleStudy(),
      costs: { row in
        guard row.key.rank == 20, row.storage == storage else { return }
        row.parameters = parameters
        if row.bits == 16 { row.bytes = bytes }
      })
  }

  /// (c) The share of the parameters, 1.5 to 2.5 % of 5,012,490, or of the bytes, of 20,050,860.
  @Test func verdictOnMemory() throws {
    let inPart =
      "holds in part: with 16-bit parameters against a 32-bit baseline, not with D = 20 alone; against a 16-bit baseline it is "
    for (parameters, bytes, expected) in [
      (75_187, 600_000, "does not hold"), (75_188, 600_000, "holds"), (125_312, 600_000, "holds"),
      (125_313, 600_000, "does not hold"), (215_470, 300_762, "does not hold"), (215_470, 300_763, inPart + "3.00 %"),
      (215_470, 501_271, inPart + "5.00 %"), (215_470, 501_272, "does not hold"), (75_187, 400_000, inPart + "3.99 %"),
    ] {
      let text = try memory(parameters: parameters, bytes: bytes)
      #expect(verdict("c", in: text) == expected, "\(parameters), \(bytes)")
    }
    // What is stored with S folded is said, and does not count.
    #expect(verdict("c", in: try memory(parameters: 125_000, bytes: 1, storage: .folded)) == inPart + "4.31 %")
    #expect(
      try memory(bytes: 400_000).contains(
        "it takes 400,000 bytes: 1.99 % of the 32-bit baseline's, and like for like 3.99 % of the 16-bit baseline's. Stored")
    )
  }

  /// (c) Each network may lose one standard error of 10,000 images by its 16 bits: 100 √(p (1 − p) / 10,000) points.
  @Test func verdictOnMemoryByAccuracy() throws {
    for (method, cadence, accuracy, title): (Results.Method, Cadence?, Double, String) in [
      (.truncated, nil, 96.1, "truncated"), (.fineTuned, nil, 98.18, "fine-tuned"),
      (.dynamic, .epoch, 97.92, "dynamic, SVD every epoch"), (.dynamic, .step, 98.03, "dynamic, SVD every step"),
    ] {
      let standardError = (accuracy * (100 - accuracy) / 10_000).squareRoot()
      for (loss, isKept) in [(standardError - 0.001, true), (standardError + 0.001, false), (-5, true)] {
        let text = try report(
          of: SampleStudy(),
          costs: { row in
            if row.key.rank == 20, row.key.method == method, row.key.cadence == cadence, row.bits == 16 {
              row.testAccuracy = min(100, accuracy - loss)
            }
          })
        let expected = isKept ? "holds in part: with 16-bit" : "does not hold: 16 bits cost accuracy (\(title))"
        #expect(verdict("c", in: text).hasPrefix(expected), "\(title), \(loss): \(verdict("c", in: text))")
        #expect(text.contains("\(title); \(Self.number(accuracy)) % in 32 bits)"))
      }
    }
    try sixteenBitsOfOthers()
  }

  private static func number(_ value: Double) -> String {
    "\(value)".count < 5 ? "\(value)0" : "\(value)"
  }

  /// (c) By medians over the seeds; other ranks and the validation images do not count; nothing follows from nothing.
  private func sixteenBitsOfOthers() throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    for (seeds, expected) in [(1...1, "holds in part"), (1...3, "does not hold: 16 bits cost accuracy (truncated)")] {
      let text = try report(
        of: sample,
        costs: { row in
          if row.bits == 16, row.key.method == .truncated, row.key.rank == 20, seeds.contains(Int(row.key.seed)) {
            row.testAccuracy -= 5
          }
          if row.bits == 16, row.key.rank != 20 { row.testAccuracy -= 10 }
          if row.bits == 16 { row.validationAccuracy = 0 }
        })
      #expect(verdict("c", in: text).hasPrefix(expected), "\(seeds): \(verdict("c", in: text))")
    }
    let without = try report(of: SampleStudy()) { files, _ in
      try CostRow.write(SampleStudy().costs.filter { $0.bits == 32 }, to: files.costs)
    }
    #expect(verdict("c", in: without) == "does not hold" && !without.contains("With 16-bit parameters it takes"))
  }

  /// (d) By the images on which the predictions differ, of the seed with the most of them; not by the accuracies.
  @Test func verdictOnFullRank() throws {
    for (images, expected) in [
      (0, "holds"), (2, "holds"), (3, "holds in part"), (10, "holds in part"), (11, "does not hold"), (500, "does not hold"),
    ] {
      var sample = SampleStudy()
      sample.changedAtFullRank = images
      let text = try report(of: sample)
      #expect(verdict("d", in: text) == expected, "\(images)")
      #expect(text.contains("The predicted class differs for \(images) of 10,000 images."))
      (sample.seeds, sample.changedAtFullRank) = ([1, 2, 3], 0)
      let worst = try report(
        of: sample, results: { if $0.key.seed == 2, $0.key.rank == 1024 { $0.changedPredictions = images } })
      #expect(verdict("d", in: worst) == expected, "\(images) with seed 2")
      #expect(worst.contains("differs for at most \(images) of 10,000 images with one seed."))
    }
    // 784 is the full rank of W1 alone.
    for rank in [200, 784, 1023] {
      var sample = SampleStudy()
      sample.truncated[sample.truncated.count - 1].rank = rank
      let text = try report(of: sample)
      #expect(verdict("d", in: text) == "not measured")
      #expect(text.contains("The largest D that was run is \(rank); full rank is 1024."))
    }
  }

  /// (e) A smaller D that is better, by less and by more than one standard error (0.1102 points), and than one point.
  @Test func verdictOnMonotony() throws {
    for (at50, at200, expected) in [
      (98.5, 98.6, "holds: no smaller D is better"), (98.5, 98.88, "holds, within one standard error"),
      (98.5, 98.8803, "holds in part"), (98.5, 99.769, "holds in part"), (98.5, 99.771, "does not hold"),
      // Each step is within the noise, both together are not.
      (98.89, 98.83, "holds in part"), (98.87, 98.83, "holds, within one standard error"), (99.8, 99, "does not hold"),
    ] {
      var sample = SampleStudy()
      sample.truncated = [(20, 96), (50, at50), (200, at200), (1024, 98.77)]
      #expect(verdict("e", in: try report(of: sample)) == expected, "\(at50), \(at200)")
    }
    // By the median over the seeds: one of them may be worse by chance.
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    let text = try report(
      of: sample, results: { if $0.key.seed == 3, $0.key.rank == 200, $0.key.method == .truncated { $0.testAccuracy = 100 } }
    )
    #expect(verdict("e", in: text) == "holds: no smaller D is better")
  }
}
