import Compression
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import Workloads

/// Training steps of the network 784 – n ×5 – 10 at one size.
struct Step {
  private static let (compressed, oversampling) = (5, 10)

  /// The costs of one step, not measured yet.
  static func cost(_ sizes: Sizes) -> ScalingRow {
    let (network, batch) = (network(sizes, weights: { Matrix(rows: $0, columns: $1) }), sizes.batch)
    var row = ScalingRow(
      work: sizes.work, width: sizes.width, rank: sizes.work == .dense ? nil : sizes.rank, batch: batch, runs: 0,
      seconds: nil, flops: FLOPs.trainingStep(network, batch: batch), factorisationFlops: 0,
      bytes: Traffic.trainingStep(network, batch: batch), modelSeconds: .nan)
    if sizes.work == .dynamic {
      row.factorisationFlops = FLOPs.dynamicFactorisations(
        network, compressing: compressed, rank: sizes.rank, oversampling: oversampling)
      row.flops =
        FLOPs.dynamicStep(network, compressing: compressed, rank: sizes.rank, oversampling: oversampling, batch: batch)
        - row.factorisationFlops
      row.bytes = Traffic.dynamicStep(network, compressing: Self.compressed, batch: batch)
    }
    return row
  }

  private var backpropagation: Backpropagation<Float>
  private let images: InterleavedBatch<Float>
  private let labels: [UInt8]
  private var count = 0

  init(_ sizes: Sizes, workers: Workers) {
    let network = Self.network(sizes, weights: Self.falling)
    let layers =
      sizes.work == .dynamic
      ? network.dynamicSVD(
        rank: sizes.rank, compressing: Self.compressed, renewal: .eachStep, oversampling: Self.oversampling, seed: 1)
      : network.layers.map { $0.trainable() }
    backpropagation = Backpropagation(layers: layers, dropout: sizes.work == .lowRank ? 0 : 0.2, seed: 1, workers: workers)
    var stream = RandomStream(seed: 1, name: "scaling/images")
    images = InterleavedBatch(rowsOf: .normal(rows: sizes.batch, columns: network.inputs, from: &stream))
    labels = (0..<sizes.batch).map { UInt8($0 % 10) }
  }

  /// One step: with a rate of zero all is computed, and the weights do not change.
  /// - Returns: its seconds.
  mutating func run() throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    _ = try backpropagation.step(
      images, labels: labels, rule: NesterovSGD(learningRate: 0, momentum: 0.9, weightDecay: 5e-4), step: count)
    count += 1
    return (clock.now - start) / .seconds(1)
  }

  /// The network; layers of one shape have the same weights, and share them until training starts.
  private static func network(_ sizes: Sizes, weights: (_ outputs: Int, _ inputs: Int) -> Matrix<Float>) -> Network<Float> {
    let widths = [784] + [Int](repeating: sizes.width, count: compressed) + [10]
    let inner = matrices(sizes, weights, sizes.width, sizes.width)
    let layers = zip(widths, widths.dropFirst()).enumerated().map { index, size -> Layer<Float> in
      let bias = [Float](repeating: 0, count: size.1)
      guard index < compressed else { return .dense(Dense(weights: weights(size.1, size.0), bias: bias)) }
      switch index == 0 ? matrices(sizes, weights, size.1, size.0) : inner {
      case (let u, let vT?): return .lowRank(LowRank(u: u, singularValues: nil, vT: vT, bias: bias))
      case (let w, nil): return .dense(Dense(weights: w, bias: bias))
      }
    }
    return Network(layers: layers)
  }

  /// W, or U and Vᵀ.
  private static func matrices(
    _ sizes: Sizes, _ weights: (_ outputs: Int, _ inputs: Int) -> Matrix<Float>, _ outputs: Int, _ inputs: Int
  ) -> (Matrix<Float>, Matrix<Float>?) {
    guard sizes.work == .lowRank else { return (weights(outputs, inputs), nil) }
    return (weights(outputs, sizes.rank), weights(sizes.rank, inputs))
  }

  /// A matrix with the norm of initial weights, ‖W‖² = 2 · outputs, and 300 singular values that decay as those of trained weights
  /// do around D, so that a subspace iteration converges.
  private static func falling(_ outputs: Int, _ inputs: Int) -> Matrix<Float> {
    var stream = RandomStream(seed: 1, name: "scaling/\(outputs)×\(inputs)")
    let k = min(300, outputs, inputs)
    let values = (1...k).map { pow(Float($0), -1 / 3) }
    let u = Matrix<Float>.normal(rows: outputs, columns: k, from: &stream).scalingColumns(by: values)
    let w = u * Matrix<Float>.normal(rows: k, columns: inputs, from: &stream)
    let scale = (2 * Double(outputs) / w.sumOfSquares).squareRoot()
    return w.map { $0 * Float(scale) }
  }
}
