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

  /// (a) By the interval; of three seeds 0.1 points apart it is the first + 0.1 ± 0.24843, of one seed Wilson's.
  @Test func verdictOnTheBaseline() throws {
    for (accuracy, expected) in [(97.651, "fails"), (97.652, "undecided"), (98.148, "undecided"), (98.149, "holds")] {
      #expect(verdict("a", in: try threeSeeds { $0.baseline = accuracy }) == expected, "\(accuracy)")
    }
    for (accuracy, expected) in [(97.72, "fails"), (97.73, "undecided"), (98.27, "undecided"), (98.28, "holds")] {
      var sample = SampleStudy()
      sample.baseline = accuracy
      #expect(verdict("a", in: try report(of: sample)) == expected, "\(accuracy), one seed")
    }
  }

  /// (b) By the same interval for each cadence; D = 50 does not count, and neither do ranks that differ between layers.
  @Test func verdictOnDynamicSVD() throws {
    for (epoch, step, expected) in [
      (96.151, 96.151, "fails"), (96.151, 96.152, "undecided"), (96.152, 96.152, "undecided"),
      (96.648, 96.649, "holds in part: with an SVD every step"), (96.649, 96.151, "holds in part: with an SVD every epoch"),
      (96.649, 96.649, "holds"), (97.648, 97.649, "holds"), (97.649, 97.648, "holds"),
      (97.649, 97.649, "holds, and is exceeded"),
    ] {
      let text = try threeSeeds { $0.dynamic = [(.epoch, epoch), (.step, step)] }
      #expect(verdict("b", in: text) == expected, "\(epoch), \(step)")
    }
    for (accuracy, expected) in [
      (96.13, "fails"), (96.14, "undecided"), (96.86, "undecided"), (96.87, "holds"), (97.80, "holds"),
      (97.81, "holds, and is exceeded"),
    ] {
      var sample = SampleStudy()
      sample.dynamic = [(.step, accuracy)]
      #expect(verdict("b", in: try report(of: sample)) == expected, "\(accuracy), one seed")
    }
    let others = try threeSeeds { sample in
      (sample.trainedRanks, sample.dynamic) = ([20, 50], [(.epoch, 96.1)])
    }
    #expect(verdict("b", in: others) == "fails")
    let lone = try threeSeeds { $0.dynamic = [(.step, 97)] }
    #expect(verdict("b", in: lone) == "holds" && lone.contains("Measured: 97.10 ± 0.25 % with an SVD every step."))
    let allocated = try report(
      of: SampleStudy(), results: { if $0.key.cadence == .epoch { $0.key.allocation = .exchanged } })
    #expect(allocated.contains("Measured: 98.03 % with an SVD every step.\n\nVerdict"))
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
      (75_187, 600_000, "fails"), (75_188, 600_000, "holds"), (125_312, 600_000, "holds"),
      (125_313, 600_000, "fails"), (215_470, 300_762, "fails"), (215_470, 300_763, inPart + "3.00 %"),
      (215_470, 501_271, inPart + "5.00 %"), (215_470, 501_272, "fails"), (75_187, 400_000, inPart + "3.99 %"),
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
      // L ± z √(L − L² / n) = S in images: the same quadratic as Wilson's.
      let (z2, images) = (3.841_458_820_694_124, 100 * standardError)
      let (a, b) = (1 + z2 / 10_000, 2 * images + z2)
      let root = (b * b - 4 * a * images * images).squareRoot()
      let (kept, lost) = ((b - root) / (2 * a) / 100, (b + root) / (2 * a) / 100)
      for (loss, expected) in [
        (kept - 0.001, "holds in part: with 16-bit"), (kept + 0.001, "undecided: 16 bits may cost accuracy (\(title))"),
        (lost - 0.001, "undecided: 16 bits may cost accuracy (\(title))"),
        (lost + 0.001, "fails: 16 bits cost accuracy (\(title))"), (-5, "holds in part: with 16-bit"),
      ] {
        let text = try report(
          of: SampleStudy(),
          costs: { row in
            if row.key.rank == 20, row.key.method == method, row.key.cadence == cadence, row.bits == 16 {
              row.testAccuracy = min(100, accuracy - loss)
            }
          })
        #expect(verdict("c", in: text).hasPrefix(expected), "\(title), \(loss): \(verdict("c", in: text))")
        #expect(text.contains("\(title); \(Self.number(accuracy)) % in 32 bits)"))
      }
    }
    try sixteenBitsOfOthers()
  }

  private static func number(_ value: Double) -> String {
    "\(value)".count < 5 ? "\(value)0" : "\(value)"
  }

  /// (c) By the interval over the seeds; other ranks and the validation images do not count; nothing follows from nothing.
  private func sixteenBitsOfOthers() throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    for (losses, expected) in [
      ([0.1, 0.1, 0.1], "holds in part"), ([0.1, 0.1, 0.2], "undecided: 16 bits may cost accuracy (truncated)"),
      ([5, 0, 0], "undecided: 16 bits may cost accuracy (truncated)"),
      ([5, 5, 5.1], "fails: 16 bits cost accuracy (truncated)"),
    ] {
      let text = try report(
        of: sample,
        costs: { row in
          if row.bits == 16, row.key.method == .truncated, row.key.rank == 20 {
            row.testAccuracy -= losses[Int(row.key.seed) - 1]
          }
          if row.bits == 16, row.key.rank != 20 { row.testAccuracy -= 10 }
          if row.bits == 16 { row.validationAccuracy = 0 }
        })
      #expect(verdict("c", in: text).hasPrefix(expected), "\(losses): \(verdict("c", in: text))")
    }
    let without = try report(of: SampleStudy()) { files, _ in
      try CostRow.write(SampleStudy().costs.filter { $0.bits == 32 }, to: files.costs)
    }
    #expect(verdict("c", in: without) == "fails" && !without.contains("With 16-bit parameters it takes"))
  }

  /// (d) By the images on which the predictions differ, of the seed with the most of them; not by the accuracies.
  @Test func verdictOnFullRank() throws {
    for (images, expected) in [
      (0, "holds"), (2, "holds"), (3, "holds in part"), (10, "holds in part"), (11, "fails"), (500, "fails"),
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

  /// (e) With one seed, by the interval of the paired difference in images, k ± 1.96 √(m − k² / n), against one standard error, 11.02
  /// images, and 100 images. D = 200 has k images more than D = 1024 and 98.77 %; on m of them one of the two alone is right.
  @Test(arguments: [
    (-5, 65, "holds: no smaller D is better"), (-5, 67, "undecided"), (5, 5, "holds, within one standard error"),
    (11, 11, "undecided"), (40, 40, "holds in part"), (120, 120, "undecided"), (123, 123, "fails"),
  ])
  func verdictOnMonotonyWithOneSeed(more: Int, differing: Int, expected: String) throws {
    // Their own row, or the most that rows against the baseline allow: two images of D = 1024.
    for images in [[(200, 1024, more, differing)], [(200, nil, more, differing - 2), (1024, nil, 0, 2)]] {
      if images.count > 1, differing - 2 < abs(more) { continue }
      #expect(try monotony([(200, more), (1024, 0)], images) == expected, "\(images)")
    }
  }

  /// (e) Without counts, as many images as both have wrong; each step may be within the noise, and both together not.
  @Test func verdictOnMonotonyWithoutCounts() throws {
    for (more, expected) in [(-22, "holds: no smaller D is better"), (-20, "undecided"), (5, "undecided")] {
      #expect(try monotony([(200, more), (1024, 0)], []) == expected, "\(more)")
    }
    let steps: [(Int, Int?, Int, Int)] = [(50, 200, 6, 6), (200, 1024, 6, 6), (50, 1024, 12, 12)]
    #expect(try monotony([(50, 12), (200, 6), (1024, 0)], steps) == "undecided")
  }

  /// The verdict where ranks have so many images more than 98.77 %, and pairs of them, or one and the baseline, differ by so many on as
  /// many images.
  private func monotony(
    _ ranks: [(rank: Int, more: Int)], _ pairs: [(first: Int, second: Int?, more: Int, differing: Int)]
  ) throws -> String {
    var sample = SampleStudy()
    sample.truncated = ranks.map { ($0.rank, Double(9877 + $0.more) * 100 / 10_000) }
    let keys = sample.results.map(\.key)
    func key(_ rank: Int?) throws -> NetworkKey {
      try #require(keys.first { $0.rank == rank && $0.method == (rank == nil ? .dense : .truncated) })
    }
    let rows = try pairs.map { pair in
      let first = 9877 + (ranks.first { $0.rank == pair.first }?.more ?? 0)
      let onlyFirst = (pair.differing + pair.more) / 2
      let (bothRight, onlySecond) = (first - onlyFirst, pair.differing - onlyFirst)
      return ComparisonRow(
        key: try key(pair.first), other: ResultFiles.name(of: try key(pair.second)), bothRight: bothRight,
        onlyFirst: onlyFirst, onlySecond: onlySecond, bothWrong: 10_000 - bothRight - pair.differing)
    }
    let text = try report(of: sample) { files, _ in try ComparisonRow.write(rows, to: files.comparisons) }
    #expect(!text.contains("**Left out:**"))
    return verdict("e", in: text)
  }

  /// (e) Over several seeds.
  @Test func verdictOnMonotony() throws {
    // By the paired differences over the seeds: one of them may be better by chance, all of them may not.
    for (more, expected) in [
      ([0, 0, 1.23], "undecided"), ([0, 0, 0.1], "holds: no smaller D is better"), ([1.4, 1.43, 1.46], "fails"),
      ([0.5, 0.53, 0.56], "holds in part"), ([0.2, 0.25, 0.3], "undecided"),
      ([0.2, 0.21, 0.22], "holds, within one standard error"),
    ] {
      var sample = SampleStudy()
      (sample.seeds, sample.truncated) = ([1, 2, 3], [(20, 90), (200, 97.6), (1024, 97.77)])
      let text = try report(
        of: sample,
        results: { row in
          if row.key.rank == 200, row.key.method == .truncated { row.testAccuracy += more[Int(row.key.seed) - 1] }
        })
      #expect(verdict("e", in: text) == expected, "\(more)")
    }
  }
}
