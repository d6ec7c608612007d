import Results

extension StudyReport {
  /// Ways to choose ranks at each D that several of them have, for each cadence: the validation images choose one, and the sentence
  /// gives its test accuracy.
  static func rankChoices(_ study: StudyFacts, _ experiment: Experiment, name: ReportTable.Name) -> [Block] {
    typealias Group = NetworkGroup<ResultRow>
    let groups = study.networks(of: experiment).filter { $0.key.rank != nil }
    let cadences = [nil] + Cadence.allCases
    let choices = cadences.flatMap { cadence in
      Set(groups.compactMap(\.key.rank)).sorted().map { rank in
        groups.filter { ($0.key.cadence, $0.key.rank) == (cadence, rank) }
      }
    }.filter { $0.count > 1 }
    guard !choices.isEmpty else { return [] }
    let sentences = choices.compactMap { groups -> String? in
      guard let best = Group.best(of: groups), let test = best.test else { return nil }
      return "With D = \(best.key.rank ?? 0) they choose \(best.key.allocationTitle) "
        + "(\(best.key.method.title(best.key.cadence))): \(study.withRange(test)) % on the test images."
    }
    return [
      .text(
        "Ways to choose the ranks of the layers, by the mean accuracy on the validation images. "
          + sentences.joined(separator: " ")
          + Part4.advantage(choices.joined().contains { $0.key.allocation == .sensitivity })),
      .table(
        ReportTable(
          name: name, caption: "Validation accuracy by the way to choose the ranks of the layers.",
          columns: ["network", "ranks", "D", "validation"],
          rows: choices.joined().map { group in
            [
              group.key.method.title(group.key.cadence), group.key.allocationTitle, "\(group.key.rank ?? 0)",
              Markdown.interval(group.validation),
            ]
          }, textColumns: 2)),
    ]
  }
}

extension StudyFacts {
  /// A test accuracy in percent with its 95 % interval, over the test images where there is one seed.
  func withRange(_ test: Interval) -> String {
    let range = testRange(test)
    return Markdown.interval(test)
      + (test.count > 1
        ? ""
        : " (\(Markdown.number(range.lowerBound, decimals: 2)) to \(Markdown.number(range.upperBound, decimals: 2)))")
  }
}
