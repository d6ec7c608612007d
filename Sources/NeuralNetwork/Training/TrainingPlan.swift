import LinearAlgebra

/// The hyper-parameters of one training.
public struct TrainingPlan: Equatable, Sendable {
  /// Number of passes over all images.
  public var epochs: Int
  /// Images a step; the last step of an epoch may have fewer.
  public var batchSize: Int
  /// The largest learning rate, reached at the end of the warm-up.
  public var learningRate: Double
  /// Epochs over which the learning rate rises linearly; may be a fraction.
  public var warmupEpochs: Double
  /// μ of Nesterov momentum.
  public var momentum: Double
  /// λ of L2 weight decay, for weights and not for biases.
  public var weightDecay: Double
  /// The probability that an activation of a hidden layer is set to zero.
  public var dropout: Double

  /// - Precondition: η ≥ 0, μ and dropout in 0 ..< 1, λ ≥ 0, a warm-up not longer than the training.
  public init(
    epochs: Int, batchSize: Int, learningRate: Double, warmupEpochs: Double, momentum: Double, weightDecay: Double,
    dropout: Double
  ) {
    precondition(epochs >= 1 && batchSize >= 1 && (0...Double(epochs)).contains(warmupEpochs))
    precondition(learningRate >= 0 && (0..<1).contains(momentum) && weightDecay >= 0 && (0..<1).contains(dropout))
    (self.epochs, self.batchSize, self.learningRate) = (epochs, batchSize, learningRate)
    (self.warmupEpochs, self.momentum, self.weightDecay) = (warmupEpochs, momentum, weightDecay)
    self.dropout = dropout
  }

  /// Batches in an epoch of `samples` images; the last may be smaller.
  public func steps(samples: Int) -> Int { (samples + batchSize - 1) / batchSize }

  /// The learning rate of a step: a linear warm-up, then half a cosine that would reach zero one step after the last
  /// (Loshchilov and Hutter 2017, without restarts).
  public func learningRate(step: Int, stepsPerEpoch: Int) -> Double {
    let warmup = warmupEpochs * Double(stepsPerEpoch)
    let position = Double(step + 1)
    if position <= warmup { return learningRate * position / warmup }
    let total = Double(epochs * stepsPerEpoch)
    return learningRate * (1 + Elementary.cosineAndSine(turns: (position - warmup) / max(1, total - warmup + 1) / 2).cosine)
      / 2
  }
}
