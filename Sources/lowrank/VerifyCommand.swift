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
      "What to run again: baseline, part1, part2, part3, part4. (default: all that the manifest has)", valueName: "part"))
  var parts: [Experiment] = []

  @OptionGroup var study: StudyOptions

  @Option(
    name: [.customLong("seeds"), .customLong("seed")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Seeds and ranges of seeds, such as 1 2 5-8. (default: all that the manifest has)", valueName: "seed"),
    transform: SeedRange.init)
  var seeds: [SeedRange] = []

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let configuration = try study.configuration()
    let verification = try Verification(of: study.results.files(of: configuration))
    let runs = try verification.runs(of: parts, seeds: seeds.seeds)
    let source = try study.results.source(of: verification.files)
    let comparisons = try verification.run(
      runs, data: source, study: (study.study, configuration), workers: threads.workers, observer: ProgressLines().observer)
    try Output.print(VerifyText(comparisons, of: verification.files).lines.joined(separator: "\n"))
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
