import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// Compresses layer by layer, from the first: each map is the best of its rank from the layer's inputs in the compressed network,
  /// x̂, to its outputs in the original, so that it corrects the errors of the layers before it (`ReducedRankRegression`).
  ///
  ///     Ŵ = U V,  b′ = E y − Ŵ E x̂
  ///
  /// Errors count as they matter to the loss (`OutputMetric`): U = R⁻ᵀ Ũ, where Ũ V is the best map to Rᵀ y.
  ///
  /// Dense layers before the first compressed one are kept; those behind it are W*, of full rank.
  /// - Parameters:
  ///   - ranks: of the first layers, 1 … min(m, n); `nil` for a layer that stays dense, as those beyond the last do.
  ///   - isWeighted: without it, all errors of the outputs count alike: R = I.
  /// - Throws: `CalibrationError.failed`.
  public func matched(ranks: [Int?], isWeighted: Bool = true) throws(CalibrationError) -> Network<Float> {
    precondition(ranks.count <= network.layers.count)
    let metrics = isWeighted ? try metrics() : nil
    var layers: [Layer<Float>] = []
    var x = inputs[0]
    for (index, layer) in network.layers.enumerated() {
      let rank = index < ranks.count ? ranks[index] : nil
      let isFirst = layers.allSatisfy { if case .dense = $0 { true } else { false } }
      let next =
        isFirst && rank == nil
        ? layer
        : try CalibrationError.naming(layer: index) { () throws(LinearAlgebraError) in
          try matched(index, rank: rank, seeing: x, metric: metrics?[index])
        }
      layers.append(next)
      if index < network.layers.count - 1 { x = next.outputs(of: x, activation: network.activation, workers: workers) }
    }
    return Network(layers: layers, activation: network.activation)
  }

  /// Layer `index`, compressed to `rank` (`nil`: dense), where its inputs are the rows of `x`.
  private func matched(
    _ index: Int, rank: Int?, seeing x: Matrix<Float>, metric: OutputMetric?
  ) throws(LinearAlgebraError) -> Layer<Float> {
    let (mean, c, k) = seen(index, x)
    guard let rank else {
      let map = try ReducedRankRegression(k: k, c: c, workers: workers).map
      return .dense(Dense(weights: map.map(Float.init), bias: bias(index, map, mean: mean)))
    }
    let (u, v) = try factors(k: k, c: c, rank: rank, metric: metric)
    return .lowRank(try LowRank(balancing: u, v, bias: bias(index, u * v, mean: mean)))
  }

  /// U (m×r) and V (r×n) for K and Ĉ; without a metric all errors count alike.
  func factors(
    k: Matrix<Double>, c: Matrix<Double>, rank: Int, metric: OutputMetric?
  ) throws(LinearAlgebraError) -> (u: Matrix<Double>, v: Matrix<Double>) {
    precondition(rank >= 1 && rank <= min(k.rows, k.columns))
    guard let metric else { return try ReducedRankRegression(k: k, c: c, workers: workers).factors(rank: rank) }
    let weighted = metric.weighted(k, workers: workers)
    let (u, v) = try ReducedRankRegression(k: weighted, c: c, workers: workers).factors(rank: rank)
    return (metric.unweighted(u, workers: workers), v)
  }

  /// E x̂, Ĉ and K of layer `index`, whose inputs in the compressed network are the rows of `x`.
  func seen(_ index: Int, _ x: Matrix<Float>) -> (mean: [Double], c: Matrix<Double>, k: Matrix<Double>) {
    let layer = network.layers[index]
    // The first layer's inputs are the images in both networks.
    let (mean, c) = index == 0 ? (means[0], covariance(0)) : moments(of: x)
    if layer.outputs < layer.inputs / 2 {
      // K = Cov(y, x̂), which is less work where y is short.
      let y = layer.outputs(of: inputs[index], workers: workers)
      let outputMean = Moments.mean(of: y, workers: workers)
      return (mean, c, Moments.covariance(of: y, mean: outputMean, with: x, mean: mean, workers: workers))
    }
    // K = W Cov(x, x̂).
    let cross =
      index == 0
      ? c : Moments.covariance(of: inputs[index], mean: means[index], with: x, mean: mean, workers: workers)
    return (mean, c, cross.multiplyTransposed(rowsOf: weights(index), workers: workers))
  }

  private func moments(of x: Matrix<Float>) -> (mean: [Double], c: Matrix<Double>) {
    let mean = Moments.mean(of: x, workers: workers)
    return (mean, Moments.covariance(of: x, mean: mean, workers: workers))
  }

  /// b′ = E y − Ŵ E x̂.
  func bias(_ index: Int, _ map: Matrix<Double>, mean: [Double]) -> [Float] {
    let product = map * Matrix(rows: mean.count, columns: 1, elements: mean)
    return zip(outputMean(index), product.elements).map { Float($0 - $1) }
  }
}

extension LowRank<Float> {
  /// U V (m×r, r×n) as factors of equal size, √S in each, with S of the SVD of U V.
  init(balancing u: Matrix<Double>, _ v: Matrix<Double>, bias: [Float]) throws(LinearAlgebraError) {
    let left = try LAPACKSVD.decompose(u)
    let svd = try LAPACKSVD.decompose(left.vT.scalingRows(by: left.singularValues) * v)
    let balanced = LowRank<Double>(
      SVD(u: left.u * svd.u, singularValues: svd.singularValues, vT: svd.vT), bias: bias.map(Double.init)
    ).folded
    self.init(u: balanced.u.map(Float.init), singularValues: nil, vT: balanced.vT.map(Float.init), bias: bias)
  }
}
