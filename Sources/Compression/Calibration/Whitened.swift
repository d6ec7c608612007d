import LinearAlgebra
import NeuralNetwork

/// The leading eigenvectors of the covariance of a layer's outputs, W C Wᵀ, by which its weights are projected:
///
///     Ŵ = U_r (U_rᵀ W),  b′ = b + (W − Ŵ) μ
///
/// The expected squared error of the outputs is then exactly Σ_{i>r} λ_i, the least of all maps of rank r (Chen et al. 2021, DRONE; Wang
/// et al. 2024, SVD-LLM). Neither an inverse nor a Cholesky factor of C is needed, so that constant inputs do no harm.
struct OutputCovariance {
  /// W C Wᵀ, m×m.
  let matrix: Matrix<Double>
  private let weights: Matrix<Double>

  /// - Parameters:
  ///   - weights: W, m×n.
  ///   - c: C, n×n.
  init(weights: Matrix<Double>, c: Matrix<Double>, workers: Workers) {
    self.weights = weights
    let product = c.multiplyTransposed(rowsOf: weights, workers: workers)
    matrix = weights.multiply(rowsOf: product, workers: workers)
  }

  /// λ, descending; those that rounding made negative are 0.
  /// - Throws: as `SymmetricEigen.values(of:)`.
  func values() throws(LinearAlgebraError) -> [Double] { try SymmetricEigen.values(of: matrix).map { max($0, 0) } }

  /// Ŵ of rank r as U_r (m×r) and U_rᵀ W (r×n).
  /// - Throws: as `SymmetricEigen.init(leading:of:)`.
  func factors(rank: Int) throws(LinearAlgebraError) -> (u: Matrix<Double>, v: Matrix<Double>) {
    let leading = try SymmetricEigen(leading: rank, of: matrix).vectors
    return (leading.transposed, leading * weights)
  }
}

extension Calibration {
  /// Compresses each layer by itself: `OutputCovariance`.
  /// - Parameters:
  ///   - ranks: of the first layers; `nil` for a layer that stays as it is, as those beyond the last do.
  ///   - correctingBias: without it, b′ = b.
  /// - Throws: `CalibrationError.failed`.
  public func whitened(ranks: [Int?], correctingBias: Bool = true) throws -> Network<Float> {
    precondition(ranks.count <= network.layers.count)
    let alone = Workers(count: 1)
    let compressed = try workers.map(Array(ranks.enumerated())) { index, rank in
      guard let rank else { return network.layers[index] }
      let outputs = OutputCovariance(weights: weights(index), c: covariance(index), workers: alone)
      return try CalibrationError.naming(layer: index) { () throws(LinearAlgebraError) in
        let (u, v) = try outputs.factors(rank: rank)
        let bias = correctingBias ? bias(index, u * v, mean: means[index]) : network.layers[index].bias
        return .lowRank(try LowRank(balancing: u, v, bias: bias))
      }
    }
    return Network(layers: compressed + network.layers[ranks.count...], activation: network.activation)
  }
}
