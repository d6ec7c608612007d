import Datasets
import LinearAlgebra
import NeuralNetwork
import Results

/// How a network answers samples, from one pass over them.
public struct NetworkEvaluation: Sendable {
  /// Samples × classes.
  public let logits: Matrix<Float>
  /// The class of each sample: that of its largest logit; `nil` where all its logits are NaN.
  public let answers: [Int?]
  /// How good the answers are; `nil` without labels.
  public let score: Score?

  /// How good answers are.
  public struct Score: Sendable {
    /// In percent.
    public let accuracy: Double
    /// The 95 % interval of the accuracy, in percent (Wilson 1927).
    public let interval: ClosedRange<Double>
    /// The mean cross-entropy in nats; NaN where a logit is.
    public let loss: Double
    public let confusion: ConfusionMatrix
  }

  /// Runs a network on samples that fit it (`DataFile.requireFit(to:)`).
  public init(of network: Network<Float>, on samples: Samples<Float>, workers: Workers) {
    let batches = network.eachBatch(of: samples, workers: workers) { logits, indices in
      var gradient = Matrix<Float>(rows: logits.rows, columns: logits.columns)
      let loss =
        samples.labels.isEmpty
        ? 0 : CrossEntropy.loss(logits: logits, labels: Array(samples.labels[indices]), gradient: &gradient)
      return (logits: logits, answers: logits.largestColumns, loss: loss * Double(logits.rows))
    }
    logits = Matrix(rows: samples.count, columns: network.classes, elements: batches.flatMap(\.logits.elements))
    answers = batches.flatMap(\.answers)
    guard !samples.labels.isEmpty else {
      score = nil
      return
    }
    let accuracy = samples.accuracy(of: answers)
    score = Score(
      accuracy: accuracy, interval: Wilson.interval(accuracy: accuracy, images: samples.count),
      loss: batches.reduce(0) { $0 + $1.loss } / Double(samples.count),
      confusion: ConfusionMatrix(classes: network.classes, labels: samples.labels, answers: answers))
  }
}
