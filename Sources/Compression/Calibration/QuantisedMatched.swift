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
  /// - Throws: as `matched(ranks:)` and `ErrorFeedback.quantise`.
  public func matched(ranks: [Int?], bits: Int) throws(LinearAlgebraError) -> QuantisedNetwork {
    precondition(ranks.count <= network.layers.count)
    var layers: [QuantisedNetwork.Layer] = []
    var x = inputs[0]
    for index in network.layers.indices {
      let (mean, c, k) = seen(index, x)
      let weights = try quantised(k: k, c: c, rank: index < ranks.count ? ranks[index] : nil, bits: bits)
      let bias = bias(index, weights.matrix, mean: mean)
      let rounded = bias.map { Float16($0) }
      guard rounded.allSatisfy(\.isFinite) else { throw .overflow(precision: "Float16") }
      layers.append(QuantisedNetwork.Layer(weights, bias: rounded))
      guard index < network.layers.count - 1 else { break }
      x = QuantisedNetwork(layers: [layers[index]]).network.layers[0].outputs(of: x, relu: true, workers: workers)
    }
    return QuantisedNetwork(layers: layers)
  }

  private func quantised(
    k: Matrix<Double>, c: Matrix<Double>, rank: Int?, bits: Int
  ) throws(LinearAlgebraError) -> QuantisedNetwork.Weights {
    let regression = ReducedRankRegression(k: k, c: c, workers: workers)
    guard let rank else {
      return .dense(try ErrorFeedback.quantise(regression.map, metric: c, bits: bits, workers: workers))
    }
    let v = try ErrorFeedback.quantise(try regression.factors(rank: rank).v, metric: c, bits: bits, workers: workers)
    let decoded = v.matrix(of: Double.self)
    let metric = Matrix.product(decoded * c, decoded, transposeB: true)
    let again = ReducedRankRegression(k: Matrix.product(k, decoded, transposeB: true), c: metric, workers: workers)
    return .lowRank(u: try ErrorFeedback.quantise(again.map, metric: metric, bits: bits, workers: workers), vT: v)
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
