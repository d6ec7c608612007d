import ArgumentParser
import Foundation
import Results
import Study

/// Measures the SVD algorithms.
struct SVDSizesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svd-sizes", abstract: "Measure the SVD algorithms against the size of a matrix: errors and time.",
    discussion: """
      Square matrices with the singular values of trained weights, in single and double precision, on one thread. The \
      machine should have nothing else to do.
      """, shouldDisplay: false)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Rows, and columns, of the matrices.", valueName: "n"))
  var sizes = [16, 32, 64, 128, 256, 512, 1024]

  @Option(parsing: .unconditional, help: "Matrices of each size: times are medians over them, errors the worst of them.")
  var runs = 5

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Singular values and vectors that subspace iteration is asked for.", valueName: "D"))
  var rank = 20

  @Option(
    parsing: .unconditional, help: "The seed of the first matrix of each size; each further one has the next.",
    transform: lowrank.seed(_:))
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds for one algorithm at one size; where a single SVD takes longer, larger sizes are left out.",
      valueName: "seconds")) var budget = 10.0

  @Option(help: ArgumentHelp("The table; a .json file beside it records how it was made.", valueName: "file.csv"))
  var output = MeasuredTable.svd.path()

  func validate() throws {
    try validateTable(output, option: "--output")
    guard !sizes.isEmpty else { throw ValidationError("--sizes: found nothing, expected numbers from 1 to 8192") }
    if let size = sizes.first(where: { !(1...8192).contains($0) }) {
      throw ValidationError("--sizes: found \(size), expected 1 to 8192")
    }
    guard (1...1000).contains(runs) else { throw ValidationError("--runs: found \(runs), expected 1 to 1000") }
    guard (1...8192).contains(rank) else { throw ValidationError("--rank: found \(rank), expected 1 to 8192") }
    guard budget > 0, budget <= 1e9 else {
      throw ValidationError("--budget: found \(budget), expected a number above 0, at most 1e9")
    }
  }

  func run() throws {
    let (files, start) = (SVDSizeFiles(table: output), Date())
    let observer = StudyObserver(
      message: { Terminal.shared.line($0) }, warning: { Terminal.shared.line("warning: \($0)") },
      isInterrupted: { Interrupts.isInterrupted })
    try SVDSizes(sizes: sizes, runs: runs, rank: rank, seed: seed, budget: budget)
      .run(to: files, observer: observer) { progress in
        Terminal.shared.status(status(progress, gone: Date().timeIntervalSince(start)))
      }
    Terminal.shared.line("svd-sizes: \(files.table) and \(files.manifest)")
  }

  /// The line that is written over.
  /// - Parameter gone: seconds since the beginning.
  func status(_ progress: SVDSizes.Progress, gone: Double) -> String {
    let left = progress.fraction > 0 ? ", about \(TrainingLines.time(gone * (1 / progress.fraction - 1))) left" : ""
    return "svd-sizes: \(progress.size)×\(progress.size), \(progress.precision.rawValue), run \(progress.run)/\(runs): "
      + "\(progress.algorithm.rawValue)  \(Int(100 * progress.fraction)) %, \(TrainingLines.time(gone)) gone\(left)"
  }
}
