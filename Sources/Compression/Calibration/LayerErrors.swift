import LinearAlgebra
import NeuralNetwork

/// The error of each layer by its rank, by which ranks are allocated: [layer][r], r = 0 … min(m, n), falling to 0.
extension Calibration {
  /// Σ_{i>r} λ_i / Σ λ_i, with λ of W C Wᵀ: the share of the outputs' variance that rank r loses.
  /// - Throws: `CalibrationError.failed`.
  public func outputErrors() throws -> [[Double]] {
    try eachLayer { layer throws(LinearAlgebraError) in
      try OutputCovariance(weights: weights(layer), c: covariance(layer), workers: Workers(count: 1)).values()
    }.map(Self.shares)
  }

  /// Σ_{i>r} σ_i² / Σ σ_i², with σ the singular values of W: needs no image.
  /// - Throws: `CalibrationError.failed`.
  public func energyErrors() throws -> [[Double]] {
    try eachLayer { layer throws(LinearAlgebraError) in
      try LAPACKSVD.singularValues(of: weights(layer)).map { $0 * $0 }
    }.map(Self.shares)
  }

  /// Σ_{i>r} λ_i with λ of Rᵀ W C Wᵀ R: what rank r costs in the layer's `OutputMetric`, to second order in the loss. C is of the
  /// images that the metric is of. All 0 where no error costs anything.
  /// - Throws: `CalibrationError.failed`.
  public func gradientErrors() throws -> [[Double]] {
    let (metrics, few, alone) = (try metrics(), prefix(OutputMetric.images), Workers(count: 1))
    return try eachLayer { layer throws(LinearAlgebraError) in
      let weights = metrics[layer].weighted(weights(layer), workers: alone)
      let values = try OutputCovariance(weights: weights, c: few.covariance(layer), workers: alone).values()
      return metrics[layer].isFree ? values.map { _ in 0 } : values
    }.map(Self.sums)
  }

  /// The leading min(m, n) of `values` of each layer, the layers shared by the workers. The others are 0 but for rounding.
  private func eachLayer(_ values: (Int) throws(LinearAlgebraError) -> [Double]) throws -> [[Double]] {
    try workers.map(Array(network.layers.indices)) { layer in
      let all = try CalibrationError.naming(layer: layer) { () throws(LinearAlgebraError) in try values(layer) }
      return Array(all.prefix(min(shapes[layer].rows, shapes[layer].columns)))
    }
  }

  /// Σ_{i>r} λ_i for r = 0, 1, …
  private static func sums(_ values: [Double]) -> [Double] {
    var sums = [0.0]
    for value in values.reversed() { sums.append(sums[sums.count - 1] + value) }
    return sums.reversed()
  }

  /// The same as shares of the whole; all 0 where that is 0.
  private static func shares(_ values: [Double]) -> [Double] {
    let sums = sums(values)
    return sums.map { sums[0] > 0 ? $0 / sums[0] : 0 }
  }
}
