import LinearAlgebra
import NeuralNetwork

/// Quantisation of the rows a of a matrix in a metric C: codes and scales for which
///
///     Σ (a − q) C (a − q)ᵀ
///
/// is small. With C = L Lᵀ, (a − q) C (a − q)ᵀ = Σ_j L_jj² (a_j − q_j + Σ_{i>j} (a_i − q_i) L_ij / L_jj)². So the columns are
/// rounded from the last to the first, each after the errors behind it were fed back: a_j ← a_j + Σ_{i>j} (a_i − q_i) L_ij / L_jj.
/// These are the codes of GPTQ (Frantar et al. 2022), which needs C⁻¹ and its factor for the same sums, and Babai's nearest plane
/// (1986). Columns of large C_jj are rounded first, as long as others can make up for their errors.
///
/// Each row has one scale. Several fractions of the row's largest magnitude are tried, each with feedback and by plain rounding,
/// and the best in the metric is kept: feedback is never worse.
public enum ErrorFeedback {
  /// The rows of A (m×n) in codes of b bits: 2, 3, 4 or 8.
  ///
  /// A row of zeros gets the smallest scale. The workers share the rows; the bits do not depend on their number.
  /// - Parameter metric: C, n×n, symmetric and positive semidefinite, such as the covariance of what A is multiplied with.
  /// - Throws: `LinearAlgebraError` where an element is not finite, or a scale overflows in 16 bits.
  public static func quantise(
    _ a: Matrix<Double>, metric: Matrix<Double>, bits: Int, workers: Workers
  ) throws(LinearAlgebraError) -> QuantisedMatrix {
    precondition(metric.rows == a.columns && metric.columns == a.columns)
    try a.requireFinite()
    try metric.requireFinite()
    let largest = QuantisedMatrix.largestLevel(bits: bits)
    guard a.maxNorm / largest * (ScaleCandidates.fractions.max() ?? 1) <= Double(Float16.greatestFiniteMagnitude) else {
      throw .overflow(precision: "Float16")
    }
    let factor = FeedbackFactor(of: metric)
    let n = a.columns
    let rows = workers.map(Array(stride(from: 0, to: a.rows, by: rowsAtOnce))) { first in
      let rows = Matrix(rows: min(rowsAtOnce, a.rows - first), columns: n) { a[first + $0, factor.order[$1]] }
      return FeedbackRows(rows, factor: factor, bits: bits).best
    }.flatMap { $0 }
    var codes = [UInt8](repeating: 0, count: a.rows * n)
    for (i, row) in rows.enumerated() { for (j, code) in zip(factor.order, row.codes) { codes[i * n + j] = code } }
    return QuantisedMatrix(rows: a.rows, columns: n, bits: bits, codes: codes, scales: rows.map(\.scale))
  }

  /// Rows that share each read of L.
  private static let rowsAtOnce = 4
}
