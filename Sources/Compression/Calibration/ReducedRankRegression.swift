import LinearAlgebra

/// The best map of each rank from x̂ to y, where both are centred: reduced-rank regression with a ridge (Izenman 1975; Mukherjee and
/// Zhu 2011).
///
///     minimise  E ‖y − Ŵ x̂‖² + ρ ‖Ŵ‖_F²  over Ŵ of rank r
///
/// With K = Cov(y, x̂), Ĉ = Cov(x̂) and Ĉ + ρ I = L Lᵀ, this is ‖K L⁻ᵀ − Ŵ L‖_F² and a constant, so that the solution is the
/// truncated SVD of Z = K L⁻ᵀ:
///
///     Ŵ = U_r U_rᵀ W*,  W* = Z L⁻¹,  U_r: the leading eigenvectors of Z Zᵀ
///
/// The ridge ρ = ε tr(Ĉ) / n with ε = 10⁻³ lets Ĉ be singular.
struct ReducedRankRegression {
  /// Z: m×n.
  private let z: Matrix<Double>
  /// `nil` where x̂ is constant: then nothing can be explained.
  private let cholesky: Cholesky?
  private let workers: Workers
  /// ρ
  let ridge: Double

  /// ε
  static let ridgeShare = 1e-3

  /// - Parameters:
  ///   - k: K, m×n.
  ///   - c: Ĉ, n×n.
  /// - Throws: `LinearAlgebraError.notFinite`; `.noConvergence` where Ĉ + ρ I has no Cholesky factor.
  init(k: Matrix<Double>, c: Matrix<Double>, workers: Workers) throws(LinearAlgebraError) {
    precondition(k.columns == c.rows && c.rows == c.columns)
    try k.requireFinite()
    try c.requireFinite()
    let n = c.rows
    let trace = (0..<n).reduce(0) { $0 + c[$1, $1] }
    let ridge = Self.ridgeShare * trace / Double(n)
    self.ridge = ridge
    cholesky =
      trace > 0 ? Cholesky(of: Matrix(rows: n, columns: n) { i, j in c[i, j] + (i == j ? ridge : 0) }) : nil
    guard cholesky != nil || trace <= 0 else { throw .noConvergence(routine: "LAPACK's potrf") }
    z = cholesky?.solveLower(rowsOf: k, workers: workers) ?? Matrix(rows: k.rows, columns: n)
    self.workers = workers
  }

  /// Ŵ of rank r, 0 … m, as U (m×r, orthonormal columns) and V (r×n). Those of a smaller rank are the first columns and rows.
  /// - Throws: as `SymmetricEigen.init(leading:of:)`.
  func factors(rank: Int) throws(LinearAlgebraError) -> (u: Matrix<Double>, v: Matrix<Double>) {
    let leading = try SymmetricEigen(leading: rank, of: z.gram(workers: workers)).vectors
    let projected = leading * z
    return (leading.transposed, cholesky?.solveTransposedLower(rowsOf: projected, workers: workers) ?? projected)
  }

  /// W*, m×n: Ŵ of full rank.
  var map: Matrix<Double> { cholesky?.solveTransposedLower(rowsOf: z, workers: workers) ?? z }
}
