/// The errors of the algorithms.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// NaN or an infinity, in a row and column counted from 0.
  case notFinite(row: Int, column: Int, value: Double)
  /// No iteration converged; `routine` names those that were tried, with the status of each.
  case noConvergence(routine: String)
  /// The elements are finite, but the largest singular value is beyond the range of `precision`.
  case overflow(precision: String)
  /// The size of LAPACK's workspace would not fit in its 32-bit integers.
  case tooLarge(rows: Int, columns: Int)

  public var description: String {
    switch self {
    case .notFinite(let row, let column, let value):
      "matrix: found \(value) in row \(row), column \(column), expected finite elements"
    case .noConvergence(let routine): "\(routine) did not converge"
    case .overflow(let precision): "matrix: found a value too large for \(precision), expected a smaller matrix"
    case .tooLarge(let rows, let columns):
      "matrix: found \(rows)×\(columns), expected a smaller one: the size of LAPACK's workspace has 32 bits"
    }
  }
}
