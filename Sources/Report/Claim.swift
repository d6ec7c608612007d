/// A claim of the paper, what was measured, and the verdict.
struct Claim {
  enum Outcome: String {
    case holds
    case holdsInPart = "holds in part"
    case fails
    /// The interval has values of which it would hold, and others.
    case undecided
    /// The rows that it needs are missing.
    case notMeasured = "not measured"

    /// The outcome that a rule gives for every value of an interval; it changes in one direction along it.
    init(_ range: ClosedRange<Double>, _ rule: (Double) -> Outcome) {
      let (low, high) = (rule(range.lowerBound), rule(range.upperBound))
      self = low == high ? low : .undecided
    }
  }

  let text: String
  /// The measured values, in whole sentences.
  let measured: String
  let outcome: Outcome
  /// The limits that the verdict follows from, as a phrase; empty where nothing was measured.
  var criterion = ""
  /// The text after the outcome, with its punctuation.
  var reason = ""

  /// The verdict's text: claims about a network for MNIST are tested on MNIST only, and on networks that the study trains.
  func verdict(in study: StudyFacts) -> String {
    if outcome == .notMeasured { return outcome.rawValue }
    if let why = study.whyUntested { return "not tested: \(why)" }
    return outcome.rawValue + reason
  }
}
