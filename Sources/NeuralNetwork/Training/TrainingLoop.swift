import LinearAlgebra

/// Trains layers on samples, epoch by epoch.
public struct TrainingLoop<Scalar: BLASScalar>: Sendable {
  /// The hyper-parameters.
  public let plan: TrainingPlan
  /// The images for training.
  public let samples: Samples<Scalar>
  /// The images for the accuracy after each epoch. The training makes no choice by it.
  public let validation: Samples<Scalar>
  /// The seed of all random streams.
  public let seed: UInt64
  /// The names of the random streams begin with this: `<streams>/shuffling/<epoch>` and `<streams>/dropout/<layer>`.
  public let streams: String
  /// The threads. Results do not depend on them.
  public let workers: Workers

  /// A training that has not begun.
  public init(
    plan: TrainingPlan, samples: Samples<Scalar>, validation: Samples<Scalar>, seed: UInt64, streams: String,
    workers: Workers
  ) {
    (self.plan, self.samples, self.validation) = (plan, samples, validation)
    (self.seed, self.streams, self.workers) = (seed, streams, workers)
  }

  /// Runs all epochs, or the remaining ones.
  ///
  /// - Parameters:
  ///   - start: the position at which `layers` were saved; `nil` for a new training.
  ///   - onStep: called after each step; throws to stop the training.
  ///   - onEpoch: called after each epoch, and before the first step with epoch 0.
  ///   - onProgress: called after each of these with the state from which the training can be resumed; throws to stop it.
  /// - Returns: the network after the last epoch, and the trained layers. No epoch is selected.
  /// - Throws: `TrainingError.diverged`, what a layer throws, what the callbacks throw.
  public func run(
    _ layers: [any TrainableLayer<Scalar>], from start: TrainingProgress? = nil, onStep: (TrainingStep) throws -> Void,
    onEpoch: (TrainingEpoch) throws -> Void,
    onProgress: (TrainingProgress, [any TrainableLayer<Scalar>]) throws -> Void = { _, _ in }
  ) throws -> (network: Network<Scalar>, layers: [any TrainableLayer<Scalar>]) {
    precondition(start?.fits(plan, samples: samples.count) ?? true)
    var backpropagation = Backpropagation(
      layers: layers, dropout: plan.dropout, seed: seed, streams: streams, workers: workers)
    var progress = start ?? .start
    var network: Network<Scalar>?
    func evaluate(epoch: Int, rate: Double, loss: Double?) throws {
      let evaluated = try TrainingError.reporting(
        epoch: epoch, step: epoch * plan.steps(samples: samples.count), rate: rate
      ) {
        let network = try backpropagation.network()
        try network.requireFinite()
        return network
      }
      let accuracy = evaluated.accuracy(on: validation, workers: workers)
      network = evaluated
      try onEpoch(TrainingEpoch(epoch: epoch, learningRate: rate, trainingLoss: loss, validationAccuracy: accuracy))
      progress = TrainingProgress(epochs: epoch, step: epoch * plan.steps(samples: samples.count), loss: 0)
      try onProgress(progress, backpropagation.layers)
    }
    if start == nil { try evaluate(epoch: 0, rate: 0, loss: nil) }
    while progress.epochs < plan.epochs {
      let (loss, rate) = try runEpoch(of: &backpropagation, from: progress, onStep: onStep, onProgress: onProgress)
      let (epoch, mean) = (progress.epochs + 1, loss / Double(samples.count))
      guard mean <= TrainingError.largestLoss else {
        throw TrainingError.diverged(
          epoch: epoch, step: epoch * plan.steps(samples: samples.count), learningRate: rate, .loss(mean)
        )
      }
      try evaluate(epoch: epoch, rate: rate, loss: mean)
    }
    // A training that is resumed at its end evaluates nothing.
    return (try network ?? backpropagation.network(), backpropagation.layers)
  }

  /// Runs the remaining steps of an epoch.
  /// - Returns: the sum of the cross-entropy over all its images, and the learning rate of its last step.
  private func runEpoch(
    of backpropagation: inout Backpropagation<Scalar>, from start: TrainingProgress, onStep: (TrainingStep) throws -> Void,
    onProgress: (TrainingProgress, [any TrainableLayer<Scalar>]) throws -> Void
  ) throws -> (loss: Double, rate: Double) {
    let stepsPerEpoch = plan.steps(samples: samples.count)
    let epoch = start.epochs + 1
    var shuffling = RandomStream(seed: seed, name: "\(streams)/shuffling/\(epoch)")
    let order = shuffling.permutation(samples.count)
    var (step, loss) = (start.step, start.loss)
    var batch = InterleavedBatch<Scalar>(count: plan.batchSize, width: samples.width)
    while step < epoch * stepsPerEpoch {
      let first = (step - start.epochs * stepsPerEpoch) * plan.batchSize
      let indices = order[first..<min(order.count, first + plan.batchSize)]
      batch.reshape(count: indices.count, width: samples.width)
      samples.gather(indices, into: &batch, workers: workers)
      let rate = plan.learningRate(step: step, stepsPerEpoch: stepsPerEpoch)
      let rule = NesterovSGD(
        learningRate: Scalar(rate), momentum: Scalar(plan.momentum), weightDecay: Scalar(plan.weightDecay))
      let batchLoss = try TrainingError.reporting(epoch: epoch, step: step + 1, rate: rate) {
        try backpropagation.step(batch, labels: indices.map { samples.labels[$0] }, rule: rule, step: step)
      }
      guard batchLoss.isFinite else {
        throw TrainingError.diverged(epoch: epoch, step: step + 1, learningRate: rate, .loss(batchLoss))
      }
      loss += batchLoss * Double(indices.count)
      step += 1
      try onStep(
        TrainingStep(
          epoch: epoch, epochs: plan.epochs, step: step, steps: plan.epochs * stepsPerEpoch,
          meanLoss: loss / Double(indices.endIndex)))
      try onProgress(TrainingProgress(epochs: start.epochs, step: step, loss: loss), backpropagation.layers)
    }
    return (loss, plan.learningRate(step: step - 1, stepsPerEpoch: stepsPerEpoch))
  }
}

/// The progress of a training after a step.
public struct TrainingStep: Sendable {
  /// Counted from 1.
  public let epoch: Int
  /// Number of epochs of the training.
  public let epochs: Int
  /// Finished steps, of all epochs together.
  public let step: Int
  /// Number of steps of the training.
  public let steps: Int
  /// Mean cross-entropy of the epoch so far, in nats.
  public let meanLoss: Double
}

/// The results of an epoch.
public struct TrainingEpoch: Equatable, Sendable {
  /// 0 before the first step.
  public let epoch: Int
  /// The learning rate of the last step.
  public let learningRate: Double
  /// Mean cross-entropy over the epoch, with dropout, in nats; `nil` before the first epoch.
  public let trainingLoss: Double?
  /// In percent.
  public let validationAccuracy: Double
}
