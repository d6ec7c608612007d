import LinearAlgebra

/// The hyper-parameters of one training.
public struct TrainingPlan: Equatable, Sendable {
  /// How often every image is seen.
  public var epochs: Int
  /// Images a step; the last of an epoch may have fewer.
  public var batchSize: Int
  /// The largest learning rate: reached after the warm-up.
  public var learningRate: Double
  /// Epochs over which the learning rate rises in a straight line; may be a fraction.
  public var warmupEpochs: Double
  /// μ of Nesterov momentum.
  public var momentum: Double
  /// λ of L2 weight decay; of weights, not biases.
  public var weightDecay: Double
  /// The probability with which an activation of a hidden layer is zeroed.
  public var dropout: Double

  /// Numbers in their ranges: η ≥ 0, μ and dropout in 0 ..< 1, λ ≥ 0, a warm-up no longer than the training.
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

  /// The learning rate of a step: a linear warm-up, then half a cosine that would reach zero with
  /// one step more (Loshchilov and Hutter 2017, without
  /// restarts).
  public func learningRate(step: Int, stepsPerEpoch: Int) -> Double {
    let warmup = warmupEpochs * Double(stepsPerEpoch)
    let position = Double(step + 1)
    if position <= warmup { return learningRate * position / warmup }
    let total = Double(epochs * stepsPerEpoch)
    return learningRate * (1 + Elementary.cosineAndSine(turns: (position - warmup) / max(1, total - warmup + 1) / 2).cosine)
      / 2
  }
}
