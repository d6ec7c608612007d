import Benchmark
import Foundation

/// A run of package-benchmark: its `results.json`.
struct Baseline: Decodable {
  private struct Name: Hashable, Decodable {
    let name: String
  }
  private let results: [Name: [BenchmarkResult]]

  init(readingFrom path: String) throws {
    self = try JSONDecoder().decode(Baseline.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The times of a benchmark and of `sgemm` beside it; `nil` if it was not run.
  subscript(name: String) -> (work: Times, peak: Times)? {
    guard let results = results[Name(name: name)], results.count == 2,
      let work = results.first(where: { $0.metric == .wallClock }),
      let peak = results.first(where: { $0.metric != .wallClock })
    else { return nil }
    return (Times(work.statistics), Times(peak.statistics))
  }
}

/// Seconds of several runs.
struct Times: Equatable {
  let runs: Int
  let median: Double
  /// Half of the runs lie between them.
  let quartiles: ClosedRange<Double>
}

extension Times {
  /// From package-benchmark's nanoseconds.
  init(_ statistics: Statistics) {
    let seconds = statistics.percentiles(for: [25, 50, 75]).map { Double($0) / 1e9 }
    self.init(runs: statistics.measurementCount, median: seconds[1], quartiles: seconds[0]...seconds[2])
  }
}
