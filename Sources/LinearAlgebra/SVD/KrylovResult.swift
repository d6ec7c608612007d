/// The leading part of an SVD, and what it leaves.
public struct KrylovResult<Scalar: BLASScalar>: Equatable, Sendable {
  /// U m×D, D values, Vᵀ D×n, D = min(rank, m, n).
  public let svd: SVD<Scalar>
  /// ‖A‖_F
  public let norm: Double
  /// ‖A − U S Vᵀ‖_F. As U S Vᵀ is A V Vᵀ, it is √(‖A‖² − Σ s²), in `Double`; where rounding would be seen in this
  /// difference, it is multiplied out.
  public let residual: Double
  /// Blocks of the Krylov space; 0 where the SVD came from the Gram matrix of A or from LAPACK.
  public let iterations: Int

  /// Whether no Krylov space was used.
  public var isFull: Bool { iterations == 0 }

  /// Σ_{i ≤ d} sᵢ² / ‖A‖_F²: the fraction of ‖A‖_F² that the leading `rank` values keep; 1 for a matrix of zeros.
  /// - Parameter rank: d, from 0 to D.
  public func energy(keptAt rank: Int) -> Double { Spectrum(svd.singularValues).energy(keptAt: rank, of: norm) }

  /// The result for a matrix of zeros.
  static func zero(rows: Int, columns: Int, rank: Int) -> KrylovResult {
    let kept = min(rank, rows, columns)
    let svd = SVD<Scalar>(
      u: Matrix(rows: rows, columns: kept) { $0 == $1 ? 1 : 0 }, singularValues: [Scalar](repeating: 0, count: kept),
      vT: Matrix(rows: kept, columns: columns) { $0 == $1 ? 1 : 0 })
    return KrylovResult(svd: svd, norm: 0, residual: 0, iterations: 0)
  }

  /// The result for the matrix times `scale`.
  /// - Throws: `LinearAlgebraError.overflow`.
  func scaledBack(by scale: Scalar) throws(LinearAlgebraError) -> KrylovResult {
    let values = try svd.singularValues.scaledBack(by: scale)
    return KrylovResult(
      svd: SVD(u: svd.u, singularValues: values, vT: svd.vT), norm: norm * Double(scale), residual: residual * Double(scale),
      iterations: iterations)
  }
}
