/// What the paper says, what was measured, and whether the one bears out the other.
struct Claim {
  enum Outcome: String {
    case holds
    case holdsInPart = "holds in part"
    case doesNotHold = "does not hold"
    /// The rows it needs are not there.
    case notMeasured = "not measured"
  }

  /// The paper's claim.
  let text: String
  /// Whole sentences with the numbers.
  let measured: String
  let outcome: Outcome
  /// What follows the outcome, with its punctuation; may be empty.
  var reason = ""

  /// The verdict's words: only MNIST can bear out what was said of MNIST.
  func verdict(isMNIST: Bool, dataset: String) -> String {
    if outcome == .notMeasured { return outcome.rawValue }
    guard isMNIST else { return "not tested: \(dataset == "digits" ? "built-in digits" : dataset), not MNIST" }
    return outcome.rawValue + reason
  }
}
