import LinearAlgebra

/// What errors of a layer's outputs y are measured in: eᵀ H e, with H = R Rᵀ, m×m.
///
///     H = (1 − δ) G + δ tr(G) / m I,  G = E g gᵀ,  δ = 0.1
///
/// g is the gradient of the loss at the outputs, so that eᵀ G e is what an error costs the loss to second order, on average over the
/// images (Fisher's metric: Martens and Grosse 2015; for truncation Hsu et al. 2022, FWSVD). A part of the identity lets no error be
/// free: G is of few images, and hardly larger in rank than the number of classes.
struct OutputMetric: Sendable {
  /// R: lower, m×m; `nil` where G is zero, which is the identity.
  private let factor: Cholesky?

  /// δ
  static let share = 0.1
  /// G is of so many images at most: more change little.
  static let images = 5000

  /// - Parameter gradients: G, m×m.
  init(_ gradients: Matrix<Double>) {
    let m = gradients.rows
    let trace = (0..<m).reduce(0) { $0 + gradients[$1, $1] }
    factor = Cholesky(
      of: Matrix(rows: m, columns: m) { i, j in
        (1 - Self.share) * gradients[i, j] + (i == j ? Self.share * trace / Double(m) : 0)
      })
  }

  /// Rᵀ A, for A of m×k.
  func weighted(_ a: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    factor.map { a.multiplyTransposed(rowsOf: $0.lower.transposed, workers: workers) } ?? a
  }

  /// R⁻ᵀ A, for A of m×k.
  func unweighted(_ a: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    factor.map { $0.solveTransposedLower(rowsOf: a.transposed, workers: workers).transposed } ?? a
  }
}
