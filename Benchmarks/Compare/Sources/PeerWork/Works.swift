import Compression
import LinearAlgebra
import NeuralNetwork
import Results

/// The works, each with its state.
struct Works {
  /// D of everything that is truncated.
  static let rank = 20
  /// SVDs along a drifting matrix: 17 in each of twelve turns, and the one that they begin with.
  private static let sequenceLength = 205

  private let workers: Workers
  /// W1 … W5.
  private let matrices: [Matrix<Float>]
  private var dense: Steps<Float>
  private var denseWithoutZeros: Steps<Float>
  private var dynamic: Steps<Float>
  private var dynamicWithoutZeros: Steps<Float>
  private var truncated: TruncatedSVDs
  /// Of the works `krylov_svd_…`.
  var large: LargeSVDs

  /// Everything at work, past its first steps.
  init(_ inputs: Inputs) throws {
    let (configuration, workers) = (inputs.configuration, inputs.workers)
    let (samples, full): (Samples<Float>, Samples<Float>) = (inputs.samples(), inputs.samples(withoutZeros: true))
    func steps(_ layers: [any TrainableLayer<Float>], _ plan: TrainingPlan, _ samples: Samples<Float>) -> Steps<Float> {
      Steps(layers, plan: plan, samples: samples, seed: configuration.seed, workers: workers)
    }
    let (initial, positive): (Network<Float>, Network<Float>) = (inputs.initialNetwork(), inputs.networkWithoutZeros())
    let plans = (dense: configuration.baseline, dynamic: try inputs.dynamicPlan())
    let trained: Network<Float> = inputs.trained()
    self.workers = workers
    large = LargeSVDs(workers: workers)
    matrices = trained.layers.prefix(configuration.compressedLayers).compactMap(\.matrix)
    dense = steps(initial.layers.map { $0.trainable() }, plans.dense, samples)
    denseWithoutZeros = steps(positive.layers.map { $0.trainable() }, plans.dense.withoutZeros, full)
    dynamic = steps(inputs.dynamicSVD(of: trained), plans.dynamic, samples)
    dynamicWithoutZeros = steps(inputs.dynamicSVD(of: positive), plans.dynamic.withoutZeros, full)
    truncated = TruncatedSVDs(
      of: try Self.sequence(&dynamic), oversampling: configuration.part3.oversampling, workers: workers)
  }

  /// W3 in consecutive steps of dynamic SVD: a matrix that changes as little as it does in a training.
  private static func sequence(_ training: inout Steps<Float>) throws -> [Matrix<Float>] {
    try training.run(5)
    return try (0..<sequenceLength).map { _ in
      try training.run(1)
      guard let layer = training.layers[2] as? any TrainableDynamicLayer<Float> else {
        throw RequestError(found: "a network whose third layer is not compressed", expected: "three hidden layers or more")
      }
      return layer.weights
    }
  }

  /// The time that `count` steps of a training take, SVDs of all layers, or truncated SVDs of one matrix after the other.
  mutating func seconds(for work: CompareRow.Work, count: Int) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    switch work {
    case .denseEpoch: try dense.run(count)
    case .denseEpochWithoutZeros: try denseWithoutZeros.run(count)
    case .dynamicEveryStep: try dynamic.run(count)
    case .dynamicEveryStepWithoutZeros: try dynamicWithoutZeros.run(count)
    case .fullSVDFiveLayers: for _ in 0..<count { _ = try workers.map(matrices) { try LAPACKSVD.decompose($0) } }
    case .truncatedSVDTrack: try truncated.track(count)
    case .truncatedSVDFollow: try truncated.follow(count)
    case .krylovSVD2048: try large.decompose(size: 2048, count: count)
    case .krylovSVD4096: try large.decompose(size: 4096, count: count)
    }
    let (seconds, attoseconds) = (clock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Begins the truncated SVDs again, with the first matrix.
  mutating func restart() throws { try truncated.restart() }

  /// Writes the factors of the last truncated SVD.
  /// - Returns: the number of its matrix.
  func writeFactors(to path: String) throws -> Int { try truncated.writeFactors(to: path) }

  /// Writes the matrices of the truncated SVDs, by number, to `matrices.safetensors`.
  /// - Returns: how many there are.
  func exportMatrices(to folder: String) throws -> Int { try truncated.export(to: "\(folder)/matrices.safetensors") }
}

extension TrainingPlan {
  /// The same steps on weights that stay as they are, and nothing dropped.
  fileprivate var withoutZeros: TrainingPlan {
    var plan = self
    (plan.learningRate, plan.dropout) = (0, 0)
    return plan
  }
}

extension Layer {
  /// The weights of a dense layer.
  fileprivate var matrix: Matrix<Scalar>? { if case .dense(let dense) = self { dense.weights } else { nil } }
}
