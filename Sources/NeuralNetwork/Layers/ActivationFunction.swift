import LinearAlgebra

/// What follows each layer of a network but the last, element by element. Its name is that of PyTorch's function.
public enum ActivationFunction: String, CaseIterable, Sendable {
  /// max(0, x)
  case relu
  case tanh
  /// x Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel 2016): not its approximation by tanh.
  case gelu
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// x
  case identity

  /// Adds the bias to a tile of a layer's product, and applies the function.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply<Scalar: BLASScalar>(to tile: BatchTile<Scalar>, bias: [Scalar]) {
    switch self {
    case .relu: tile.addBiasThenReLU(bias)
    case .identity: tile.addBias(bias)
    case .tanh: tile.addBias(bias, then: { Scalar(Elementary.tanh(Double($0))) })
    case .gelu: tile.addBias(bias, then: { Scalar(Double($0) * Elementary.normalDistribution(Double($0))) })
    case .sigmoid: tile.addBias(bias, then: { Scalar(Elementary.sigmoid(Double($0))) })
    }
  }

  /// The function of one element. NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func value<Scalar: BLASScalar>(_ x: Scalar) -> Scalar {
    switch self {
    case .relu: max(x, 0)
    case .identity: x
    case .tanh: Scalar(Elementary.tanh(Double(x)))
    case .gelu: Scalar(Double(x) * Elementary.normalDistribution(Double(x)))
    case .sigmoid: Scalar(Elementary.sigmoid(Double(x)))
    }
  }

  /// The derivative at x; that of ReLU at 0 is 0.
  public func derivative(_ x: Double) -> Double {
    switch self {
    case .relu: return x > 0 ? 1 : 0
    case .identity: return 1
    case .tanh:
      let y = Elementary.tanh(x)
      return 1 - y * y
    case .gelu: return Elementary.normalDistribution(x) + x * Elementary.normalDensity(x)
    case .sigmoid:
      let y = Elementary.sigmoid(x)
      return y * (1 - y)
    }
  }
}
