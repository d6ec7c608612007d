/// When to save: after so many seconds, and at an epoch's end already, unless that would take more than a
/// hundredth of the time.
///
/// Measured: the dense network of the paper, 40 MB with its momentum, takes a quarter of a second, a third of it to flush, where
/// an epoch takes 12 s. So it is done between two steps, by no other thread.
struct CheckpointSchedule {
  /// Between two checkpoints.
  let interval: Duration
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  /// What saving took the last time; to begin with, about what it takes to flush a small file.
  private var cost = Duration.milliseconds(10)

  init(seconds: Double) {
    (interval, last) = (.seconds(seconds), clock.now)
  }

  /// Whether to save now.
  func isDue(atEpochEnd: Bool) -> Bool {
    clock.now - last >= (atEpochEnd ? min(interval, cost * 100) : interval)
  }

  /// Saves, and counts from then on.
  mutating func save(_ body: () -> Void) {
    cost = clock.measure(body)
    last = clock.now
  }
}
