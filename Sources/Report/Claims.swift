import Results

extension StudyReport {
  /// The rank in the paper's claims.
  static let paperRank = 20

  /// The paper's claims one by one.
  static func claims(_ study: StudyFacts) -> [String] {
    let claims = [baselineClaim(study), dynamicClaim(study), memoryClaim(study), fullRankClaim(study), monotonyClaim(study)]
    return ["## The paper's claims"]
      + zip("abcde", claims).map { letter, claim in
        let verdict = claim.verdict(isMNIST: study.isMNIST, dataset: Markdown.cell(study.manifest.dataset.name))
        let criterion = claim.criterion.isEmpty ? "" : " Criterion: \(claim.criterion)."
        return "**(\(letter)) \(claim.text)** \(claim.measured)\n\nVerdict: **\(verdict)**.\(criterion)"
      }
  }

  private static func baselineClaim(_ study: StudyFacts) -> Claim {
    let text = "The baseline has a test accuracy above 98 %."
    guard let spread = study.baseline?.spread(of: \.testAccuracy) else { return missing(text, "No baseline was run.") }
    let outcome: Claim.Outcome = spread.minimum > 98 ? .holds : spread.maximum > 98 ? .holdsInPart : .doesNotHold
    let reason = outcome == .holdsInPart ? ": not with every seed" : ""
    return Claim(
      text: text, measured: "Measured: \(Markdown.spread(spread)) %.", outcome: outcome,
      criterion: "above 98 % with each seed; with some of them, it holds in part", reason: reason)
  }

  /// "About 97 %", by the median over the seeds: from `reached` on it holds, from `exceeded` on there is more.
  private static let (reached, exceeded) = (96.5, 97.5)

  private static func dynamicClaim(_ study: StudyFacts) -> Claim {
    let text = "Dynamic SVD with D = \(paperRank) reaches about 97 %."
    let measured = study.networks(of: .part3).filter { $0.key.rank == paperRank }.compactMap { group in
      group.spread(of: \.testAccuracy).map { (cadence: group.key.cadence?.rawValue ?? "–", spread: $0) }
    }
    guard !measured.isEmpty else { return missing(text, "No dynamic network with D = \(paperRank) was run.") }
    let texts = measured.map { "\(Markdown.spread($0.spread)) % with an SVD every \($0.cadence)" }
    let reaching = measured.filter { $0.spread.median >= reached }
    let outcome: Claim.Outcome = reaching.count == measured.count ? .holds : reaching.isEmpty ? .doesNotHold : .holdsInPart
    let reason =
      switch outcome {
      case .holdsInPart: ": with an SVD every " + Markdown.list(reaching.map(\.cadence))
      case .holds where measured.allSatisfy { $0.spread.median >= exceeded }: ", and is exceeded"
      default: ""
      }
    return Claim(
      text: text, measured: "Measured: \(Markdown.list(texts)).", outcome: outcome,
      criterion:
        "“about 97 %” is \(reached) % or more, and is exceeded from \(exceeded) % on, by the median over the seeds; "
        + "with one cadence alone, it holds in part", reason: reason)
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
      "Measured: \(Markdown.spread(full.spread(of: \.testAccuracy))) % with D = \(rank) and "
      + "\(Markdown.spread(baseline.spread(of: \.testAccuracy))) % without factors. "
      + "The predicted class differs for \(full.rows.count > 1 ? "at most " : "")\(Markdown.count(images)) of "
      + "\(Markdown.count(study.manifest.dataset.testImages)) images\(full.rows.count > 1 ? " with one seed" : "")."
    let outcome: Claim.Outcome = images <= 2 ? .holds : images <= 10 ? .holdsInPart : .doesNotHold
    return Claim(
      text: text, measured: measured, outcome: outcome,
      criterion: "another predicted class for at most 2 test images with each seed; for at most 10, it holds in part")
  }

  /// A loss from one D to a larger one counts only if it exceeds the standard error of the test set.
  private static func monotonyClaim(_ study: StudyFacts) -> Claim {
    let text = "The smaller D, the lower the accuracy."
    let criterion =
      "no smaller D is better by more than one standard error of the test set; by at most one percentage point, it holds in part"
    let points = study.truncated.compactMap { group -> (rank: Int, accuracy: Double)? in
      guard let rank = group.key.rank, let spread = group.spread(of: \.testAccuracy) else { return nil }
      return (rank, spread.median)
    }
    guard points.count > 1, let best = points.last, study.manifest.dataset.testImages > 0 else {
      return missing(text, "It needs truncated networks of at least two ranks.")
    }
    let standardError = study.standardError(of: best.accuracy)
    let drops = points.indices.flatMap { index in
      points[(index + 1)...].map { (from: points[index], to: $0, drop: points[index].accuracy - $0.accuracy) }
    }
    let worst = drops.max { $0.drop < $1.drop }.flatMap { $0.drop > 0 ? $0 : nil }
    let list = points.map { "\(Markdown.number($0.accuracy, decimals: 2)) (D = \($0.rank))" }
    var measured = "Measured: \(Markdown.list(list)) %."
    if let within = points.first(where: { best.accuracy - $0.accuracy <= 1 }) {
      measured += " From D = \(within.rank) on, the loss is at most one percentage point."
    }
    guard let worst else {
      return Claim(
        text: text, measured: measured, outcome: .holds, criterion: criterion, reason: ": no smaller D is better")
    }
    let drop = Markdown.number(worst.drop, decimals: 2)
    measured +=
      " D = \(worst.from.rank) is \(drop) points better than D = \(worst.to.rank). "
      + "One standard error of the test set is \(Markdown.number(standardError, decimals: 2)) points."
    let outcome: Claim.Outcome = worst.drop <= standardError ? .holds : worst.drop <= 1 ? .holdsInPart : .doesNotHold
    let reason = outcome == .holds ? ", within one standard error" : ""
    return Claim(text: text, measured: measured, outcome: outcome, criterion: criterion, reason: reason)
  }

  static func missing(_ text: String, _ why: String) -> Claim { Claim(text: text, measured: why, outcome: .notMeasured) }
}
