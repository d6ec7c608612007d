import LinearAlgebra

/// A linear layer as the factors of its weights, W ≈ U diag(S) Vᵀ, and run as such: y = ((x V) diag(S)) Uᵀ + b.
public struct LowRank<Scalar: BLASScalar>: Equatable, Sendable {
  /// U: outputs × D.
  public var u: Matrix<Scalar>
  /// The diagonal of S; `nil` where it is folded into the factors.
  public var singularValues: [Scalar]?
  /// Vᵀ: D × inputs.
  public var vT: Matrix<Scalar>
  /// b: one element an output.
  public var bias: [Scalar]

  /// Factors of one rank, and as many biases as U has rows.
  public init(u: Matrix<Scalar>, singularValues: [Scalar]?, vT: Matrix<Scalar>, bias: [Scalar]) {
    precondition(u.columns == vT.rows && bias.count == u.rows)
    precondition(singularValues.map { $0.count == u.columns } ?? true)
    (self.u, self.singularValues, self.vT, self.bias) = (u, singularValues, vT, bias)
  }

  /// The factors that an SVD gives, S as its diagonal.
  public init(_ svd: SVD<Scalar>, bias: [Scalar]) {
    self.init(u: svd.u, singularValues: svd.singularValues, vT: svd.vT, bias: bias)
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
