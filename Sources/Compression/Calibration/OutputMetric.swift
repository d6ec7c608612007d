import LinearAlgebra

/// What errors of a layer's outputs y are measured in: eᵀ H e, with H = R Rᵀ, m×m.
///
///     H = (1 − δ) G + δ tr(G) / m I,  G = E g gᵀ,  δ = 0.1
///
/// g is the gradient of the loss at the outputs, so that eᵀ G e is what an error costs the loss to second order, on average over the
/// images (Fisher's metric: Martens and Grosse 2015; for truncation Hsu et al. 2022, FWSVD). A part of the identity lets no error be
/// free: G is of few images, and most of its trace is in few directions.
struct OutputMetric: Sendable {
  /// R: lower, m×m; `nil` where G is zero, which is the identity.
  private let factor: Cholesky?

  /// δ
  static let share = 0.1
  /// G is of so many images at most: more change little.
  static let images = 5000

  /// - Parameter gradients: G, m×m.
  /// - Throws: `LinearAlgebraError.notFinite`; `.noConvergence` where H has no Cholesky factor.
  init(_ gradients: Matrix<Double>) throws(LinearAlgebraError) {
    try gradients.requireFinite()
    let m = gradients.rows
    let trace = (0..<m).reduce(0) { $0 + gradients[$1, $1] }
    guard trace > 0 else {
      factor = nil
      return
    }
    factor = Cholesky(
      of: Matrix(rows: m, columns: m) { i, j in
        (1 - Self.share) * gradients[i, j] + (i == j ? Self.share * trace / Double(m) : 0)
      })
    guard factor != nil else { throw .noConvergence(routine: "LAPACK's potrf") }
  }

  /// Whether no error costs anything, as far as the images tell.
  var isFree: Bool { factor == nil }

  /// Rᵀ A, for A of m×k.
  func weighted(_ a: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    factor.map { a.multiplyTransposed(rowsOf: $0.lower.transposed, workers: workers) } ?? a
  }

  /// R⁻ᵀ A, for A of m×k.
  func unweighted(_ a: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    factor.map { $0.solveTransposedLower(rowsOf: a.transposed, workers: workers).transposed } ?? a
  }
}
