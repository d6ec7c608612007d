import Results

extension StudyReport {
  /// The rank in the paper's claims.
  static let paperRank = 20

  /// The paper's claims one by one, without those about parts that the study does not have.
  static func claims(_ study: StudyFacts) -> [Block] {
    let claims: [(letter: String, parts: [Experiment], claim: (StudyFacts) -> Claim)] = [
      ("a", [.baseline], baselineClaim), ("b", [.part3], dynamicClaim), ("c", [.part1, .part2, .part3], memoryClaim),
      ("d", [.part1], fullRankClaim), ("e", [.part1], monotonyClaim),
    ]
    // Other data have no network of the paper's ranks: what they do not measure is no news.
    let measured = claims.filter { $0.parts == [.baseline] || $0.parts.contains(where: study.has) }
      .map { (letter: $0.letter, claim: $0.claim(study)) }
      .filter { !study.isOwnData || $0.claim.outcome != .notMeasured }
    return ["## The paper's claims"]
      + measured.map { letter, claim in
        let verdict = claim.verdict(in: study)
        let criterion = claim.criterion.isEmpty ? "" : " Criterion: \(claim.criterion)."
        return "**(\(letter)) \(claim.text)** \(claim.measured)\n\nVerdict: **\(verdict)**.\(criterion)"
      }
  }

  private static func baselineClaim(_ study: StudyFacts) -> Claim {
    let text = "The baseline has a test accuracy above 98 %."
    guard let accuracy = study.baseline?.test else { return missing(text, "No baseline was run.") }
    return Claim(
      text: text, measured: "Measured: \(Markdown.interval(accuracy)) %.",
      outcome: Claim.Outcome(study.testRange(accuracy)) { $0 > 98 ? .holds : .fails },
      criterion: "\(accuracy.name) lies above 98 %; below, it fails, and around 98 % it is undecided")
  }

  /// "About 97 %": from `reached` on it holds, from `exceeded` on there is more.
  private static let (reached, exceeded) = (96.5, 97.5)

  private static func dynamicClaim(_ study: StudyFacts) -> Claim {
    let text = "Dynamic SVD with D = \(paperRank) reaches about 97 %."
    let measured = study.networks(of: .part3).filter { $0.key.rank == paperRank && $0.key.isUniform }.compactMap { group in
      group.test.map { accuracy in
        let range = study.testRange(accuracy)
        return (
          cadence: group.key.cadence?.rawValue ?? "–", accuracy: accuracy, range: range,
          outcome: Claim.Outcome(range) { $0 >= reached ? .holds : .fails }
        )
      }
    }
    guard let first = measured.first else { return missing(text, "No dynamic network with D = \(paperRank) was run.") }
    let texts = measured.map { "\(Markdown.interval($0.accuracy)) % with an SVD every \($0.cadence)" }
    let holding = measured.filter { $0.outcome == .holds }
    let outcome: Claim.Outcome =
      measured.allSatisfy { $0.outcome == first.outcome } ? first.outcome : holding.isEmpty ? .undecided : .holdsInPart
    let reason =
      switch outcome {
      case .holdsInPart: ": with an SVD every " + Markdown.list(holding.map(\.cadence))
      case .holds where measured.allSatisfy { $0.range.lowerBound >= exceeded }: ", and is exceeded"
      default: ""
      }
    return Claim(
      text: text, measured: "Measured: \(Markdown.list(texts)).", outcome: outcome,
      criterion:
        "“about 97 %” is \(reached) % or more, and is exceeded from \(exceeded) % on, for all of \(first.accuracy.name); "
        + "it fails if all of it is below, and is undecided otherwise; with one cadence alone, it holds in part",
      reason: reason)
  }

  /// Full rank drops nothing: rounding may change the class of two images at most. With several seeds, the worst counts.
  private static func fullRankClaim(_ study: StudyFacts) -> Claim {
    let text = "At full rank the factors have the baseline's accuracy."
    guard let full = study.truncated.last, let baseline = study.baseline, let fullRanks = study.fullRanks else {
      return missing(text, "It needs the baseline, its spectra and part 1.")
    }
    guard let rank = full.key.rank, rank >= fullRanks.upperBound else {
      return missing(text, "The largest D that was run is \(full.key.rank ?? 0); full rank is \(fullRanks.upperBound).")
    }
    let images = full.rows.map(\.changedPredictions).max() ?? 0
    let measured =
      "Measured: \(Markdown.interval(full.test)) % with D = \(rank) and "
      + "\(Markdown.interval(baseline.test)) % without factors. "
      + "The predicted class differs for \(full.rows.count > 1 ? "at most " : "")\(Markdown.count(images)) of "
      + "\(Markdown.count(study.manifest.dataset.testImages)) images\(full.rows.count > 1 ? " with one seed" : "")."
    let outcome: Claim.Outcome = images <= 2 ? .holds : images <= 10 ? .holdsInPart : .fails
    return Claim(
      text: text, measured: measured, outcome: outcome,
      criterion: "another predicted class for at most 2 test images with each seed; for at most 10, it holds in part; "
        + "the images are counted, so that there is no interval")
  }

  /// A loss from one D to a larger one counts only if it exceeds the standard error of the test set.
  private static func monotonyClaim(_ study: StudyFacts) -> Claim {
    let text = "The smaller D, the lower the accuracy."
    let criterion =
      "no smaller D is better by more than one standard error of the test set; by at most one percentage point, it holds in "
      + "part; by the 95 % interval of the paired differences over the seeds, and with one seed over the test images"
    let points = study.truncated.compactMap { group in group.test.map { (group: group, accuracy: $0.mean) } }
    // The mean, the lower and the upper end of what a larger D loses.
    let drops = points.indices.flatMap { index in
      points[(index + 1)...].compactMap { larger in
        PairedDifference(points[index].group, larger.group, in: study).map { (from: points[index], to: larger, drop: $0) }
      }
    }
    guard let best = points.last, study.manifest.dataset.testImages > 0,
      let low = drops.map(\.drop.range.lowerBound).max(), let high = drops.map(\.drop.range.upperBound).max(),
      let worst = drops.max(by: { $0.drop.points.mean < $1.drop.points.mean })
    else { return missing(text, "It needs truncated networks of at least two ranks.") }
    let standardError = study.standardError(of: best.accuracy)
    let outcome = Claim.Outcome(low...high) { $0 <= standardError ? .holds : $0 <= 1 ? .holdsInPart : .fails }
    func rank(_ point: (group: NetworkGroup<ResultRow>, accuracy: Double)) -> String {
      "D = \(point.group.key.rank.map(String.init) ?? "–")"
    }
    let list = points.map { "\(Markdown.interval($0.group.test)) (\(rank($0)))" }
    var measured = "Measured: \(Markdown.list(list)) %."
    if let within = points.first(where: { best.accuracy - $0.accuracy <= 1 }) {
      measured += " From \(rank(within)) on, the loss is at most one percentage point."
    }
    guard worst.drop.points.mean > 0 else {
      return Claim(
        text: text, measured: measured, outcome: outcome, criterion: criterion,
        reason: outcome == .holds ? ": no smaller D is better" : "")
    }
    measured +=
      " \(rank(worst.from)) is \(worst.drop.text) better than \(rank(worst.to)). "
      + "One standard error of the test set is \(Markdown.number(standardError, decimals: 2)) points."
    return Claim(
      text: text, measured: measured, outcome: outcome, criterion: criterion,
      reason: outcome == .holds ? ", within one standard error" : "")
  }

  static func missing(_ text: String, _ why: String) -> Claim { Claim(text: text, measured: why, outcome: .notMeasured) }
}
