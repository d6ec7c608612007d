/// The result of a subspace iteration, and its error.
public struct SubspaceResult<Scalar: BLASScalar>: Equatable, Sendable {
  /// U m×D, D values, Vᵀ D×n.
  public let svd: SVD<Scalar>
  /// ρ: ‖A V − U S‖_F as measured (`decompose`), or a bound of it (`track`). Aᵀ U = V S holds by construction, so U, S and V are
  /// the exact singular triplets of a matrix whose distance from A is at most ρ.
  public let residual: Scalar
  /// Number of iterations: products with A from both sides.
  public let iterations: Int
  /// How the result came about.
  public let origin: Origin

  /// How a result came about.
  public enum Origin: String, Sendable {
    /// From a Gaussian block.
    case cold
    /// From the vectors of the last call, or given ones.
    case warm
    /// From such vectors, which had lost a direction; more iterations found it again.
    case recovered
    /// By the full SVD, because the iteration did not converge.
    case full
  }

  static func empty(rows: Int, columns: Int) -> SubspaceResult {
    let svd = SVD(
      u: Matrix<Scalar>(rows: rows, columns: 0), singularValues: [], vT: Matrix<Scalar>(rows: 0, columns: columns))
    return SubspaceResult(svd: svd, residual: 0, iterations: 0, origin: .cold)
  }

  /// The result for the matrix times `scale`.
  /// - Throws: `LinearAlgebraError.overflow`.
  func scaledBack(by scale: Scalar) throws(LinearAlgebraError) -> SubspaceResult {
    let values = try svd.singularValues.scaledBack(by: scale)
    return SubspaceResult(
      svd: SVD(u: svd.u, singularValues: values, vT: svd.vT), residual: residual * scale, iterations: iterations,
      origin: origin)
  }
}
