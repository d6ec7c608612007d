/// The position of a training between two steps. With the layers it is the whole state, because the order of the images and
/// dropout come from random streams that depend on epoch and step.
public struct TrainingProgress: Equatable, Sendable {
  /// Finished epochs, their evaluation included.
  public let epochs: Int
  /// Finished steps, of all epochs together.
  public let step: Int
  /// The sum of the cross-entropy over the images of the current epoch so far, in nats.
  public let loss: Double

  /// The position after the evaluation of epoch 0.
  public static let start = TrainingProgress(epochs: 0, step: 0, loss: 0)

  /// A position in some training; see `fits(_:samples:)`.
  public init(epochs: Int, step: Int, loss: Double) { (self.epochs, self.step, self.loss) = (epochs, step, loss) }

  /// Whether a training by `plan` on so many images has this position.
  public func fits(_ plan: TrainingPlan, samples: Int) -> Bool {
    let steps = plan.steps(samples: samples)
    guard (0...plan.epochs).contains(epochs), loss.isFinite, loss >= 0 else { return false }
    return epochs == plan.epochs ? step == epochs * steps : (epochs * steps...(epochs + 1) * steps).contains(step)
  }
}
