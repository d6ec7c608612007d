import LinearAlgebra
import TestSupport

/// Inputs of a layer, N vectors of length n, whose covariance has a property that a method may stumble over.
enum InputFamily: String, CaseIterable, Sendable {
  case fullRank, constantInputs, fewImages, rankOne, zero, graded

  /// N×n, in double precision.
  func inputs(width n: Int, seed: UInt64) -> Matrix<Double> {
    var stream = RandomStream(seed: seed, name: "inputs/\(rawValue)")
    let normal = Matrix<Double>.normal(rows: self == .fewImages ? n / 3 : 6 * n, columns: n, from: &stream)
    let mixing = Matrix<Double>.normal(rows: n, columns: n, from: &stream)
    return switch self {
    case .fullRank, .fewImages: (normal * mixing).map { $0 + 0.5 }
    case .constantInputs: Matrix(rows: normal.rows, columns: n) { $1 % 3 == 0 ? 2.5 : normal[$0, $1] }
    case .rankOne: Matrix(rows: normal.rows, columns: n) { normal[$0, 0] * mixing[0, $1] }
    case .zero: Matrix(rows: normal.rows, columns: n, repeating: 1.5)
    // Deviations from 1 to 10⁻¹².
    case .graded:
      normal.scalingColumns(by: (0..<n).map { j in (0..<12 * j / max(1, n - 1)).reduce(1) { value, _ in value / 10 } })
    }
  }

  /// C: n×n, by loops.
  func covariance(width n: Int, seed: UInt64) -> Matrix<Double> {
    let x = inputs(width: n, seed: seed)
    return Self.covariance(of: x, with: x)
  }

  /// E (x − μ)(z − ν)ᵀ of the rows of X and Z, by loops.
  static func covariance(of x: Matrix<Double>, with z: Matrix<Double>) -> Matrix<Double> {
    let (mean, others) = (mean(of: x), Self.mean(of: z))
    return Matrix(rows: x.columns, columns: z.columns) { i, j in
      (0..<x.rows).reduce(0) { $0 + (x[$1, i] - mean[i]) * (z[$1, j] - others[j]) } / Double(x.rows)
    }
  }

  static func mean(of x: Matrix<Double>) -> [Double] {
    (0..<x.columns).map { j in x[0, j] + (0..<x.rows).reduce(0) { $0 + (x[$1, j] - x[0, j]) } / Double(x.rows) }
  }
}

/// tr(D C Dᵀ): the expected squared error of outputs whose map is wrong by D.
func expectedError(_ difference: Matrix<Double>, _ c: Matrix<Double>) -> Double {
  let product = difference * c
  return zip(product.elements, difference.elements).reduce(0) { $0 + $1.0 * $1.1 }
}

/// ‖A‖_F²
func squares(_ a: Matrix<Double>) -> Double { a.elements.reduce(0) { $0 + $1 * $1 } }

/// B A⁻¹ for symmetric A, by Gaussian elimination with pivots.
func solve(_ a: Matrix<Double>, rowsOf b: Matrix<Double>) -> Matrix<Double> {
  let n = a.rows
  var rows = (0..<n).map { i in (0..<n).map { a[i, $0] } + (0..<b.rows).map { b[$0, i] } }
  for column in 0..<n {
    let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
    rows.swapAt(column, pivot)
    for i in 0..<n where i != column {
      let factor = rows[i][column] / rows[column][column]
      for j in column..<n + b.rows { rows[i][j] -= factor * rows[column][j] }
    }
  }
  return Matrix(rows: b.rows, columns: n) { rows[$1][n + $0] / rows[$1][$1] }
}
