import Results

extension StudyReport {
  static func baseline(_ study: StudyFacts) -> [String] {
    [
      "## Baseline",
      table(of: study.networks(of: .baseline), first: "network", name: { _ in "baseline" }, ratios: false)
        ?? notRun(.baseline),
    ]
  }

  static func part1(_ study: StudyFacts, _ figures: FigureLinks) -> [String] {
    let title = "## Part 1: truncation"
    guard !study.truncated.isEmpty else { return [title, notRun(.part1)] }
    let rows = study.truncated.map { group -> [String] in
      let row = group.rows[0]
      let stored = [Storage.diagonal, .folded].map { storage in
        study.cost(of: group.key, storage).map { withRatio($0.parameters, $0.parameterRatio) } ?? "–"
      }
      return [group.key.rank.map(String.init) ?? "–"] + accuracies(of: group) + stored
        + [withRatio(row.bytes, row.byteRatio), withRatio(row.macs, row.macRatio)]
    }
    let header = [
      "D", "test", "validation", "parameters, S as its diagonal", "parameters, S folded into a factor", "bytes", "MACs",
    ]
    return [
      title,
      """
      Every compressed weight matrix is replaced by the factors of its D largest singular values; nothing is trained \
      again. MACs are multiply–accumulates for one image.
      """, Markdown.table(header, rows), larger(study),
    ]
      + figures.show("accuracy-by-rank", "Test accuracy by rank; the axis of accuracies is logarithmic in the error.")
      + figures.show("accuracy-by-parameters", "Test accuracy by the numbers a network stores.")
      + figures.show("bytes", "Size of each network's file.")
  }

  /// Says which factored networks are no smaller than the one they replace.
  private static func larger(_ study: StudyFacts) -> String {
    let larger = study.truncated.filter { $0.rows[0].parameterRatio >= 1 }
    guard !larger.isEmpty else { return "Every truncated network stores fewer numbers than the baseline." }
    return larger.map { group in
      let rank = group.key.rank.map(String.init) ?? "–"
      let isFull = study.fullRanks.map { (group.key.rank ?? 0) >= $0.upperBound } ?? false
      let ratio = Markdown.number(group.rows[0].parameterRatio, decimals: 2)
      let name = "D = \(rank)\(isFull ? ", full rank," : "")"
      return "**\(name) is larger than the baseline**, not smaller: with its factors the network stores "
        + "\(Markdown.count(group.rows[0].parameters)) numbers, \(ratio) times the baseline's."
    }.joined(separator: " ")
  }

  static func part2(_ study: StudyFacts) -> [String] {
    let name = { (key: NetworkKey) in "\(key.method.rawValue), D = \(key.rank ?? 0)" }
    let table = table(of: study.networks(of: .part2), first: "network", name: name)
    return ["## Part 2: factors fine-tuned", table ?? notRun(.part2)]
  }

  static func part3(_ study: StudyFacts, _ figures: FigureLinks) -> [String] {
    let name = { (key: NetworkKey) in
      "\(key.method.rawValue), D = \(key.rank ?? 0), an SVD every \(key.cadence?.rawValue ?? "–")"
    }
    let table = table(of: study.networks(of: .part3), first: "network", name: name)
    return ["## Part 3: dynamic SVD", table ?? notRun(.part3)]
      + figures.show(
        "spectra",
        "Singular values of W1 … before and after dynamic SVD; after it, of W = F + R, before it is cut to rank D.")
      + figures.show("learning-curves", "Validation accuracy and training loss by epoch.")
  }

  private static func table(
    of groups: [NetworkGroup<ResultRow>], first: String, name: (NetworkKey) -> String, ratios: Bool = true
  ) -> String? {
    guard !groups.isEmpty else { return nil }
    return Markdown.table(
      [first, "test", "validation", "parameters", "bytes", "MACs", "seconds"],
      groups.map { group in
        let row = group.rows[0]
        let sizes = [(row.parameters, row.parameterRatio), (row.bytes, row.byteRatio), (row.macs, row.macRatio)]
        return [name(group.key)] + accuracies(of: group)
          + sizes.map { ratios ? withRatio($0.0, $0.1) : Markdown.count($0.0) }
          + [Markdown.spread(group.spread(of: \.seconds), decimals: 1)]
      })
  }

  private static func accuracies(of group: NetworkGroup<ResultRow>) -> [String] {
    [Markdown.spread(group.spread(of: \.testAccuracy)), Markdown.spread(group.spread(of: \.validationAccuracy))]
  }

  private static func withRatio(_ count: Int, _ ratio: Double) -> String {
    "\(Markdown.count(count)) (\(Markdown.percent(ratio)))"
  }

  private static func notRun(_ experiment: Experiment) -> String {
    "Not run yet: there are no rows of \(experiment.rawValue)."
  }
}
