import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// As `matched(ranks:)`, with weights and factors of b bits. For a layer whose inputs in the quantised network so far are x̂:
  ///
  /// 1. V, of the reduced-rank regression, is quantised in the metric Ĉ: V̂;
  /// 2. U is solved again for what V̂ gives, h = V̂ x̂: U = Cov(y, h) (Cov(h) + ρ I)⁻¹;
  /// 3. U is quantised in the metric Cov(h): Û;
  /// 4. b′ = E y − Û V̂ E x̂, in 16 bits.
  ///
  /// A dense layer is W*, quantised in the metric Ĉ (Frantar et al. 2022, GPTQ; Saha et al. 2024, CALDERA).
  /// - Parameters:
  ///   - ranks: of the first layers; `nil` for a layer that stays dense, as those beyond the last do.
  ///   - bits: 8, 4, 3 or 2.
  /// - Throws: `CalibrationError.failed`.
  public func matched(ranks: [Int?], bits: Int) throws(CalibrationError) -> QuantisedNetwork {
    precondition(ranks.count <= network.layers.count)
    let metrics = try metrics()
    var layers: [QuantisedNetwork.Layer] = []
    var x = inputs[0]
    for index in network.layers.indices {
      let rank = index < ranks.count ? ranks[index] : nil
      layers.append(
        try CalibrationError.naming(layer: index) { () throws(LinearAlgebraError) in
          try quantised(index, rank: rank, bits: bits, seeing: x, metric: metrics[index])
        })
      guard index < network.layers.count - 1 else { break }
      x = QuantisedNetwork(layers: [layers[index]]).network.layers[0].outputs(
        of: x, activation: network.activation, workers: workers)
    }
    return QuantisedNetwork(layers: layers, activation: network.activation)
  }

  private func quantised(
    _ index: Int, rank: Int?, bits: Int, seeing x: Matrix<Float>, metric: OutputMetric
  ) throws(LinearAlgebraError) -> QuantisedNetwork.Layer {
    let (mean, c, k) = seen(index, x)
    let weights = try quantised(k: k, c: c, rank: rank, bits: bits, metric: metric)
    let bias = bias(index, weights.matrix, mean: mean).map { Float16($0) }
    guard bias.allSatisfy(\.isFinite) else { throw .overflow(precision: "Float16") }
    return QuantisedNetwork.Layer(weights, bias: bias)
  }

  private func quantised(
    k: Matrix<Double>, c: Matrix<Double>, rank: Int?, bits: Int, metric: OutputMetric
  ) throws(LinearAlgebraError) -> QuantisedNetwork.Weights {
    guard let rank else {
      let map = try ReducedRankRegression(k: k, c: c, workers: workers).map
      return .dense(try ErrorFeedback.quantise(map, metric: c, bits: bits, workers: workers))
    }
    let v = try ErrorFeedback.quantise(
      try factors(k: k, c: c, rank: rank, metric: metric).v, metric: c, bits: bits, workers: workers)
    let decoded = v.matrix(of: Double.self)
    let seen = Matrix.product(decoded * c, decoded, transposeB: true)
    let u = try ReducedRankRegression(
      k: Matrix.product(k, decoded, transposeB: true), c: seen, workers: workers
    ).map
    return .lowRank(u: try ErrorFeedback.quantise(u, metric: seen, bits: bits, workers: workers), vT: v)
  }
}

extension QuantisedNetwork.Weights {
  /// W, or Û V̂, in double precision.
  fileprivate var matrix: Matrix<Double> {
    switch self {
    case .dense(let weights): weights.matrix(of: Double.self)
    case .lowRank(let u, let vT): u.matrix(of: Double.self) * vT.matrix(of: Double.self)
    }
  }
}
