import LinearAlgebra

/// Trains layers on samples, epoch by epoch.
public struct Training<Scalar: BLASScalar>: Sendable {
  /// Epochs, batches, rates.
  public let plan: TrainingPlan
  /// What is trained on.
  public let samples: Samples<Scalar>
  /// What choices are made on; the training itself makes none.
  public let validation: Samples<Scalar>
  /// Of all random streams.
  public let seed: UInt64
  /// The names of the random streams begin with this: `<streams>/shuffling/<epoch>` and `<streams>/dropout/<layer>`.
  public let streams: String
  /// Who computes; results do not depend on it.
  public let workers: Workers

  /// A training, not yet begun.
  public init(
    plan: TrainingPlan, samples: Samples<Scalar>, validation: Samples<Scalar>, seed: UInt64, streams: String, workers: Workers
  ) {
    (self.plan, self.samples, self.validation) = (plan, samples, validation)
    (self.seed, self.streams, self.workers) = (seed, streams, workers)
  }

  /// Runs all epochs.
  ///
  /// - Parameters:
  ///   - onStep: called after each step; throws to stop the training.
  ///   - onEpoch: called after each epoch, and with epoch 0 before the first step.
  /// - Returns: the network after the last epoch, and the layers as they were trained. No epoch is chosen: the plan's length was, on the validation split.
  /// - Throws: `TrainingError.diverged`, what a layer throws, what the callbacks throw.
  public func run(
    _ layers: [any TrainableLayer<Scalar>], onStep: (TrainingStep) throws -> Void, onEpoch: (TrainingEpoch) throws -> Void
  ) throws -> (network: Network<Scalar>, layers: [any TrainableLayer<Scalar>]) {
    var trainer = Trainer(layers: layers, dropout: plan.dropout, seed: seed, streams: streams, workers: workers)
    let stepsPerEpoch = plan.steps(samples: samples.count)
    var network = try trainer.network()
    try onEpoch(
      TrainingEpoch(
        epoch: 0, learningRate: 0, trainingLoss: nil,
        validationAccuracy: network.accuracy(on: validation, workers: workers)))
    var step = 0
    for epoch in 1...plan.epochs {
      var shuffling = RandomStream(seed: seed, name: "\(streams)/shuffling/\(epoch)")
      let order = shuffling.permutation(samples.count)
      var (loss, rate) = (0.0, 0.0)
      var batch = InterleavedBatch<Scalar>(count: plan.batchSize, width: samples.width)
      for start in stride(from: 0, to: order.count, by: plan.batchSize) {
        let indices = order[start..<min(order.count, start + plan.batchSize)]
        batch.reshape(count: indices.count, width: samples.width)
        samples.gather(indices, into: &batch, workers: workers)
        rate = plan.learningRate(step: step, stepsPerEpoch: stepsPerEpoch)
        let rule = MomentumRule(
          learningRate: Scalar(rate), momentum: Scalar(plan.momentum), weightDecay: Scalar(plan.weightDecay))
        let batchLoss = try trainer.step(batch, labels: indices.map { samples.labels[$0] }, rule: rule, step: step)
        guard batchLoss.isFinite else { throw TrainingError.diverged(epoch: epoch, step: step + 1, learningRate: rate) }
        loss += batchLoss * Double(indices.count)
        step += 1
        try onStep(
          TrainingStep(
            epoch: epoch, epochs: plan.epochs, step: step, steps: plan.epochs * stepsPerEpoch,
            meanLoss: loss / Double(start + indices.count)))
      }
      network = try trainer.network()
      try onEpoch(
        TrainingEpoch(
          epoch: epoch, learningRate: rate, trainingLoss: loss / Double(samples.count),
          validationAccuracy: network.accuracy(on: validation, workers: workers)))
    }
    return (network, trainer.layers)
  }
}

/// Where a training stands after a step.
public struct TrainingStep: Sendable {
  /// 1 for the first.
  public let epoch: Int
  /// In the whole training.
  public let epochs: Int
  /// Steps done, of all epochs together.
  public let step: Int
  /// In the whole training.
  public let steps: Int
  /// Mean cross-entropy of the epoch so far, in nats.
  public let meanLoss: Double
}

/// What an epoch came to.
public struct TrainingEpoch: Sendable {
  /// 0 before the first step.
  public let epoch: Int
  /// Of the epoch's last step.
  public let learningRate: Double
  /// Mean cross-entropy over the epoch, with dropout, in nats; `nil` before the first epoch.
  public let trainingLoss: Double?
  /// In percent.
  public let validationAccuracy: Double
}

/// What can go wrong in a training.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss is no longer a number.
  case diverged(epoch: Int, step: Int, learningRate: Double)

  public var description: String {
    switch self {
    case .diverged(let epoch, let step, let learningRate):
      "training: found a loss that is no number in epoch \(epoch), step \(step), expected a finite one; "
        + "the learning rate \(learningRate) may be too large"
    }
  }
}
