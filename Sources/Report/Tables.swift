import Results

extension StudyReport {
  static func baseline(_ study: StudyFacts, _ figures: FigureLinks) -> [Block] {
    let origin = study.network.map { file, digest -> Block in
      .text("It was read from \(Markdown.code(file)), SHA-256 \(Markdown.code(digest)), and not trained here.")
    }
    return [
      "## Baseline",
      table(of: study.networks(of: .baseline), name: .baseline, caption: "The baseline.", ratios: false)
        ?? notRun(.baseline),
    ] + [origin].compactMap { $0 }
      + (study.has(.part3)
        ? [] : figures.show("spectra", "Singular values of the compressed weight matrices.") + learningCurves(figures))
  }

  /// Figures of all networks' sizes.
  static func sizes(_ figures: FigureLinks) -> [Block] {
    figures.show("accuracy-by-parameters", "Test accuracy by number of parameters.")
      + figures.show("bytes", "Size of each network's file.")
  }

  private static func learningCurves(_ figures: FigureLinks) -> [Block] {
    figures.show("learning-curves", "Validation accuracy and training loss by epoch.")
  }

  static func part1(_ study: StudyFacts, _ figures: FigureLinks) -> [Block] {
    guard study.has(.part1) else { return [] }
    let title: Block = "## Part 1: truncation"
    guard !study.truncated.isEmpty else { return [title, notRun(.part1)] }
    let rows = study.truncated.map { group -> [String] in
      let stored = [Storage.diagonal, .folded].map { storage in
        study.cost(of: group.key, storage).map { withRatio(($0.parameters, $0.parameterRatio)) } ?? "–"
      }
      return [group.key.rank.map(String.init) ?? "–"] + accuracies(of: group) + stored
        + [withRatio(group.bytes), withRatio(group.macs)]
    }
    let header = [
      "D", "test", "validation", "parameters, S as its diagonal", "parameters, S folded into a factor", "bytes", "MACs",
    ]
    return [
      title,
      """
      Each compressed weight matrix is replaced by the factors of its D largest singular values, without training. MACs \
      are multiply–accumulates for one image.
      """,
      .table(
        ReportTable(name: .truncated, caption: "Truncated networks, without training.", columns: header, rows: rows)),
      .text(larger(study)),
    ] + figures.show("accuracy-by-rank", "Test accuracy by rank. The axis of accuracy is logarithmic in the error.")
      + sizes(figures)
  }

  /// Names the truncated networks that are not smaller than the baseline.
  private static func larger(_ study: StudyFacts) -> String {
    let larger = study.truncated.filter { $0.rows[0].parameterRatio >= 1 }
    guard !larger.isEmpty else { return "Every truncated network has fewer parameters than the baseline." }
    return larger.map { group in
      let rank = group.key.rank.map(String.init) ?? "–"
      let isFull = study.fullRanks.map { (group.key.rank ?? 0) >= $0.upperBound } ?? false
      let ratio = Markdown.number(group.rows[0].parameterRatio, decimals: 2)
      let name = "D = \(rank)\(isFull ? ", full rank," : "")"
      return "**\(name) is larger than the baseline**, not smaller: its factors and biases are "
        + "\(Markdown.count(group.rows[0].parameters)) parameters, \(ratio) times the baseline's."
    }.joined(separator: " ")
  }

  static func part2(_ study: StudyFacts) -> [Block] {
    guard study.has(.part2) else { return [] }
    let start = study.configuration?["part2"]?["start"]?.string
    return [
      "## Part 2: factors fine-tuned",
      table(of: study.networks(of: .part2), name: .fineTuned, caption: "Networks with fine-tuned factors.")
        ?? notRun(.part2),
    ] + (start == Method.matched.rawValue ? ["The training starts from matched factors, not from truncated ones."] : [])
      + rankChoices(study, .part2, name: .fineTunedRanks)
  }

  static func part3(_ study: StudyFacts, _ figures: FigureLinks) -> [Block] {
    guard study.has(.part3) else { return [] }
    let networks = study.networks(of: .part3)
    return [
      "## Part 3: dynamic SVD",
      table(of: networks, name: .dynamic, caption: "Networks trained with dynamic SVD.") ?? notRun(.part3),
    ] + rankChoices(study, .part3, name: .dynamicRanks) + comparison(study) + ranksALayer(study)
      + (networks.contains { $0.key.cadence == .epoch } ? [.text(betweenRenewals)] : [])
      + figures.show(
        "spectra",
        "Singular values before and after dynamic SVD, and below them their ratio. Those after it are of W = F + R, before "
          + "truncation to rank D.")
      + learningCurves(figures)
  }

  private static let betweenRenewals =
    """
    With an SVD every epoch, F has rank D only at the beginning of an epoch. Until the next SVD it is trained as a full matrix, \
    and the forward pass leaves rank D. The network that is measured, and whose size is given, is SVD_D(W), of rank D.
    """

  private static func table(
    of groups: [NetworkGroup<ResultRow>], name: ReportTable.Name, caption: String, ratios: Bool = true
  ) -> Block? {
    guard !groups.isEmpty else { return nil }
    let rows = groups.map { group in
      [group.key.titleWithRank] + accuracies(of: group)
        + [group.parameters, group.bytes, group.macs].map { ratios ? withRatio($0) : Markdown.count($0.count) }
        + [Markdown.interval(group.interval(of: \.seconds), decimals: 1)]
    }
    return .table(
      ReportTable(
        name: name, caption: caption,
        columns: ["network", "test", "validation", "parameters", "bytes", "MACs", "seconds"], rows: rows))
  }

  static func accuracies(of group: NetworkGroup<ResultRow>) -> [String] {
    [Markdown.interval(group.test), Markdown.interval(group.validation)]
  }

  static func withRatio(_ size: (count: Int, ratio: Double)) -> String {
    "\(Markdown.count(size.count)) (\(Markdown.percent(size.ratio)))"
  }

  private static func notRun(_ experiment: Experiment) -> Block {
    "Not run yet: there are no rows of \(experiment.rawValue)."
  }
}
