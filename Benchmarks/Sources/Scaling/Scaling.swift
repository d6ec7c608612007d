import ArgumentParser
import Foundation
import LinearAlgebra
import Results
import Study
import Workloads

/// Measures training steps against width, rank and batch, fits the model, and extrapolates it to larger widths.
@main
struct Scaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure training steps against width, rank and batch; fit operations / rates + bytes / bandwidth to them.")

  @Option(help: ArgumentHelp("The table; a .json file beside it records how it was made.", valueName: "file.csv"))
  var output = "experiments/results/scaling/scaling.csv"

  @Option(help: "Seconds for one size, at least five steps.")
  var budget = 3.0

  func validate() throws {
    guard output.hasSuffix(".csv") else {
      throw ValidationError("--output: found \(output), expected a name that ends in .csv")
    }
    guard budget > 0, budget.isFinite else { throw ValidationError("--budget: found \(budget), expected a number above 0") }
  }

  func run() throws {
    let (threads, began, clock) = (try Threads.asked(), Date(), ContinuousClock())
    let start = clock.now
    var peak = Peak(threads: threads)
    var rates: [Double] = []
    var rows: [ScalingRow] = []
    for (index, sizes) in Sizes.all.enumerated() {
      var row = Step.cost(sizes)
      if !sizes.isOnPaper {
        let times = try times(sizes, workers: Workers(count: threads))
        (row.runs, row.seconds) = (times.count, median(times))
        rates.append(rate(of: &peak, threads: threads))
        say(
          "\(index + 1)/\(Sizes.all.count)  \(sizes): \(String(format: "%.3g", 1e3 * median(times))) ms, median of \(times.count)"
        )
      }
      rows.append(row)
    }
    var models: [ScalingManifest.Model] = []
    for work in ScalingRow.Work.allCases {
      let model = CostModel(fittedTo: rows.filter { $0.work == work })
      for index in rows.indices where rows[index].work == work { rows[index].modelSeconds = model.seconds(rows[index]) }
      models.append(model.described(work, rows.filter { $0.work == work }))
    }
    try ScalingRow.write(rows, to: output)
    try ScalingManifest(
      models: models, sgemm: median(rates), environment: .current(threads: threads), started: began.formatted(.iso8601),
      seconds: (clock.now - start) / .seconds(1)
    ).write(to: output.dropLast("csv".count) + "json")
    for model in models { say(described(model)) }
    say("scaling: \(output)")
  }

  /// Seconds of steps, after two that are not timed.
  private func times(_ sizes: Sizes, workers: Workers) throws -> [Double] {
    var step = Step(sizes, workers: workers)
    for _ in 0..<2 { _ = try step.run() }
    var times: [Double] = []
    while times.count < 5 || times.reduce(0, +) < budget && times.count < 200 { times.append(try step.run()) }
    return times
  }

  /// FLOP/s of `sgemm`, the median of three.
  private func rate(of peak: inout Peak, threads: Int) -> Double {
    let clock = ContinuousClock()
    return median(
      (0..<3).map { _ in
        let start = clock.now
        peak.run()
        return Peak.flops(threads: threads) / ((clock.now - start) / .seconds(1))
      })
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private func described(_ model: ScalingManifest.Model) -> String {
    let terms = [
      ("GFLOP/s", model.flopsPerSecond), ("GFLOP/s of factorisations", model.factorisationFlopsPerSecond),
      ("GB/s", model.bytesPerSecond),
    ].compactMap { unit, rate in rate.map { String(format: "%.3g ", $0 / 1e9) + unit } }
    let errors = String(format: "%.0f %% (median), %.0f %% (largest)", 100 * model.medianError, 100 * model.largestError)
    return "\(model.work): \(terms.joined(separator: ", ")); error \(errors)"
  }

  private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

extension Sizes: CustomStringConvertible {
  var description: String { "\(work.rawValue), width \(width)\(work == .dense ? "" : ", D = \(rank)"), batch \(batch)" }
}
