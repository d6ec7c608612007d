import ArgumentParser
import Figures
import Files
import Report
import Results
import Study

/// Runs whole studies.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run studies: baseline, parts 1 to 4, figures, report.",
    discussion: """
      The steps are run in this order, each seed after the other, and each step is skipped while nothing that it depends on \
      has changed.

        lowrank run experiments/paper.yaml --seeds 1-5
        lowrank run experiments/quick.yaml --only part2
        lowrank run experiments/beyond.yaml --only part4
      """)

  /// A step of a study.
  enum Step: String, CaseIterable, ExpressibleByArgument {
    case baseline, part1, part2, part3, part4, figures, report

    var experiment: Experiment? { Experiment(rawValue: rawValue) }
  }

  @Argument(help: ArgumentHelp("The study files. (default: experiments/paper.yaml)", valueName: "study"))
  var studies: [String] = []

  @Option(
    name: [.customLong("seeds"), .customLong("seed")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Seeds and ranges of at most 1000 seeds, such as 1 2 5-8. (default: the study file's)", valueName: "seed"),
    transform: SeedRange.init)
  var seeds: [SeedRange] = []

  @Option(
    help: ArgumentHelp(
      "One step alone, with what it needs: a part needs the baseline; figures and report take results as they are, of all seeds.",
      valueName: "step"))
  var only: Step?

  @OptionGroup var options: RunOptions
  @OptionGroup var results: ResultOptions
  @OptionGroup var figures: FigureFolder

  func validate() throws { for study in studies { try requireValue(study, of: "study", expected: "a study file") } }

  func run() throws {
    let studies = self.studies.isEmpty ? ["experiments/paper.yaml"] : self.studies
    // All are read first: a mistake in the last one is found before the first one runs.
    // Ctrl-C ends the wait for a pipe.
    let configurations = try Interrupts.stoppingAtOnce { try studies.map { try StudyConfiguration(readingFrom: $0) } }
    for (index, path) in studies.enumerated() {
      if let experiment = only?.experiment { try configurations[index].require(experiment, path: path) }
      let name = configurations[index].name
      guard !configurations[..<index].contains(where: { $0.name == name }) else {
        throw FileError(
          path: path, found: "the name '\(name)' of another study", expected: "a name of its own: results lie under it")
      }
    }
    let images = try configurations.map { configuration in
      try experiments(of: configuration).isEmpty
        ? nil
        : try StudyImages(
          configuration, data: try results.source(for: configuration), workers: options.threads.workers)
    }
    for (configuration, images) in zip(configurations, images) {
      if studies.count > 1 { Terminal.shared.line("study \(configuration.name)") }
      try run(configuration, images)
    }
  }

  /// What is run before figures and report.
  private func experiments(of configuration: StudyConfiguration) throws -> [Experiment] {
    switch only {
    case .none: configuration.experiments
    case .some(.baseline): [.baseline]
    case .some(.figures), .some(.report):
      try fileExists(results.files(of: configuration).results) ? [] : configuration.experiments
    case .some(let part): [.baseline] + [part.experiment].compactMap { $0 }
    }
  }

  private func run(_ configuration: StudyConfiguration, _ images: StudyImages?) throws {
    var files = try results.files(of: configuration)
    if let images {
      files = ResultFiles(root: results.results, dataset: images.dataset, study: configuration.name)
      // Checked before the work.
      if !options.fresh { try configuration.requireSections(ofResultsIn: files) }
      if only?.experiment == nil { try AtomicFile.probe(folder: figures.folder(for: files)) }
      let experiments = try experiments(of: configuration)
      for warning in images.warnings(of: experiments) { Terminal.shared.line("warning: \(warning)") }
      let seeds = seeds.isEmpty ? [configuration.seed] : self.seeds.seeds
      for seed in seeds {
        let run = StudyRun(
          images, results: results.results, seed: seed, checkpointSeconds: options.checkpointSeconds,
          observer: ProgressLines(seed: seeds.count > 1 ? seed : nil).observer)
        for experiment in experiments {
          try run.run(
            experiment, fresh: options.fresh && (only?.experiment ?? experiment) == experiment,
            replacesUnreadable: options.fresh)
        }
      }
    }
    if only?.experiment == nil { try makePages(of: files) }
    Terminal.shared.line("\(only?.rawValue ?? "run"): done (\(files.dataset), \(files.study))")
  }

  /// Figures and report, from the tables alone.
  private func makePages(of files: ResultFiles) throws {
    let program = ProgramSources.executableDigest
    for group in FigureGroup.all(below: results.results, study: files) {
      try group.draw(below: figures, unlessDrawnBy: program, fresh: options.fresh)
    }
    guard only != .figures else { return }
    let isNew = try StudyReport.write(results: files, figures: figures.folder(for: files), to: files.report)
    Terminal.shared.line("report: \(files.report)\(isNew ? "" : ": up to date")")
  }
}
