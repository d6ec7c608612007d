import NeuralNetwork
import Results

/// Callbacks that report the progress of a run.
public struct StudyObserver: Sendable {
  /// A sentence for the person.
  public var message: @Sendable (String) -> Void
  /// A warning: something that is perhaps not meant.
  public var warning: @Sendable (String) -> Void
  /// After each step of a training; `network` says of what.
  public var step: @Sendable (_ network: String, TrainingStep) -> Void
  /// After each epoch.
  public var epoch: @Sendable (_ network: String, TrainingEpoch) -> Void
  /// Asked after each step: whether to stop.
  public var isInterrupted: @Sendable () -> Bool

  /// Callbacks that are not given do nothing.
  public init(
    message: @escaping @Sendable (String) -> Void = { _ in }, warning: @escaping @Sendable (String) -> Void = { _ in },
    step: @escaping @Sendable (String, TrainingStep) -> Void = { _, _ in },
    epoch: @escaping @Sendable (String, TrainingEpoch) -> Void = { _, _ in },
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.message, self.warning, self.step, self.epoch, self.isInterrupted) = (message, warning, step, epoch, isInterrupted)
  }
}
