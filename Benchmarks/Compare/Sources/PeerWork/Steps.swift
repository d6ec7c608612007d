import LinearAlgebra
import NeuralNetwork

/// A training that goes on by as many steps as are asked for: what `TrainingLoop.run` does, without looking at the validation
/// images.
struct Steps<Scalar: BLASScalar> {
  private var backpropagation: Backpropagation<Scalar>
  private let plan: TrainingPlan
  private let samples: Samples<Scalar>
  private let seed: UInt64
  private let workers: Workers
  private let perEpoch: Int
  /// The images of this epoch.
  private(set) var order: [Int] = []
  private var done = 0

  init(
    _ layers: [any TrainableLayer<Scalar>], plan: TrainingPlan, samples: Samples<Scalar>, seed: UInt64, workers: Workers
  ) {
    backpropagation = Backpropagation(
      layers: layers, dropout: plan.dropout, seed: seed, streams: Self.streams, workers: workers)
    (self.plan, self.samples, self.seed, self.workers) = (plan, samples, seed, workers)
    perEpoch = plan.steps(samples: samples.count)
  }

  /// As in the baseline's training.
  private static var streams: String { "baseline" }

  var layers: [any TrainableLayer<Scalar>] { backpropagation.layers }

  /// Takes `count` steps.
  /// - Returns: the loss of each, before its update.
  /// - Throws: what a layer throws; `TrainingError.diverged`.
  @discardableResult
  mutating func run(_ count: Int) throws -> [Double] {
    var batch = InterleavedBatch<Scalar>(count: plan.batchSize, width: samples.width)
    var losses: [Double] = []
    for _ in 0..<count {
      if done % perEpoch == 0 {
        var shuffling = RandomStream(seed: seed, name: "\(Self.streams)/shuffling/\(done / perEpoch + 1)")
        order = shuffling.permutation(samples.count)
      }
      let start = done % perEpoch * plan.batchSize
      let indices = order[start..<min(order.count, start + plan.batchSize)]
      batch.reshape(count: indices.count, width: samples.width)
      samples.gather(indices, into: &batch, workers: workers)
      let rate = plan.learningRate(step: done, stepsPerEpoch: perEpoch)
      let rule = NesterovSGD(
        learningRate: Scalar(rate), momentum: Scalar(plan.momentum), weightDecay: Scalar(plan.weightDecay))
      losses.append(try backpropagation.step(batch, labels: indices.map { samples.labels[$0] }, rule: rule, step: done))
      done += 1
      guard losses.last?.isFinite == true else {
        throw TrainingError.diverged(
          epoch: (done - 1) / perEpoch + 1, step: done, learningRate: rate, .loss(losses.last ?? .nan))
      }
    }
    return losses
  }
}
