/// What a matrix can do to an algorithm.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// NaN or an infinity, in a row and column counted from 0.
  case notFinite(row: Int, column: Int, value: Double)
  /// An iteration that did not converge: the routines that were tried, with what each reported.
  case noConvergence(routine: String)
  /// A matrix whose elements are finite, but whose largest singular value is beyond the range of `precision`.
  case overflow(precision: String)
  /// A matrix for which LAPACK would work in more numbers than it can count.
  case tooLarge(rows: Int, columns: Int)

  public var description: String {
    switch self {
    case .notFinite(let row, let column, let value):
      "matrix: found \(value) in row \(row), column \(column), expected finite numbers"
    case .noConvergence(let routine): "SVD: \(routine) did not converge"
    case .overflow(let precision): "matrix: found a singular value too large for \(precision), expected a smaller matrix"
    case .tooLarge(let rows, let columns):
      "matrix: found \(rows)×\(columns), expected a smaller one: LAPACK counts the numbers that it works in with 32 bits"
    }
  }
}
