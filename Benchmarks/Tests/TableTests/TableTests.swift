import Benchmark
import Foundation
import Testing

@testable import Table

@Suite struct TableTests {
  /// `sgemm` 1024×1024×1024 in 10 ms; another work, half as many operations in 20 ms: a quarter as fast.
  @Test(arguments: [1, 2]) func ratesAreThoseOfMedians(threads: Int) {
    let peakFLOPs = Double(threads) * 2 * 1024 * 1024 * 1024
    let row = Row(
      name: "work", threads: threads, flops: peakFLOPs / 2, work: Times(runs: 5, median: 0.02, quartiles: 0.019...0.04),
      peak: Times(runs: 5, median: 0.01, quartiles: 0.01...0.01))
    #expect(abs(row.peakRate / (peakFLOPs / 0.01) - 1) < 1e-12)
    #expect(abs(row.rate / row.peakRate - 0.25) < 1e-12)
    #expect(row.fields.count == Row.columns.count)
    #expect(row.fields[3...4] == ["20.0", "19.0 – 40.0"])
    #expect(row.fields[8] == "25.0 %")
  }

  @Test(arguments: [
    (0.00049, "0.000"), (0.0914, "0.091"), (0.9996, "1.00"), (9.994, "9.99"), (9.996, "10.0"), (99.96, "100"),
    (23622, "23622"),
  ]) func numbersHaveThreeDigits(value: Double, text: String) {
    #expect(digits(value) == text)
  }

  @Test func columnsAreAligned() {
    #expect(
      markdown(["what", "ms"], [["a", "1.25"], ["SVD: ×", "100"]]) == """
        | what   |   ms |
        | ------ | ---: |
        | a      | 1.25 |
        | SVD: × |  100 |
        """)
  }

  /// The format is package-benchmark's own: its types write what is read here.
  @Test func aBaselineIsRead() throws {
    func result(_ metric: BenchmarkMetric, nanoseconds: [Int]) -> BenchmarkResult {
      let statistics = Statistics()
      nanoseconds.forEach(statistics.add)
      return BenchmarkResult(
        metric: metric, timeUnits: .nanoseconds, scalingFactor: .one, warmupIterations: 0, thresholds: nil, tags: [:],
        statistics: statistics)
    }
    let results = [
      result(.custom("sgemm (ns)"), nanoseconds: [10, 10, 10]), result(.wallClock, nanoseconds: [700, 500, 600]),
    ]
    let text = try String(decoding: JSONEncoder().encode(results), as: UTF8.self)
    let path = FileManager.default.temporaryDirectory.path + "/lowrank-baseline-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(#"{"results": [{"target": "Timing", "name": "SVD: LAPACK, 64×64"}, \#(text)]}"#.utf8).write(
      to: URL(fileURLWithPath: path))

    let baseline = try Baseline(readingFrom: path)
    #expect(baseline["SVD: LAPACK, 65×65"] == nil)
    let times = try #require(baseline["SVD: LAPACK, 64×64"])
    #expect(times.work == Times(runs: 3, median: 600e-9, quartiles: 500e-9...700e-9))
    #expect(times.peak.median == 10e-9)
  }
}
