import ArgumentParser
import Files
import LinearAlgebra
import Datasets
import Models
import Results
import Study

extension Experiment: ExpressibleByArgument {}

/// Runs a study again, and compares.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run a study again and compare with its result files; or check a compressed model against the one before.",
    discussion: """
      A study is run in a temporary folder; the results are only read. Compares the digests of all weights, and all of every \
      row but its time. The configuration is the manifest's; the study file gives the name.

      A compressed model is compared with its report and with the model that it was made from: digests, ranks, the errors of \
      all factors, and all other tensors byte for byte.

        lowrank verify part1 part2 --study experiments/paper.yaml
        lowrank verify smaller.safetensors --against model.safetensors

      The status is 0 if all agree.
      """)

  @Argument(
    help: ArgumentHelp(
      "What to run again: baseline, part1, part2, part3, part4 (default: all that the manifest has); with --against, the "
        + "compressed model.", valueName: "part"))
  var subjects: [String] = []

  @Option(help: ArgumentHelp("The model that the compressed one was made from.", valueName: "model"))
  var against: String?

  @OptionGroup var study: StudyOptions

  @Option(
    name: [.customLong("seeds"), .customLong("seed")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Seeds and ranges of seeds, such as 1 2 5-8. (default: all that the manifest has)", valueName: "seed"),
    transform: SeedRange.init)
  var seeds: [SeedRange] = []

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let against {
      try requireValue(against, of: "--against", expected: "a model")
      guard seeds.isEmpty else { throw ValidationError("--seeds: found it beside --against, expected one of them") }
      guard subjects.count == 1 else {
        throw ValidationError("--against: found \(subjects.count) compressed models, expected one")
      }
    } else {
      _ = try parts
    }
  }

  private var parts: [Experiment] {
    get throws {
      try subjects.map { name in
        guard let part = Experiment(rawValue: name) else {
          let known = Experiment.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("part: found '\(name)', expected \(known); or a compressed model with --against")
        }
        return part
      }
    }
  }

  func run() throws {
    if let against { return try verify(subjects[0], against: against) }
    let configuration = try study.configuration()
    let verification = try Verification(of: try study.results.files(of: configuration))
    let runs = try verification.runs(of: parts, seeds: seeds.seeds)
    let source = try study.results.source(of: verification.files)
    let comparisons = try verification.run(
      runs, data: source, study: (study.study, configuration), workers: threads.workers, observer: ProgressLines().observer)
    try Output.print(VerifyText(comparisons, of: verification.files).lines.joined(separator: "\n"))
    let differing = comparisons.count { !$0.agrees }
    if differing > 0 { throw Differences(folder: verification.files.folder, differing: differing, all: comparisons.count) }
  }

  private func verify(_ output: String, against original: String) throws {
    let line = ModelProgressLine("verify")
    let checks = try Interrupts.endingAtOnce {
      let verification = try ModelVerification(
        of: output, against: original, workers: threads.workers, progress: line.progress)
      line.begin(bytes: verification.size)
      return try verification.checks()
    }
    line.end()
    try Output.print(ModelVerificationText(checks, path: output).lines.joined(separator: "\n"))
    let differing = checks.count { $0.difference != nil }
    if differing > 0 { throw Differences(folder: output, differing: differing, all: checks.count) }
  }

  /// What makes the status one of failure.
  private struct Differences: Error, CustomStringConvertible {
    let folder: String
    let differing: Int
    let all: Int

    var description: String { "\(folder): found \(differing) of \(all) comparisons that differ, expected none" }
  }
}
