import ArgumentParser
import Foundation
import LinearAlgebra
import Workloads

/// Prints the times of a run, with FLOP/s and their share of `sgemm`'s.
@main
struct Table: ParsableCommand {
  @Argument(
    help: "The results.json that package-benchmark wrote; without it, only BENCH and THREADS are checked.")
  var results: String?

  @Option(help: "A regular expression: the benchmarks that were run.")
  var filter = "."

  func run() throws {
    let threads = try Threads.asked()
    let asked = try Workload.all(threads: threads).filter { try $0.name.contains(pattern()) }
    guard !asked.isEmpty else {
      throw SettingError(name: "BENCH", found: "'\(filter)'", expected: "a part of the name of a benchmark, such as 'SVD'")
    }
    guard let results else { return print("\(asked.count) benchmarks, at most five seconds each") }
    let baseline = try Baseline(readingFrom: results)
    let rows = try asked.map { workload in
      guard let times = baseline[workload.name] else {
        throw SettingError(
          name: results, found: "no times of '\(workload.name)'", expected: "times of all benchmarks of BENCH")
      }
      return Row(
        name: workload.name, threads: workload.threads, flops: try workload.flops(), work: times.work, peak: times.peak)
    }
    print("\n\(processor); \(OpenBLAS.configuration), running kernel \(OpenBLAS.kernel)\n")
    print(markdown(Row.columns, rows.map(\.fields)), terminator: "\n\n")
    for threads in Set(rows.map(\.threads)).sorted() { print(peakLine(rows.filter { $0.threads == threads })) }
  }

  /// The speed of `sgemm` beside these rows, which shows the machine's noise in this run.
  private func peakLine(_ rows: [Row]) -> String {
    let rates = rows.map { $0.peakRate / 1e9 }.sorted()
    let threads = rows[0].threads
    return "sgemm on \(threads) thread\(threads == 1 ? "" : "s"): \(digits(rates[rates.count / 2])) GFLOP/s"
      + " (\(digits(rates[0])) – \(digits(rates[rates.count - 1])) from row to row)"
  }

  private func pattern() throws -> Regex<AnyRegexOutput> {
    do { return try Regex(filter) } catch {
      throw SettingError(name: "BENCH", found: "'\(filter)'", expected: "a regular expression")
    }
  }

  private var processor: String {
    let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
    let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return name?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
  }
}
