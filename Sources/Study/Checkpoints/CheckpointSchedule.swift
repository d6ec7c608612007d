/// When to save: after a number of seconds, and at the end of an epoch unless saving would take more than a hundredth of the
/// time.
///
/// Even the dense network of the paper, 40 MB with its momentum, takes a small part of an epoch to save: no other thread is needed.
struct CheckpointSchedule {
  /// Between two checkpoints.
  let interval: Duration
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  /// How long saving took the last time; at first, about as long as flushing a small file.
  private var cost = Duration.milliseconds(10)

  init(seconds: Double) { (interval, last) = (.seconds(seconds), clock.now) }

  /// Whether to save now.
  func isDue(atEpochEnd: Bool) -> Bool { clock.now - last >= (atEpochEnd ? min(interval, cost * 100) : interval) }

  /// Saves; the next interval begins then.
  mutating func save(_ body: () -> Void) {
    cost = clock.measure(body)
    last = clock.now
  }
}
