import LinearAlgebra

/// The errors of a training.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// Epoch and step count from 1.
  case diverged(epoch: Int, step: Int, learningRate: Double, Sign)

  /// What shows that a training has diverged.
  public enum Sign: Equatable, Sendable {
    /// The loss of a step that is not finite, or the mean loss of an epoch above `largestLoss`, in nats.
    case loss(Double)
    /// Weights that are not finite, or whose singular values overflow.
    case weights
  }

  /// A training stops at an epoch whose mean loss is above this: a hundred times that of guessing among ten classes, 2.3 nats.
  /// A sound training may have such a loss in single steps, but in the mean of an epoch only if it is lost.
  static let largestLoss = 100 * Elementary.log(10)

  public var description: String {
    switch self {
    case .diverged(let epoch, let step, let learningRate, let sign):
      let place = "epoch \(epoch), step \(step), learning rate \(Float(learningRate))"
      return switch sign {
      case .loss(let loss):
        "\(place): found a loss of \(Float(loss)), expected one below \(Int(Self.largestLoss)) (guessing has 2.3)"
      case .weights: "\(place): found weights that are not finite, expected finite ones"
      }
    }
  }

  /// Runs `body`, which may decompose the weights.
  /// - Throws: `diverged` where these are not finite, or too large; other errors as they are.
  static func reporting<Result>(epoch: Int, step: Int, rate: Double, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as LinearAlgebraError {
      switch error {
      case .notFinite, .overflow: throw diverged(epoch: epoch, step: step, learningRate: rate, .weights)
      case .noConvergence, .tooLarge: throw error
      }
    }
  }
}
