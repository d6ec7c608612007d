import Results

extension StudyReport {
  /// "About 2 %" is taken as 1.5 to 2.5 %.
  private static let aboutTwoPercent = 0.015...0.025

  static func memoryClaim(_ study: StudyFacts) -> Claim {
    let text = "With D = \(paperRank) the network takes about 2 % of the memory."
    let compressed = paperCosts(study).first { $0.key.method == .truncated } ?? paperCosts(study).first
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
    measured += "." + rankForTwoPercent(study, whole: whole)
    let half = halfPrecision(study, key: key, baseline: baseline)
    let verdict =
      aboutTwoPercent.contains(share) ? (outcome: Claim.Outcome.holds, reason: "") : half?.verdict ?? (.fails, "")
    let (low, high) = (Markdown.percent(aboutTwoPercent.lowerBound), Markdown.percent(aboutTwoPercent.upperBound))
    return Claim(
      text: text, measured: measured + (half?.measured ?? ""), outcome: verdict.outcome,
      criterion: "“about 2 %” is \(low) to \(high) of the baseline's parameters; it holds in part if only the bytes of "
        + "16-bit parameters are that share of the 32-bit baseline's, and no network with D = \(paperRank) loses more than one "
        + "standard error of the test set by its 16 bits (the 95 % interval of the paired losses over the seeds; with one seed, "
        + "over the test images, as if both were wrong on images as different as can be)", reason: verdict.reason)
  }

  /// The paper's methods with its D.
  private static func paperCosts(_ study: StudyFacts) -> [NetworkGroup<CostRow>] {
    study.costs.filter { $0.key.rank == paperRank && $0.key.isUniform && $0.key.experiment != .part4 }
  }

  /// What 16-bit parameters take, and what they do to the accuracy; `nil` if the tables do not say.
  private static func halfPrecision(
    _ study: StudyFacts, key: NetworkKey, baseline: CostRow
  ) -> (measured: String, verdict: (outcome: Claim.Outcome, reason: String))? {
    guard let factors = study.cost(of: key, .diagonal, bits: 16), let dense = study.cost(of: baseline.key, .dense, bits: 16)
    else { return nil }
    let (share, alike) = (Double(factors.bytes) / Double(baseline.bytes), Double(factors.bytes) / Double(dense.bytes))
    let networks = paperCosts(study).compactMap { HalfPrecision($0, study: study) }
    var measured =
      " With 16-bit parameters it takes \(Markdown.count(factors.bytes)) bytes: \(Markdown.percent(share)) of the 32-bit "
      + "baseline's, and like for like \(Markdown.percent(alike)) of the 16-bit baseline's. "
    guard !networks.isEmpty else { return (measured + "No accuracy in 16 bits was measured.", (.fails, "")) }
    measured +=
      "Stored in 16 bits and read back, the accuracy is \(Markdown.list(networks.map(\.text))). "
      + "One standard error of the test set is "
      + "\(Markdown.list(networks.map { Markdown.number($0.standardError, decimals: 2) })) points."
    guard aboutTwoPercent.contains(share) else { return (measured, (.fails, "")) }
    for (outcome, verb) in [(Claim.Outcome.fails, "cost"), (.undecided, "may cost")] {
      let losing = networks.filter { $0.outcome == outcome }
      guard losing.isEmpty else {
        return (measured, (outcome, ": 16 bits \(verb) accuracy (\(Markdown.list(losing.map(\.title))))"))
      }
    }
    return (
      measured,
      (
        .holdsInPart,
        ": with 16-bit parameters against a 32-bit baseline, not with D = \(paperRank) alone; against a 16-bit baseline it is "
          + Markdown.percent(alike)
      )
    )
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

/// The accuracies of one network in 32 and in 16 bits, both read back from how they are stored.
private struct HalfPrecision {
  let title: String
  private let (full, half): (Interval, Interval)
  /// The interval of 32 bits − 16 bits with the same seed, in points.
  private let loss: ClosedRange<Double>
  /// Of the accuracy in 32 bits, in points.
  let standardError: Double

  /// `nil` where one of the two was not measured.
  init?(_ costs: NetworkGroup<CostRow>, study: StudyFacts) {
    // As the network's file has it.
    guard let storage = costs.rows.first?.storage else { return nil }
    func accuracies(_ bits: Int) -> [(seed: UInt64, accuracy: Double)] {
      costs.rows.filter { $0.storage == storage && $0.bits == bits }.map { ($0.key.seed, $0.testAccuracy) }
    }
    let (whole, halves) = (accuracies(32), accuracies(16))
    let losses = whole.compactMap { row in halves.first { $0.seed == row.seed }.map { row.accuracy - $0.accuracy } }
    guard let full = Interval(whole.map(\.accuracy)), let half = Interval(halves.map(\.accuracy)),
      let loss = Interval(losses)
    else { return nil }
    (title, self.full, self.half) = (costs.key.title, full, half)
    // No table counts the images of these networks in 16 bits.
    self.loss = study.range(of: loss, differing: study.mostDiffering(full.mean, half.mean))
    standardError = study.standardError(of: full.mean)
  }

  var text: String { "\(Markdown.interval(half)) % (\(title); \(Markdown.interval(full)) % in 32 bits)" }

  /// Whether 16 bits cost at most one standard error.
  var outcome: Claim.Outcome { Claim.Outcome(loss) { $0 <= standardError ? .holds : .fails } }
}
