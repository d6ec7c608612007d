import LinearAlgebra

/// The errors of a training.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss, or a weight, is not finite, or the loss is far above that of guessing. Epoch and step count from 1.
  case diverged(epoch: Int, step: Int, learningRate: Double, found: String = "a loss that is not finite")

  public var description: String {
    switch self {
    case .diverged(let epoch, let step, let learningRate, let found):
      "epoch \(epoch), step \(step), learning rate \(Float(learningRate)): found \(found), expected a loss below 230 (guessing has 2.3)"
    }
  }

  /// Runs `body`, which may decompose the weights.
  /// - Throws: `diverged` where these are not finite, or too large; other errors as they are.
  static func reporting<Result>(epoch: Int, step: Int, rate: Double, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as LinearAlgebraError {
      switch error {
      case .notFinite, .overflow:
        throw diverged(epoch: epoch, step: step, learningRate: rate, found: "weights that are not finite")
      case .noConvergence, .tooLarge: throw error
      }
    }
  }
}
