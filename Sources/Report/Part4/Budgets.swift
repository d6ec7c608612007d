import Results

extension Part4 {
  /// Accuracies and sizes by budget and bits.
  var budgets: [Block] {
    guard !main.isEmpty, let allocation else { return [] }
    func table(_ name: ReportTable.Name, _ caption: String, _ cell: (Group) -> String) -> Block {
      .table(
        ReportTable(
          name: name, caption: caption, columns: ["D"] + bits.map { "\($0) bits" },
          rows: ranks(main).map { rank in
            ["\(rank)"] + bits.map { network(.matched, allocation, rank: rank, bits: $0).map(cell) ?? "–" }
          }))
    }
    let what = "of \(Results.Method.matched.title) networks with \(allocation.title), by budget and bits of a stored weight"
    return [
      .text("Test accuracy \(what):"),
      table(.budgets, "Test accuracy \(what).") { Markdown.interval($0.test) },
      "Their files in bytes, and as a share of the baseline's:",
      table(.budgetBytes, "Bytes \(what), and as a share of the baseline's.") { StudyReport.withRatio($0.bytes) },
    ]
  }

  /// The accuracy in the paper's claim, in percent.
  private static let claimed = 97.0

  /// The smallest network that the validation images say has the paper's accuracy, and what it has on the test images; nothing for
  /// data of another kind.
  var smallest: [Block] {
    guard !study.isOwnData else { return [] }
    let candidates = main.compactMap { group -> (group: Group, bytes: (count: Int, ratio: Double), test: Interval)? in
      guard let validation = group.validation, let test = group.test,
        study.validationRange(validation).lowerBound >= Self.claimed
      else { return nil }
      return (group, group.bytes, test)
    }
    guard let best = candidates.min(by: { $0.bytes.count < $1.bytes.count }) else {
      return main.isEmpty
        ? [] : ["No network of this table is above \(Int(Self.claimed)) % on the validation images for certain."]
    }
    let claim = Claim(
      text: "", measured: "", outcome: Claim.Outcome(study.testRange(best.test)) { $0 >= Self.claimed ? .holds : .fails })
    let verdict = claim.verdict(in: study)
    return [
      """
      **The smallest network with \(Int(Self.claimed)) %.** Chosen by the validation images, it is the one of the fewest bytes \
      whose 95 % interval there is not below \(Int(Self.claimed)) %: \(best.group.key.titleWithRank), \
      \(Markdown.count(best.bytes.count)) bytes, \(Markdown.percent(best.bytes.ratio)) of the baseline's. Validation: \
      \(Markdown.interval(best.group.validation)) %. Test: \(Markdown.interval(best.test)) %.

      Test accuracy of at least \(Int(Self.claimed)) %: **\(verdict)**. Criterion: \(best.test.name) lies at or above \
      \(Int(Self.claimed)) %; below, it fails, and around it, it is undecided.
      """
    ]
  }
}
