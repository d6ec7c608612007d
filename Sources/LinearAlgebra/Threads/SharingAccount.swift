/// Decides whether sharing work among threads pays, from what it has saved and cost.
///
/// Where it has cost more than it saved, work is not shared for `rest` times the difference. So sharing costs at most one part in
/// `rest` of the whole time, beside the savings that are remembered, whatever else runs on the machine. Times are in nanoseconds.
struct SharingAccount {
  /// Savings that are remembered, so that a short stop of a thread on a machine that is otherwise free changes nothing.
  static let credit = 20_000_000
  /// The bound is 1/16: below the 10 % that two threads may lose against one, with room for what is not measured.
  static let rest = 16

  /// The longest loss that counts. A longer one is a pause of the whole program, as by Ctrl-Z, and says nothing of what follows.
  static let mostLoss = 50_000_000

  private var balance = 0
  private var resumes = Int.min

  /// Whether work should be shared now.
  func isSharing(at now: Int) -> Bool { now >= resumes }

  /// Takes account of a job that was shared, and ended at `now`.
  /// - Parameter gain: time that it saved; below 0, time that it cost.
  mutating func add(gain: Int, at now: Int) {
    balance = min(Self.credit, balance + gain)
    guard balance < 0 else { return }
    resumes = now + Self.rest * min(-balance, Self.mostLoss)
    balance = 0
  }
}
