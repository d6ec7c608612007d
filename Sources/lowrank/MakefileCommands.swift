import ArgumentParser
import Results
import Study

/// Prints what `make compare` must know of a study.
struct LocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "locate", abstract: "Print the name of the data or the path of the trained baseline.",
    shouldDisplay: false)

  enum Subject: String, ExpressibleByArgument { case dataset, baseline }

  @Argument var subject: Subject
  @OptionGroup var study: StudyOptions
  @Option(transform: SeedRange.init) var seeds: [SeedRange] = []

  func run() throws {
    let configuration = try study.configuration()
    let dataset = try study.results.source(for: configuration)?.name.rawValue ?? configuration.datasetName
    let files = ResultFiles(root: study.results.results, dataset: dataset, study: configuration.name)
    try Output.print(subject == .dataset ? dataset : files.baseline(seed: seeds.seeds.first ?? configuration.seed))
  }
}

/// Prints what `make install` keeps beside the program.
struct SourcesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources", abstract: "Print revision, digest and compilers of this program as JSON.", shouldDisplay: false)

  func run() throws { try Output.print(ProgramSources.ofThisProgram.record) }
}
