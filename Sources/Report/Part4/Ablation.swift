import Results

extension Part4 {
  /// One step of the method more in each row.
  var ablation: [Block] {
    let plain = networks.filter { $0.key.method != .matched }
    guard !plain.isEmpty else { return [] }
    let ranks = ranks(plain)
    func row(_ title: String, _ method: Results.Method, _ allocation: Allocation?, bits: Int = 32) -> [String]? {
      let groups = ranks.map { network(method, allocation, rank: $0, bits: bits) }
      guard groups.contains(where: { $0 != nil }) else { return nil }
      return [title] + groups.map { $0.map { Markdown.interval($0.test) } ?? "–" }
    }
    let chosen = allocation ?? .uniform
    let steps: [[String]?] =
      [
        row("truncated", .truncated, .uniform), row("whitened, bias kept", .whitenedKeepingBias, .uniform),
        row("+ bias corrected", .whitened, .uniform), row("+ matched to the layers before", .matched, .uniform),
        chosen == .uniform ? nil : row("+ \(chosen.title)", .matched, chosen),
      ] + bits.filter { $0 != 32 }.map { row("the same with \($0) bits", .matched, chosen, bits: $0) }
    return [
      "What each step brings, by test accuracy:",
      .table(
        ReportTable(
          name: .ablation, caption: "Test accuracy with one step of the method more in each row, by budget.",
          columns: ["network"] + ranks.map { "D = \($0)" }, rows: steps.compactMap { $0 })),
    ]
  }
}
