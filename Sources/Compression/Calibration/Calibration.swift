import LinearAlgebra
import NeuralNetwork

/// A dense network and what it does with calibration images: the statistics by which it is compressed without training.
///
/// For layer l: y = W x + b, with W of m×n; μ = E x and C = Cov(x) over the images. Labels are not used. What not every method needs
/// is computed when it is first asked for.
public struct Calibration: Sendable {
  /// The network.
  public let network: Network<Float>
  let workers: Workers
  /// x of each layer: images × n.
  let inputs: [Matrix<Float>]
  /// μ of each layer.
  let means: [[Double]]
  /// The logits: images × classes.
  let logits: Matrix<Float>
  private let seed: UInt64
  private let covarianceMatrices: [Once<Matrix<Double>>]
  private let outputMetrics = Once<Result<[OutputMetric], CalibrationError>>()

  /// Runs a dense network on the images `indices` of `samples`.
  /// - Parameter seed: of the stream `calibration/labels`, from which `OutputMetric` draws.
  /// - Throws: `CalibrationError` where a weight is not finite, or a layer's outputs are not, or are the same for all images.
  public init(
    of network: Network<Float>, samples: Samples<Float>, indices: [Int], seed: UInt64, workers: Workers
  ) throws(CalibrationError) {
    precondition(indices.count >= 2 && samples.width == network.inputs)
    try Self.requireFinite(network)
    (self.network, self.seed, self.workers) = (network, seed, workers)
    var (x, inputs) = (samples.matrix(indices, workers: workers), [Matrix<Float>]())
    for (index, layer) in network.layers.enumerated() {
      inputs.append(x)
      x = layer.outputs(of: x, activation: network.activation(after: index), workers: workers)
      guard x.elements.allSatisfy(\.isFinite) else { throw .overflow(layer: index) }
      guard !x.hasEqualRows else { throw .constantOutputs(layer: index, images: indices.count) }
    }
    (self.inputs, logits) = (inputs, x)
    means = inputs.map { Moments.mean(of: $0, workers: workers) }
    covarianceMatrices = inputs.map { _ in Once() }
  }

  /// The same with the first `count` images alone, or with all where there are fewer.
  func prefix(_ count: Int) -> Calibration { count < images ? Calibration(self, first: count) : self }

  private init(_ whole: Calibration, first count: Int) {
    (network, seed, workers) = (whole.network, whole.seed, whole.workers)
    inputs = whole.inputs.map { $0.rowSlice(0..<count) }
    logits = whole.logits.rowSlice(0..<count)
    means = inputs.map { [workers] in Moments.mean(of: $0, workers: workers) }
    covarianceMatrices = inputs.map { _ in Once() }
  }

  private static func requireFinite(_ network: Network<Float>) throws(CalibrationError) {
    for (index, layer) in network.layers.enumerated() {
      guard case .dense(let dense) = layer else { preconditionFailure("a layer that is already factored") }
      let bias = Matrix(rows: 1, columns: dense.bias.count, elements: dense.bias)
      for (name, matrix) in [("weight", dense.weights), ("bias", bias)] {
        guard let place = matrix.elements.firstIndex(where: { !$0.isFinite }) else { continue }
        throw .notFinite(
          tensor: "layers.\(index).\(name)", row: place / matrix.columns, column: place % matrix.columns,
          value: Double(matrix.elements[place]))
      }
    }
  }

  /// C of a layer, n×n.
  func covariance(_ layer: Int) -> Matrix<Double> {
    covarianceMatrices[layer].value { Moments.covariance(of: inputs[layer], mean: means[layer], workers: workers) }
  }

  /// What the outputs of each layer are measured in.
  /// - Throws: `CalibrationError.failed`.
  func metrics() throws(CalibrationError) -> [OutputMetric] {
    try outputMetrics.value {
      Result { () throws(CalibrationError) in
        var metrics: [OutputMetric] = []
        for (layer, gradients) in prefix(OutputMetric.images).gradientCovariances(seed: seed).enumerated() {
          metrics.append(
            try CalibrationError.naming(layer: layer) { () throws(LinearAlgebraError) in try OutputMetric(gradients) })
        }
        return metrics
      }
    }.get()
  }

  /// Rows and columns of each layer's weights.
  public var shapes: [(rows: Int, columns: Int)] { network.layers.map { ($0.outputs, $0.inputs) } }

  /// Number of images.
  public var images: Int { logits.rows }

  /// W of a layer in double precision: m×n.
  func weights(_ layer: Int) -> Matrix<Double> {
    guard case .dense(let dense) = network.layers[layer] else { preconditionFailure("a layer that is already factored") }
    return dense.weights.map(Double.init)
  }

  /// E y = W μ + b of a layer.
  func outputMean(_ layer: Int) -> [Double] {
    let product = Matrix.product(weights(layer), Matrix(rows: means[layer].count, columns: 1, elements: means[layer]))
    return zip(product.elements, network.layers[layer].bias).map { $0 + Double($1) }
  }
}

extension Matrix<Float> {
  /// Whether all rows are the same.
  fileprivate var hasEqualRows: Bool {
    zip(elements, elements.dropFirst(columns)).allSatisfy { $0 == $1 }
  }
}

extension Samples<Float> {
  /// The inputs of the images `indices`: images × width.
  func matrix(_ indices: [Int], workers: Workers) -> Matrix<Float> {
    var batch = InterleavedBatch<Float>(count: indices.count, width: width)
    gather(indices[...], into: &batch, workers: workers)
    return batch.matrix
  }
}
