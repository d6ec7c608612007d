import ArgumentParser
import Foundation
import LinearAlgebra
import Datasets
import Results
import Study

extension DatasetChoice: ExpressibleByArgument {}

/// Which study, on which images, and where its results lie.
struct StudyOptions: ParsableArguments {
  @Option(help: "The study file.")
  var study = "experiments/paper.yaml"

  @Option(help: "Images: mnist, digits (built in), or auto: what the study file says, digits where MNIST is not to be had.")
  var data = DatasetChoice.auto

  @Option(help: ArgumentHelp("The folder of all results.", valueName: "folder"))
  var results = "experiments/results"

  func validate() throws {
    guard !study.isEmpty else { throw ValidationError("--study: found nothing, expected a study file") }
    guard !results.isEmpty else { throw ValidationError("--results: found nothing, expected a folder") }
  }

  func configuration() throws -> StudyConfiguration { try StudyConfiguration(readingFrom: study) }

  /// Finds the images, or fetches them.
  func source(for configuration: StudyConfiguration) throws -> DatasetSource {
    try source(data == .auto && configuration.dataset == .digits ? .digits : data)
  }

  /// Finds the images that results were made of, or fetches them, and takes no others.
  func source(of results: ResultFiles) throws -> DatasetSource {
    try source(results.dataset == Dataset.Name.digits.rawValue ? .digits : .mnist)
  }

  private func source(_ choice: DatasetChoice) throws -> DatasetSource {
    var download = DownloadLine()
    return try DatasetSource.resolve(
      choice, log: { Terminal.shared.line($0) }, progress: { download.show($0) },
      isCancelled: { Interrupts.isInterrupted })
  }

  /// The folder of results that are there already: of the images asked for; for `auto`, of those the study file names, or
  /// of the digits where only they were used.
  func resultFiles() throws -> ResultFiles {
    let configuration = try configuration()
    func files(_ dataset: String) -> ResultFiles {
      ResultFiles(root: results, dataset: dataset, study: configuration.name)
    }
    switch data {
    case .mnist, .digits: return files(data.rawValue)
    case .auto:
      let named = files(configuration.dataset.rawValue)
      let digits = files(Dataset.Name.digits.rawValue)
      let exists = { (files: ResultFiles) in FileManager.default.fileExists(atPath: files.results) }
      return !exists(named) && exists(digits) ? digits : named
    }
  }
}

/// How a run is run.
struct RunOptions: ParsableArguments {
  @OptionGroup var study: StudyOptions

  @Option(help: "The seed of all random streams; the study file's, if it is not given.")
  var seed: UInt64?

  @Option(help: "Threads. Results do not depend on it.")
  var threads = allProcessors

  @Option(
    help: ArgumentHelp(
      "Save the state of a training after so many seconds at the most, so that a run that was stopped goes on from there.",
      valueName: "seconds"))
  var checkpointSeconds = 60.0

  @Flag(help: "Run again from the beginning, even if nothing has changed.")
  var fresh = false

  static let allProcessors = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    try Self.validate(threads: threads)
    guard (0...86_400).contains(checkpointSeconds) else {
      throw ValidationError("--checkpoint-seconds: found \(checkpointSeconds), expected 0 to 86400")
    }
  }

  static func validate(threads: Int) throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads: found \(threads), expected 1 to 1024")
    }
  }

  /// Runs one experiment.
  func run(_ experiment: Experiment) throws {
    let configuration = try study.configuration()
    let run = StudyRun(
      configuration, data: try study.source(for: configuration), results: study.results, seed: seed,
      workers: Workers(count: threads), checkpointSeconds: checkpointSeconds, observer: ProgressLines().observer)
    try run.run(experiment, fresh: fresh)
  }
}
