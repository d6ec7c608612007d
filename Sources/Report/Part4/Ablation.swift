import Results

extension Part4 {
  /// One step of the method more in each row.
  var ablation: [Block] {
    guard let steps = AblationSteps(study.results) else { return [] }
    let rows = steps.steps.filter(\.isOnTheWay).map { step in
      [step.name] + steps.ranks.map { step.networks[$0].map { Markdown.interval($0.test) } ?? "–" }
    }
    return [
      "What each step brings, by test accuracy:",
      .table(
        ReportTable(
          name: .ablation, caption: "Test accuracy with one step of the method more in each row, by budget.",
          columns: ["network"] + steps.ranks.map { "D = \($0)" }, rows: rows)),
    ]
  }
}

extension AblationSteps.Step {
  /// What it adds to the step before.
  fileprivate var name: String {
    if bits != 32 { return "the same with \(bits) bits" }
    if allocation != .uniform { return "+ \(allocation.title)" }
    return switch method {
    case .whitened: "+ bias corrected"
    case .matchedUnweighted: "+ matched to the layers before"
    case .matched: "+ weighted by the gradient"
    case .truncated, .whitenedKeepingBias, .dense, .fineTuned, .dynamic: method.title
    }
  }
}
