import Compression
import Files
import LinearAlgebra
import NeuralNetwork

/// A training that a peer repeats, without dropout, whose random values no peer has.
enum ParityCase: String, CaseIterable {
  /// The baseline, with the study's momentum and weight decay.
  case dense
  /// The same without both.
  case plainDense = "plain_dense"
  /// Fine-tuning of the trained baseline, truncated to D = 20.
  case lowRank = "low_rank"
  /// Dynamic SVD in every step at D = 20, from the trained baseline, by full SVDs: the rule as it is defined.
  case dynamic
  /// The same as it is run: by half a subspace iteration a step.
  case dynamicByHalfIterations = "dynamic_by_half_iterations"
}

/// The first steps of a training, for others to repeat.
struct Parity: Encodable {
  /// Of each step before its update.
  let losses: [Double]
  /// The images in the order in which they were seen, a batch after the other.
  let order: [Int]
  let plan: Plan

  /// Under the study file's keys.
  struct Plan: Encodable {
    let epochs, batch_size: Int
    let learning_rate, warmup_epochs, momentum, weight_decay, dropout: Double

    init(_ plan: TrainingPlan) {
      (epochs, batch_size, learning_rate) = (plan.epochs, plan.batchSize, plan.learningRate)
      (warmup_epochs, momentum, weight_decay) = (plan.warmupEpochs, plan.momentum, plan.weightDecay)
      dropout = plan.dropout
    }
  }
}

extension Inputs {
  /// Takes the first steps of a training.
  /// - Parameter weights: where the network is written before its first step, with all its digits.
  func parity<Scalar: BLASScalar>(
    _ training: ParityCase, of _: Scalar.Type, as type: SafeTensors.ElementType, steps: Int, weights: String
  ) throws -> Parity {
    let samples: Samples<Scalar> = samples()
    let network: Network<Scalar>
    let layers: [any TrainableLayer<Scalar>]
    var plan: TrainingPlan
    switch training {
    case .dense, .plainDense:
      (network, plan) = (initialNetwork(), configuration.baseline)
      layers = network.layers.map { $0.trainable() }
      if training == .plainDense { (plan.momentum, plan.weightDecay) = (0, 0) }
    case .lowRank:
      let dense: Network<Scalar> = trained()
      let svd = try NetworkSVD(of: dense, compressing: configuration.compressedLayers, workers: workers)
      (network, plan) = (svd.truncated(to: Works.rank).folded, configuration.part2.plan)
      layers = network.layers.map { $0.trainable() }
    case .dynamic, .dynamicByHalfIterations:
      (network, plan) = (trained(), try dynamicPlan())
      layers = dynamicSVD(of: network, renewal: training == .dynamic ? .every(steps: 1) : .eachStep)
    }
    plan.dropout = 0
    guard steps <= plan.steps(samples: samples.count) else {
      throw RequestError(found: "\(steps) steps", expected: "at most an epoch's, \(plan.steps(samples: samples.count))")
    }
    try AtomicFile.write(network.tensors(as: type).encoded, to: weights)
    var running = Steps(layers, plan: plan, samples: samples, seed: configuration.seed, workers: workers)
    let losses = try running.run(steps)
    return Parity(losses: losses, order: Array(running.order.prefix(steps * plan.batchSize)), plan: .init(plan))
  }
}
