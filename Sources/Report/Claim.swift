/// A claim of the paper, what was measured, and the verdict.
struct Claim {
  enum Outcome: String {
    case holds
    case holdsInPart = "holds in part"
    case doesNotHold = "does not hold"
    /// The rows that it needs are missing.
    case notMeasured = "not measured"
  }

  let text: String
  /// The measured values, in whole sentences.
  let measured: String
  let outcome: Outcome
  /// The limits that the verdict follows from, as a phrase; empty where nothing was measured.
  var criterion = ""
  /// The text after the outcome, with its punctuation.
  var reason = ""

  /// The verdict's text: claims about MNIST are tested on MNIST only.
  func verdict(isMNIST: Bool, dataset: String) -> String {
    if outcome == .notMeasured { return outcome.rawValue }
    guard isMNIST else { return "not tested: \(dataset == "digits" ? "built-in digits" : dataset), not MNIST" }
    return outcome.rawValue + reason
  }
}
