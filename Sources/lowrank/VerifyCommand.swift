import ArgumentParser
import Files
import LinearAlgebra
import Datasets
import Results
import Study

extension Experiment: ExpressibleByArgument {}

/// Runs a study again, and compares.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Run a study again from its manifest, and compare with its result files.",
    discussion: """
      In a temporary folder; the results are only read. Compares the digests of all weights, and all of every row but its \
      time. The configuration is the manifest's; the study file gives the name. The status is 0 if all agree.
      """)

  @Argument(
    help: ArgumentHelp(
      "What to run again: baseline, part1, part2, part3. (default: all the manifest has)", valueName: "part"))
  var parts: [Experiment] = []

  @OptionGroup var study: StudyOptions

  @Option(
    help: ArgumentHelp("A seed to run again; may be given several times. (default: all the manifest has)", valueName: "seed")
  )
  var seed: [UInt64] = []

  @Option(help: "Threads. Results do not depend on it.")
  var threads = RunOptions.allProcessors

  func validate() throws { try RunOptions.validate(threads: threads) }

  func run() throws {
    let configuration = try study.configuration()
    let verification = try Verification(of: try study.resultFiles())
    let runs = try verification.runs(of: parts, seeds: seed)
    let source = try study.source(of: verification.files)
    let comparisons = try verification.run(
      runs, data: source, study: (study.study, configuration), workers: Workers(count: threads),
      observer: ProgressLines().observer)
    print(VerifyText(comparisons, of: verification.files).lines.joined(separator: "\n"))
    let differing = comparisons.count { !$0.agrees }
    if differing > 0 { throw Differences(folder: verification.files.folder, differing: differing, all: comparisons.count) }
  }

  /// What makes the status one of failure.
  private struct Differences: Error, CustomStringConvertible {
    let folder: String
    let differing: Int
    let all: Int

    var description: String { "\(folder): found \(differing) of \(all) comparisons that differ, expected none" }
  }
}
