import ArgumentParser
import Files
import Report
import Results
import Study

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "baseline", abstract: "Train the dense network.")
  @OptionGroup var part: PartOptions

  func run() throws { try part.run(.baseline) }
}

struct Part1Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part1", abstract: "Truncate the baseline's weights to each rank.")
  @OptionGroup var part: PartOptions

  func run() throws { try part.run(.part1) }
}

struct Part2Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part2", abstract: "Fine-tune the factors of truncated or matched networks.")
  @OptionGroup var part: PartOptions

  func run() throws { try part.run(.part2) }
}

struct Part3Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part3", abstract: "Continue the baseline's training with dynamic SVD, once an epoch and in every step.")
  @OptionGroup var part: PartOptions

  func run() throws { try part.run(.part3) }
}

struct Part4Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part4", abstract: "Compress the baseline to each budget from statistics of images, without training.")
  @OptionGroup var part: PartOptions

  func run() throws { try part.run(.part4) }
}

/// The options of the five commands above.
struct PartOptions: ParsableArguments {
  @OptionGroup var study: StudyOptions
  @OptionGroup var options: RunOptions

  @Option(
    parsing: .unconditional, help: "The seed of all random streams; without it, the study file's.",
    transform: lowrank.seed(_:))
  var seed: UInt64?

  /// Runs one experiment.
  func run(_ experiment: Experiment) throws {
    let configuration = try study.configuration()
    try configuration.require(experiment, path: study.study)
    let images = try StudyImages(
      configuration, data: try study.results.source(for: configuration), workers: options.threads.workers)
    for warning in images.warnings(of: [experiment]) { Terminal.shared.line("warning: \(warning)") }
    if !options.fresh {
      let files = ResultFiles(root: study.results.results, dataset: images.dataset, study: configuration.name)
      try configuration.requireSections(ofResultsIn: files)
    }
    let run = StudyRun(
      images, results: study.results.results, seed: seed, checkpointSeconds: options.checkpointSeconds,
      observer: ProgressLines().observer)
    try run.run(experiment, fresh: options.fresh)
  }
}

extension StudyConfiguration {
  /// - Parameter path: the study file.
  /// - Throws: `FileError` where the study file does not have `experiment`.
  func require(_ experiment: Experiment, path: String) throws(FileError) {
    guard !experiments.contains(experiment) else { return }
    throw FileError(
      path: path, found: "no section \(experiment.rawValue)",
      expected: "one, as in experiments/\(experiment == .part4 ? "beyond" : "paper").yaml")
  }

  /// A run removes the results of parts that the study file does not have; without `--fresh`, they may have been meant to stay.
  /// - Throws: `FileError` where there are such results, or the manifest cannot be read.
  func requireSections(ofResultsIn files: ResultFiles) throws(FileError) {
    let runs = try Manifest.readIfPresent(from: files.manifest)?.runs ?? []
    guard let lost = runs.first(where: { !experiments.contains($0.experiment) })?.experiment else { return }
    let seeds = runs.filter { $0.experiment == lost }.map { "\($0.seed)" }.joined(separator: ", ")
    throw FileError(
      path: files.manifest, found: "results of \(lost.rawValue) (seeds \(seeds))",
      expected: "the section \(lost.rawValue) in the study file; --fresh removes these results")
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "report", abstract: "Write REPORT.md from the result files.")
  @OptionGroup var study: StudyOptions
  @OptionGroup var figures: FigureFolder

  func run() throws {
    let results = try study.results.files(of: try study.configuration())
    try StudyReport.write(results: results, figures: figures.folder(for: results), to: results.report)
    Terminal.shared.line("report: \(results.report)")
  }
}
