import Benchmark
import Foundation
import Workloads

extension BenchmarkMetric {
  /// Nanoseconds of `sgemm` on as many threads as the benchmark uses.
  static let peak = BenchmarkMetric.custom("sgemm (ns)", useScalingFactor: false)
}

/// What package-benchmark calls: registers each workload.
let benchmarks: @Sendable () -> Void = {
  do {
    for workload in Workload.all(threads: try Threads.asked()) { register(workload) }
  } catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
  }
}

/// As many runs as five seconds allow, but no more than 40. Each is `sgemm` and the work, both first untimed and then timed.
///
/// So the peak is measured all along, in the same process and the same state of the machine as the work; and both find in the
/// caches what they would find if nothing else were run.
private func register(_ workload: Workload) {
  var prepared: (peak: Peak, work: () throws -> Any)?
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .peak], warmupIterations: 0, maxDuration: .seconds(5), maxIterations: 40)
  Benchmark(workload.name, configuration: configuration) { benchmark in
    guard let work = prepared?.work else { return }
    prepared?.peak.run()
    let time = ContinuousClock().measure { prepared?.peak.run() }
    benchmark.measurement(.peak, Int(time / .nanoseconds(1)))
    blackHole(try work())
    benchmark.startMeasurement()
    blackHole(try work())
    benchmark.stopMeasurement()
  } setup: {
    prepared = (Peak(threads: workload.threads), try workload.prepare())
  }
}
