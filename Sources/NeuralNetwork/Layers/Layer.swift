import LinearAlgebra

/// A linear layer with all its weights: y = x Wᵀ + b.
public struct Dense<Scalar: BLASScalar>: Equatable, Sendable {
  /// W: outputs × inputs.
  public var weights: Matrix<Scalar>
  /// b: one number an output.
  public var bias: [Scalar]

  /// W and b, of as many outputs.
  public init(weights: Matrix<Scalar>, bias: [Scalar]) {
    precondition(bias.count == weights.rows)
    (self.weights, self.bias) = (weights, bias)
  }
}

/// A linear layer as the factors of its weights, W ≈ U diag(S) Vᵀ, and run as such: y = ((x V) diag(S)) Uᵀ + b.
public struct LowRank<Scalar: BLASScalar>: Equatable, Sendable {
  /// U: outputs × D.
  public var u: Matrix<Scalar>
  /// The diagonal of S; `nil` where it is folded into the factors.
  public var singularValues: [Scalar]?
  /// Vᵀ: D × inputs.
  public var vT: Matrix<Scalar>
  /// b: one number an output.
  public var bias: [Scalar]

  /// Factors of one rank, and as many biases as U has rows.
  public init(u: Matrix<Scalar>, singularValues: [Scalar]?, vT: Matrix<Scalar>, bias: [Scalar]) {
    precondition(u.columns == vT.rows && bias.count == u.rows)
    precondition(singularValues.map { $0.count == u.columns } ?? true)
    (self.u, self.singularValues, self.vT, self.bias) = (u, singularValues, vT, bias)
  }

  /// D
  public var rank: Int { u.columns }

  /// The same layer with S multiplied into the factors, √S into each, so that both are of one size.
  public var folded: LowRank {
    guard let singularValues else { return self }
    let roots = singularValues.map { $0.squareRoot() }
    return LowRank(u: u.scalingColumns(by: roots), singularValues: nil, vT: vT.scalingRows(by: roots), bias: bias)
  }
}

/// A layer of a network.
public enum Layer<Scalar: BLASScalar>: Equatable, Sendable {
  case dense(Dense<Scalar>)
  case lowRank(LowRank<Scalar>)

  /// How many numbers the layer takes.
  public var inputs: Int {
    switch self {
    case .dense(let layer): layer.weights.columns
    case .lowRank(let layer): layer.vT.columns
    }
  }

  /// How many numbers the layer gives.
  public var outputs: Int { bias.count }

  /// b: one number an output.
  public var bias: [Scalar] {
    switch self {
    case .dense(let layer): layer.bias
    case .lowRank(let layer): layer.bias
    }
  }
}
