import Results

extension StudyReport {
  /// "About 2 %" is taken as 1.5 to 2.5 %.
  private static let aboutTwoPercent = 0.015..<0.025

  static func memoryClaim(_ study: StudyFacts) -> Claim {
    let text = "With D = \(paperRank) the network takes about 2 % of the memory."
    let compressed =
      study.costs.first { $0.key.rank == paperRank && $0.key.method == .truncated }
      ?? study.costs.first { $0.key.rank == paperRank }
    guard let baseline = study.baseline.flatMap({ study.cost(of: $0.key, .dense) }), let key = compressed?.key,
      let diagonal = study.cost(of: key, .diagonal)
    else { return missing(text, "No costs of a network with D = \(paperRank) were written.") }

    let whole = Double(baseline.parameters)
    let share = Double(diagonal.parameters) / whole
    var measured =
      "Measured: \(Markdown.count(diagonal.parameters)) of \(Markdown.count(baseline.parameters)) parameters, "
      + "\(Markdown.percent(share))"
    if let folded = study.cost(of: key, .folded) {
      measured +=
        " (\(Markdown.count(folded.parameters)), \(Markdown.percent(Double(folded.parameters) / whole)), "
        + "with S folded into a factor)"
    }
    measured += "."
    let half = study.cost(of: key, .diagonal, bits: 16).map {
      Double($0.bits * $0.parameters) / (Double(baseline.bits) * whole)
    }
    if let half { measured += " With 16-bit parameters it takes \(Markdown.percent(half)) of the 32-bit baseline's memory." }
    measured += rankForTwoPercent(study, whole: whole)

    if aboutTwoPercent.contains(share) { return Claim(text: text, measured: measured, outcome: .holds) }
    if let half, aboutTwoPercent.contains(half) {
      return Claim(
        text: text, measured: measured, outcome: .holdsInPart,
        reason: ": with 16-bit parameters, not with D = \(paperRank) alone")
    }
    return Claim(text: text, measured: measured, outcome: .doesNotHold)
  }

  /// Below full rank there are a + b D parameters; the two smallest ranks give a and b.
  private static func rankForTwoPercent(_ study: StudyFacts, whole: Double) -> String {
    let points = study.truncated.compactMap { group -> (rank: Double, parameters: Double)? in
      guard let rank = group.key.rank, rank < study.fullRanks?.lowerBound ?? .max,
        let cost = study.cost(of: group.key, .diagonal)
      else { return nil }
      return (Double(rank), Double(cost.parameters))
    }
    guard points.count > 1, points[1].parameters > points[0].parameters else { return "" }
    let slope = (points[1].parameters - points[0].parameters) / (points[1].rank - points[0].rank)
    let parameters = { (rank: Double) in points[0].parameters + slope * (rank - points[0].rank) }
    let rank = points[0].rank + (0.02 * whole - points[0].parameters) / slope
    guard rank >= 1 else { return " With 32-bit parameters no D takes as little as 2 %." }
    let below = rank.rounded(.down)
    let around = (below == rank ? [below] : [below, below + 1]).map {
      "\(Markdown.percent(parameters($0) / whole)) with D = \(Int($0))"
    }
    return " With 32-bit parameters, 2 % corresponds to D ≈ \(Markdown.number(rank, decimals: 1)): \(Markdown.list(around))."
  }
}
