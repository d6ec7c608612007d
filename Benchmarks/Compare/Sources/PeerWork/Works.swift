import Compression
import LinearAlgebra
import NeuralNetwork
import Results

/// The works, each with its state.
struct Works {
  /// D, as a work's name has it.
  static let rank = 20

  private let workers: Workers
  /// W1 … W5.
  private let matrices: [Matrix<Float>]
  private var dense: Steps<Float>
  private var dynamic: Steps<Float>
  private(set) var truncated: TruncatedSVDs

  /// Everything at work, past its first steps.
  init(_ inputs: Inputs) throws {
    let (configuration, samples): (_, Samples<Float>) = (inputs.configuration, inputs.samples())
    let initial: Network<Float> = inputs.initialNetwork()
    (workers, matrices) = (inputs.workers, inputs.matrices)
    dense = Steps(
      initial.layers.map { $0.trainable() }, plan: configuration.baseline, samples: samples, seed: configuration.seed,
      workers: workers)
    guard let plan = configuration.part3.step else {
      throw RequestError(found: "no part3.step in study '\(configuration.name)'", expected: "dynamic SVD in every step")
    }
    let layers = inputs.trained.dynamicSVD(
      rank: Self.rank, compressing: configuration.compressedLayers, renewal: .eachStep,
      oversampling: configuration.part3.oversampling, seed: configuration.seed)
    dynamic = Steps(layers, plan: plan, samples: samples, seed: configuration.seed, workers: workers)
    truncated = try TruncatedSVDs(
      of: try Self.sequence(&dynamic), oversampling: configuration.part3.oversampling, workers: workers)
  }

  /// W3 in consecutive steps of dynamic SVD: a matrix that changes as little as it does in a training.
  private static func sequence(_ training: inout Steps<Float>) throws -> [Matrix<Float>] {
    try training.run(5)
    return try (0..<8).map { _ in
      try training.run(1)
      guard let layer = training.layers[2] as? any TrainableDynamicLayer<Float> else {
        preconditionFailure("W3 is compressed")
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
    case .dynamicEveryStep: try dynamic.run(count)
    case .fullSVDFiveLayers: for _ in 0..<count { _ = try workers.map(matrices) { try LAPACKSVD.decompose($0) } }
    case .truncatedSVDRank20: for _ in 0..<count { try truncated.next() }
    }
    let (seconds, attoseconds) = (clock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Writes the matrices of the truncated SVDs, by number, to `matrices.safetensors`.
  /// - Returns: how many there are.
  func exportMatrices(to folder: String) throws -> Int { try truncated.export(to: "\(folder)/matrices.safetensors") }
}
