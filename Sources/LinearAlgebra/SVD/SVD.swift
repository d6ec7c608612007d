/// The factors of A = U diag(S) Vᵀ.
public struct SVD<Scalar: BinaryFloatingPoint & Sendable>: Equatable, Sendable {
  /// m×k, orthonormal columns.
  public let u: Matrix<Scalar>
  /// k values, descending, none negative.
  public let singularValues: [Scalar]
  /// k×n, orthonormal rows.
  public let vT: Matrix<Scalar>

  /// Factors of fitting sizes: `u` m×k, `vT` k×n.
  public init(u: Matrix<Scalar>, singularValues: [Scalar], vT: Matrix<Scalar>) {
    precondition(u.columns == singularValues.count && vT.rows == singularValues.count)
    (self.u, self.singularValues, self.vT) = (u, singularValues, vT)
  }

  /// k: the number of singular values.
  public var rank: Int { singularValues.count }

  /// The best approximation of rank `rank` in every unitarily invariant norm (Eckart and Young 1936, Mirsky 1960):
  /// the first `rank` columns of U, values, and rows of Vᵀ.
  public func truncated(to rank: Int) -> SVD {
    precondition(0 <= rank && rank <= self.rank)
    return SVD(u: u.columnSlice(0..<rank), singularValues: Array(singularValues[..<rank]), vT: vT.rowSlice(0..<rank))
  }
}

extension SVD where Scalar: BLASScalar {
  /// U diag(S) Vᵀ, multiplied out: m×n.
  public var product: Matrix<Scalar> { u.scalingColumns(by: singularValues) * vT }
}
