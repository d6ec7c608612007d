import Results

extension StudyReport {
  /// The study, the data, the seeds and the protocol.
  static func header(_ study: StudyFacts) -> [String] {
    let data = study.manifest.dataset
    let name = study.isMNIST ? "MNIST" : data.name == "digits" ? "built-in digits" : Markdown.cell(data.name)
    var sections = ["# Network Compression Using SVD: study \(Markdown.code(study.manifest.study)) on \(name)"]
    if !study.isMNIST {
      sections.append(
        """
        > **THIS IS NOT MNIST.** The networks were trained and tested on \(name). Nothing on this page confirms or \
        refutes what the paper says about MNIST.
        """)
    }
    let seeds = study.results.seeds
    let spread = seeds.count > 1 ? " Values are medians over the seeds, with the range in parentheses." : ""
    sections.append(
      """
      \(seeds.count == 1 ? "Seed" : "Seeds") \(Markdown.list(seeds.map(String.init))).\(spread) \
      Accuracies are in percent. Ratios are relative to the baseline.
      """)
    sections += study.results.outdated.map { "**Left out:** \($0) and so not of the same study: run it again." }
    if study.results.unknownRows > 0 {
      sections.append("**Left out:** \(study.results.unknownRows) rows of runs that the manifest does not have.")
    }
    sections.append(
      """
      **Protocol.** \(Markdown.count(data.trainingImages)) images are for training and \
      \(Markdown.count(data.validationImages)) for validation. The program selects nothing by \
      accuracy: each network is the one after the last epoch. The \(Markdown.count(data.testImages)) test images are \
      evaluated at the end of a run.
      """)
    return sections
  }

  /// The program, the machine and the configuration, as the manifest has them.
  static func howItWasMade(_ study: StudyFacts) -> [String] {
    let environments = study.manifest.runs.map(\.environment)
    func distinct(_ value: (Manifest.Environment) -> String) -> String {
      var seen: [String] = []
      for text in environments.map(value) where !seen.contains(text) { seen.append(text) }
      return seen.map(Markdown.cell).joined(separator: "; ")
    }
    var sections = [
      "## How it was made",
      Markdown.table(
        ["", "value"],
        [
          ["source revision", distinct(\.sourceRevision)], ["toolchain", distinct(\.toolchain)], ["BLAS", distinct(\.blas)],
          ["BLAS kernel", distinct(\.blasKernel)], ["processor", distinct(\.processor)],
          ["operating system", distinct(\.operatingSystem)], ["threads", distinct { "\($0.threads)" }],
        ], numbers: false),
    ]
    // The runs have the same values of all that they depend on; the newest has the current values of the rest.
    if let newest = study.manifest.runs.max(by: { $0.started < $1.started }) {
      sections.append("Configuration:")
      sections.append("```yaml\n" + YAMLText.lines(of: newest.configuration).joined(separator: "\n") + "\n```")
    }
    return sections
  }

  /// The times of the experiments.
  static func times(_ study: StudyFacts) -> [String] {
    let runs = Dictionary(grouping: study.manifest.runs, by: \.experiment)
    let rows = Experiment.allCases.compactMap { experiment in
      runs[experiment].map { [experiment.rawValue, Markdown.spread(Spread($0.map(\.seconds)), decimals: 1)] }
    }
    guard !rows.isEmpty else { return [] }
    let total = Markdown.number(study.manifest.runs.map(\.seconds).reduce(0, +), decimals: 1)
    let name = study.results.seeds.count > 1 ? "all, all seeds" : "all"
    return ["## Times", Markdown.table(["experiment", "seconds"], rows + [[name, total]])]
  }
}
