import ArgumentParser
import Datasets
import Figures
import Files
import Foundation
import LinearAlgebra
import Results
import Study

extension DatasetChoice: ExpressibleByArgument {}

/// Which images, and where results lie.
struct ResultOptions: ParsableArguments {
  @Option(
    help:
      "Images: mnist, digits (built in), or auto: those of the study file, digits in place of MNIST where that is not available."
  )
  var data = DatasetChoice.auto

  @Option(help: ArgumentHelp("The folder of all results.", valueName: "folder"))
  var results = "experiments/results"

  func validate() throws { try requireValue(results, of: "--results", expected: "a folder") }

  /// Finds the images, or downloads them; `nil` for data that the study names itself.
  func source(for configuration: StudyConfiguration) throws -> DatasetSource? {
    try requireNoOtherData(than: configuration)
    if configuration.ownData != nil { return nil }
    return try source(data == .auto && configuration.dataset == .digits ? .digits : data)
  }

  /// Finds the images that results were made from, or downloads them, and takes no others; `nil` for data that the study names itself.
  func source(of results: ResultFiles) throws -> DatasetSource? {
    guard let name = Dataset.Name(rawValue: results.dataset) else { return nil }
    return try source(name == .digits ? .digits : .mnist)
  }

  /// - Throws: `FileError` for images beside data that the study names itself.
  private func requireNoOtherData(than configuration: StudyConfiguration) throws(FileError) {
    guard let own = configuration.ownData, data != .auto else { return }
    throw FileError(
      path: "--data", found: data.rawValue, expected: "auto: study \(configuration.name) names its own data, \(own.name)")
  }

  private func source(_ choice: DatasetChoice) throws -> DatasetSource {
    // Asks git for the revision, now: without a network, Foundation's `Process` may wait for ever after a download.
    _ = ProgramSources.ofThisProgram
    var download = DownloadLine()
    return try DatasetSource.resolve(
      choice, log: { Terminal.shared.line($0) }, progress: { download.show($0) }, isCancelled: { Interrupts.isInterrupted })
  }

  /// The files of results that are there: of the images asked for; for `auto`, of those that the study file names, or of the
  /// digits where only they were used.
  func files(of configuration: StudyConfiguration) throws(FileError) -> ResultFiles {
    try requireNoOtherData(than: configuration)
    func files(_ dataset: String) -> ResultFiles { ResultFiles(root: results, dataset: dataset, study: configuration.name) }
    guard data == .auto else { return files(data.rawValue) }
    if let own = configuration.ownData { return files(own.name) }
    let (named, digits) = (files(configuration.dataset.rawValue), files(Dataset.Name.digits.rawValue))
    let exists = { (files: ResultFiles) in FileManager.default.fileExists(atPath: files.results) }
    return !exists(named) && exists(digits) ? digits : named
  }
}

/// One study, its images, and where its results lie.
struct StudyOptions: ParsableArguments {
  @Option(help: "The study file.")
  var study = "experiments/paper.yaml"

  @OptionGroup var results: ResultOptions

  func validate() throws { try requireValue(study, of: "--study", expected: "a study file") }

  func configuration() throws -> StudyConfiguration {
    // Ctrl-C ends the wait for a pipe.
    try Interrupts.stoppingAtOnce { try StudyConfiguration(readingFrom: study) }
  }
}

/// How experiments are run.
struct RunOptions: ParsableArguments {
  @OptionGroup var threads: ThreadOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Save the state of a training at least every so many seconds, so that a run that was stopped continues from there.",
      valueName: "seconds")) var checkpointSeconds = 60.0

  @Flag(help: "Run from the beginning, even if nothing has changed, and replace result files that cannot be read.")
  var fresh = false

  func validate() throws {
    guard (0...86_400).contains(checkpointSeconds) else {
      throw ValidationError("--checkpoint-seconds: found \(checkpointSeconds), expected 0 to 86400")
    }
  }
}

/// How many threads compute.
struct ThreadOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"), parsing: .unconditional, help: "Threads. Results do not depend on their number.")
  var count = Processors.available

  var workers: Workers { Workers(count: count) }

  /// All that there are, for short work.
  static var all: Workers { Workers(count: Processors.available) }

  /// Address space in MB without which the program's libraries do not come up reliably.
  private static let leastAddressSpace = 450

  func validate() throws {
    guard (1...1024).contains(count) else { throw ValidationError("--threads: found \(count), expected 1 to 1024") }
    if let limit = Memory.addressLimit, limit >> 20 < Self.leastAddressSpace {
      throw ValidationError("ulimit -v: found \(limit >> 20) MB, expected \(Self.leastAddressSpace) MB or more")
    }
  }
}

/// Where figures lie.
struct FigureFolder: ParsableArguments {
  @Option(name: .customLong("figures"), help: ArgumentHelp("The folder of all figures.", valueName: "folder"))
  var path = "figures"

  func validate() throws { try requireValue(path, of: "--figures", expected: "a folder") }

  /// The folder of a study's figures.
  func folder(for results: ResultFiles) -> String { "\(path)/\(FigureGroup.study(results).folder)" }
}

/// A seed, by the rules of a study file.
@Sendable func seed(_ text: String) throws -> UInt64 {
  guard let seed = StudyConfiguration.seed(text) else { throw ValidationError("expected \(seedRules)") }
  return seed
}

/// What a seed is, in words.
private let seedRules =
  "a whole number from \(StudyConfiguration.seeds.lowerBound) to \(StudyConfiguration.seeds.upperBound), without a leading zero"

/// A seed, or a range of at most 1000 seeds such as `1-5`.
struct SeedRange {
  let seeds: ClosedRange<UInt64>

  @Sendable init(_ text: String) throws {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { StudyConfiguration.seed(String($0)) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
      last - first < 1000
    else { throw ValidationError("expected a seed, or a range of at most 1000 seeds such as 1-5; a seed is \(seedRules)") }
    seeds = first...last
  }
}

extension [SeedRange] {
  /// Every seed once, in the order given.
  var seeds: [UInt64] {
    var found: [UInt64] = []
    for seed in flatMap(\.seeds) where !found.contains(seed) { found.append(seed) }
    return found
  }
}

/// - Throws: `ValidationError` where an option's text is empty.
func requireValue(_ text: String, of option: String, expected: String) throws {
  guard !text.isEmpty else { throw ValidationError("\(option): found nothing, expected \(expected)") }
}

/// - Throws: `ValidationError` where `path`, which `option` gave, does not name a table.
func validateTable(_ path: String, option: String) throws {
  guard path.hasSuffix(".csv") else {
    throw ValidationError("\(option): found \(path.isEmpty ? "nothing" : path), expected a file whose name ends in .csv")
  }
}
