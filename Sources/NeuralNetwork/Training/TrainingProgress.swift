/// Where a training stands between two steps: with its layers, all that it goes on from. The order of the images and dropout
/// come from random streams that go by epoch and step.
public struct TrainingProgress: Equatable, Sendable {
  /// Epochs that are over, their evaluation included.
  public let epochs: Int
  /// Steps done, of all epochs together.
  public let step: Int
  /// The sum of the cross-entropy of the images that the epoch begun has seen, in nats.
  public let loss: Double

  /// After the evaluation with epoch 0.
  public static let start = TrainingProgress(epochs: 0, step: 0, loss: 0)

  /// A state of some training; see `fits(_:samples:)`.
  public init(epochs: Int, step: Int, loss: Double) {
    (self.epochs, self.step, self.loss) = (epochs, step, loss)
  }

  /// Whether a training by `plan` on so many images comes by here.
  public func fits(_ plan: TrainingPlan, samples: Int) -> Bool {
    let steps = plan.steps(samples: samples)
    guard (0...plan.epochs).contains(epochs), loss.isFinite, loss >= 0 else { return false }
    return epochs == plan.epochs ? step == epochs * steps : (epochs * steps...(epochs + 1) * steps).contains(step)
  }
}
