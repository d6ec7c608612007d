import LinearAlgebra
import NeuralNetwork

/// The error of each layer by its rank, by which ranks are allocated: [layer][r], r = 0 … min(m, n), falling to 0.
extension Calibration {
  /// Σ_{i>r} λ_i / Σ λ_i, with λ of W C Wᵀ: the share of the outputs' variance that rank r loses.
  /// - Throws: as `SymmetricEigen.values(of:)`.
  public func outputErrors() throws -> [[Double]] {
    try eachLayer { layer in
      try OutputCovariance(weights: weights(layer), c: covariances[layer], workers: Workers(count: 1)).values()
    }.map(Self.shares)
  }

  /// Σ_{i>r} σ_i² / Σ σ_i², with σ the singular values of W: needs no image.
  /// - Throws: as `LAPACKSVD.singularValues(of:)`.
  public func energyErrors() throws -> [[Double]] {
    try eachLayer { layer in try LAPACKSVD.singularValues(of: weights(layer)).map { $0 * $0 } }.map(Self.shares)
  }

  /// Σ_{i>r} λ_i with λ of G^½ W C Wᵀ G^½, G = E g gᵀ of the gradient g of the loss at the layer's outputs: to second order, what
  /// rank r costs the loss (Fisher's metric; Martens and Grosse 2015).
  ///
  /// The loss is the cross-entropy of labels drawn from the network's own predictions, softened, so that no label is needed.
  /// - Parameter seed: of the stream `calibration/labels`.
  /// - Throws: as `SymmetricEigen.values(of:)`.
  public func gradientErrors(seed: UInt64) throws -> [[Double]] {
    let metrics = gradientCovariances(seed: seed)
    return try eachLayer { layer in
      let outputs = OutputCovariance(weights: weights(layer), c: covariances[layer], workers: Workers(count: 1))
      return try outputs.values(inMetric: metrics[layer])
    }.map(Self.sums)
  }

  /// The leading min(m, n) of `values` of each layer, the layers shared by the workers. The others are 0 but for rounding.
  private func eachLayer(_ values: (Int) throws -> [Double]) throws -> [[Double]] {
    try workers.map(Array(network.layers.indices)) { layer in
      Array(try values(layer).prefix(min(shapes[layer].rows, shapes[layer].columns)))
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

extension OutputCovariance {
  /// The eigenvalues of G^½ M G^½ for M = W C Wᵀ, descending: those of Λ^½ Qᵀ G Q Λ^½, with M = Q Λ Qᵀ.
  fileprivate func values(inMetric g: Matrix<Double>) throws(LinearAlgebraError) -> [Double] {
    let eigen = try SymmetricEigen(leading: matrix.rows, of: matrix)
    let roots = eigen.vectors.scalingRows(by: eigen.values.map { max($0, 0).squareRoot() })
    let product = Matrix.product(roots * g, roots, transposeB: true)
    return try SymmetricEigen.values(of: product).map { max($0, 0) }
  }
}
