import LinearAlgebra

/// A layer of a network.
public enum Layer<Scalar: BLASScalar>: Equatable, Sendable {
  case dense(Dense<Scalar>)
  case lowRank(LowRank<Scalar>)

  /// Length of an input vector.
  public var inputs: Int {
    switch self {
    case .dense(let layer): layer.weights.columns
    case .lowRank(let layer): layer.vT.columns
    }
  }

  /// Length of an output vector.
  public var outputs: Int { bias.count }

  /// D; `nil` of a dense layer.
  public var rank: Int? {
    switch self {
    case .dense: nil
    case .lowRank(let layer): layer.rank
    }
  }

  /// b: one element an output.
  public var bias: [Scalar] {
    switch self {
    case .dense(let layer): layer.bias
    case .lowRank(let layer): layer.bias
    }
  }
}
