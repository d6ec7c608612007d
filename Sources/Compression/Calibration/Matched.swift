import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// Compresses layer by layer, from the first: each map is the best of its rank from the layer's inputs in the compressed network,
  /// x̂, to its outputs in the original, so that it corrects the errors of the layers before it (`ReducedRankRegression`).
  ///
  ///     Ŵ = U V,  b′ = E y − Ŵ E x̂
  ///
  /// Dense layers before the first compressed one are kept; those behind it are W*, of full rank.
  /// - Parameter ranks: of the first layers; `nil` for a layer that stays dense, as those beyond the last do.
  /// - Throws: as `SymmetricEigen.init(leading:of:)`.
  public func matched(ranks: [Int?]) throws(LinearAlgebraError) -> Network<Float> {
    precondition(ranks.count <= network.layers.count)
    var layers: [Layer<Float>] = []
    var x = inputs[0]
    for (index, layer) in network.layers.enumerated() {
      let rank = index < ranks.count ? ranks[index] : nil
      let isFirst = layers.allSatisfy { if case .dense = $0 { true } else { false } }
      let next = isFirst && rank == nil ? layer : try matched(index, rank: rank, seeing: x)
      layers.append(next)
      if index < network.layers.count - 1 { x = next.outputs(of: x, relu: true, workers: workers) }
    }
    return Network(layers: layers)
  }

  /// Layer `index`, compressed to `rank` (`nil`: dense), where its inputs are the rows of `x`.
  private func matched(_ index: Int, rank: Int?, seeing x: Matrix<Float>) throws(LinearAlgebraError) -> Layer<Float> {
    let statistics = seen(index, x)
    let regression = ReducedRankRegression(k: statistics.k, c: statistics.c, workers: workers)
    guard let rank else {
      let map = regression.map
      return .dense(Dense(weights: map.map(Float.init), bias: bias(index, map, mean: statistics.mean)))
    }
    let (u, v) = try regression.factors(rank: rank)
    return .lowRank(try LowRank(balancing: u, v, bias: bias(index, u * v, mean: statistics.mean)))
  }

  /// E x̂, Ĉ and K of layer `index`, whose inputs in the compressed network are the rows of `x`.
  func seen(_ index: Int, _ x: Matrix<Float>) -> (mean: [Double], c: Matrix<Double>, k: Matrix<Double>) {
    // Cov(y, x̂) = W Cov(x, x̂). The first layer's inputs are the images in both networks.
    func k(_ cross: Matrix<Double>) -> Matrix<Double> { cross.multiplyTransposed(rowsOf: weights(index), workers: workers) }
    if index == 0 { return (means[0], covariances[0], k(covariances[0])) }
    let mean = Moments.mean(of: x, workers: workers)
    let c = Moments.covariance(of: x, mean: mean, workers: workers)
    return (
      mean, c,
      k(Moments.covariance(of: inputs[index], mean: means[index], with: x, mean: mean, workers: workers))
    )
  }

  /// b′ = E y − Ŵ E x̂.
  func bias(_ index: Int, _ map: Matrix<Double>, mean: [Double]) -> [Float] {
    let product = map * Matrix(rows: mean.count, columns: 1, elements: mean)
    return zip(outputMean(index), product.elements).map { Float($0 - $1) }
  }
}

extension LowRank<Float> {
  /// U V as factors of equal size, √S in each, with S of the SVD of U V: U is m×r with orthonormal columns, V r×n.
  init(balancing u: Matrix<Double>, _ v: Matrix<Double>, bias: [Float]) throws(LinearAlgebraError) {
    let svd = try LAPACKSVD.decompose(v)
    let balanced = LowRank<Double>(
      SVD(u: u * svd.u, singularValues: svd.singularValues, vT: svd.vT), bias: bias.map(Double.init)
    ).folded
    self.init(u: balanced.u.map(Float.init), singularValues: nil, vT: balanced.vT.map(Float.init), bias: bias)
  }
}
