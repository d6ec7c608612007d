import Results
import Testing
import TestSupport

@testable import Report

/// The verdict on claim (e): the smaller D, the lower the accuracy.
extension ReportTests {
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
