import Files
import LinearAlgebra
import NeuralNetwork

/// The first steps of a training, for others to repeat.
struct Parity: Encodable {
  /// Of each step before its update.
  let losses: [Double]
  /// The images in the order in which they were seen, a batch after the other.
  let order: [Int]
}

extension Inputs {
  /// Trains the baseline without dropout, whose random values no peer has.
  /// - Parameter weights: where the network is written before its first step, with all its digits.
  func parity<Scalar: BLASScalar>(
    of _: Scalar.Type, as type: SafeTensors.ElementType, steps: Int, weights: String
  ) throws -> Parity {
    var plan = configuration.baseline
    plan.dropout = 0
    let (network, samples): (Network<Scalar>, Samples<Scalar>) = (initialNetwork(), samples())
    guard steps <= plan.steps(samples: samples.count) else {
      throw RequestError(found: "\(steps) steps", expected: "at most an epoch's, \(plan.steps(samples: samples.count))")
    }
    try AtomicFile.write(network.tensors(as: type).encoded, to: weights)
    var training = Steps(
      network.layers.map { $0.trainable() }, plan: plan, samples: samples, seed: configuration.seed, workers: workers)
    let losses = try training.run(steps)
    return Parity(losses: losses, order: Array(training.order.prefix(steps * plan.batchSize)))
  }
}
