import Results

extension StudyReport {
  /// The study, the data, the seeds and the protocol.
  static func header(_ study: StudyFacts) -> [Block] {
    let data = study.manifest.dataset
    let name = study.dataName
    var sections: [Block] = ["# Network Compression Using SVD: study \(Markdown.code(study.manifest.study)) on \(name)"]
    if study.isOwnData {
      sections.append(
        """
        **Data.** The study names its own data, \(name). A sample of these is called an image here. The claims of the paper are \
        about MNIST, and are not tested.
        """)
    } else if !study.isMNIST {
      sections.append(
        """
        > **THIS IS NOT MNIST.** The networks were trained and tested on \(name). Nothing on this page confirms or \
        refutes what the paper says about MNIST.
        """)
    }
    let seeds = study.results.seeds
    let values = seeds.count > 1 ? " Values are means over the seeds with 95 % intervals." : ""
    sections.append(
      """
      \(seeds.count == 1 ? "Seed" : "Seeds") \(Markdown.list(seeds.map(String.init))).\(values) \
      Accuracies are in percent. Ratios are relative to the baseline.
      """)
    let fewer = otherSeeds(study)
    if !fewer.isEmpty {
      sections.append(
        "**Seeds differ between networks:** \(fewer.joined(separator: "; ")). A value without ± is of one seed.")
    }
    sections += study.results.outdated.map {
      .text("**Left out:** \($0) and so not of the same study: run it again, with all seeds.")
    }
    if study.results.unknownRows > 0 {
      sections.append("**Left out:** \(study.results.unknownRows) rows of runs that the manifest does not have.")
    }
    if study.results.staleComparisons > 0 {
      sections.append(
        """
        **Left out:** \(study.results.staleComparisons) rows of `comparisons.csv` about other networks than `results.csv` has.
        """)
    }
    sections.append(
      """
      **Protocol.** \(Markdown.count(data.trainingImages)) images are for training and \
      \(Markdown.count(data.validationImages)) for validation. The program selects nothing by \
      accuracy\(afterTraining(study)).\(bySensitivity(study)) The \
      \(Markdown.count(data.testImages)) test images are evaluated at the end of a run.
      """)
    sections.append(.text(intervals(study, differ: !fewer.isEmpty)))
    return sections
  }

  /// Which of the networks of a training counts.
  private static func afterTraining(_ study: StudyFacts) -> String {
    guard study.network != nil else { return ": each network is the one after the last epoch" }
    return study.has(.part2) || study.has(.part3) ? ": each trained network is the one after the last epoch" : ""
  }

  /// The one choice within a network that the validation images make.
  private static func bySensitivity(_ study: StudyFacts) -> String {
    study.networks.contains { $0.key.allocation == .sensitivity }
      ? " Only \(Allocation.sensitivity.title) follow from the loss on the validation images." : ""
  }

  /// The networks that do not have all seeds, by part and seeds.
  private static func otherSeeds(_ study: StudyFacts) -> [String] {
    Experiment.allCases.flatMap { experiment -> [String] in
      let networks = study.networks(of: experiment)
      let bySeeds = Dictionary(grouping: networks) { $0.rows.map(\.key.seed).sorted() }
      return bySeeds.filter { $0.key != study.results.seeds }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
        let share = $1.count == networks.count ? "" : ", \($1.count) of \(networks.count) networks,"
        return "\(experiment.rawValue)\(share) has \($0.count == 1 ? "seed" : "seeds") \(Markdown.list($0.map(String.init)))"
      }
    }
  }

  /// What the intervals are, and what they are not.
  private static func intervals(_ study: StudyFacts, differ: Bool) -> String {
    let seeds = study.results.seeds.count
    let paired = "Two networks are compared on the same test images by McNemar's exact test, two-sided"
    guard seeds > 1 else {
      return """
        **Intervals.** One seed has no interval over seeds. Verdicts follow from the 95 % interval of its accuracy over the test \
        images (Wilson): it says what other test images would give, and not what another seed would. \(paired).
        """
    }
    return """
      **Intervals.** m ± h is the mean over \(differ ? "its" : "\(seeds)") seeds and half the width of its 95 % interval by Student's t, \
      with one degree of freedom fewer than seeds. A seed decides the \
      \(study.network == nil ? "initial weights, the order of the batches and the dropout; the" : fromRead) test \
      images are the same for all seeds. Two networks are compared by their differences with the same seed. \(paired), one seed \
      at a time.
      """
  }

  private static let fromRead = "order of the batches, the dropout and the calibration images; the baseline and the"

  /// The program, the machine and the configuration, as the manifest has them.
  static func howItWasMade(_ study: StudyFacts) -> [Block] {
    let environments = study.manifest.runs.map(\.environment)
    func distinct(_ value: (Manifest.Environment) -> String) -> String {
      var seen: [String] = []
      for text in environments.map(value) where !seen.contains(text) { seen.append(text) }
      return seen.map(Markdown.cell).joined(separator: "; ")
    }
    var sections: [Block] = [
      "## How it was made",
      .text(
        Markdown.table(
          ["", "value"],
          [
            ["source revision", distinct(\.sourceRevision)], ["toolchain", distinct(\.toolchain)],
            ["BLAS", distinct(\.blas)],
            ["BLAS kernel", distinct(\.blasKernel)], ["processor", distinct(\.processor)],
            ["operating system", distinct(\.operatingSystem)], ["threads", distinct { "\($0.threads)" }],
          ], textColumns: 2)),
    ]
    if let configuration = study.configuration {
      sections.append("Configuration:")
      sections.append(
        .text("```yaml\n" + YAMLText.lines(of: configuration).joined(separator: "\n") + "\n```"))
    }
    return sections
  }

  /// The times of the experiments.
  static func times(_ study: StudyFacts) -> [Block] {
    let runs = Dictionary(grouping: study.manifest.runs, by: \.experiment)
    let rows = Experiment.allCases.compactMap { experiment in
      runs[experiment].map { [experiment.rawValue, Markdown.interval(Interval($0.map(\.seconds)), decimals: 1)] }
    }
    guard !rows.isEmpty else { return [] }
    let total = Markdown.number(study.manifest.runs.map(\.seconds).reduce(0, +), decimals: 1)
    let name = study.results.seeds.count > 1 ? "all, all seeds" : "all"
    return [
      "## Times",
      .table(
        ReportTable(
          name: .times, caption: "Time of each experiment.", columns: ["experiment", "seconds"],
          rows: rows + [[name, total]])),
    ]
  }
}
