import Foundation
import Workloads

/// A line of the table.
struct Row {
  static let columns = ["benchmark", "threads", "runs", "ms", "quartiles", "MFLOP", "GFLOP/s", "sgemm beside", "share"]

  let name: String
  let threads: Int
  /// Floating-point operations of one run.
  let flops: Double
  let work: Times
  /// Times of `sgemm`, run in between.
  let peak: Times

  /// FLOP/s by the median.
  var rate: Double { flops / work.median }
  /// The same of `sgemm`.
  var peakRate: Double { Peak.flops(threads: threads) / peak.median }

  var fields: [String] {
    [
      name, "\(threads)", "\(work.runs)", digits(work.median * 1e3),
      "\(digits(work.quartiles.lowerBound * 1e3)) – \(digits(work.quartiles.upperBound * 1e3))", digits(flops / 1e6),
      digits(rate / 1e9), digits(peakRate / 1e9), "\(digits(100 * rate / peakRate)) %",
    ]
  }
}

/// Three significant digits, but at most three decimals.
func digits(_ value: Double) -> String {
  let decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3
  return String(format: "%.\(decimals)f", value)
}
