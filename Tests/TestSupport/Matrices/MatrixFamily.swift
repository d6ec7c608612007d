import LinearAlgebra

/// A kind of matrix, of any shape: those on which SVD routines have failed, and those whose singular values are known.
/// `Tests/README.md` gives the sources.
public enum MatrixFamily: String, CaseIterable, Sendable {
  case zero, identity, ones
  /// min(m, n) ones, at places of a random permutation.
  case permutation
  /// Independent standard normals.
  case normal
  /// `TrainedWeights` from a random place on, repeated past 40 rows or columns.
  case trained
  /// A product of normal factors of rank max(1, min(m, n) / 3).
  case rankDeficient
  /// Normal, but every third row and column is zero.
  case zeroRowsAndColumns
  /// Normal, row i, or column j, times 4⁻ⁱ.
  case gradedRows, gradedColumns
  /// Diagonal and superdiagonal 4⁻ⁱ (Demmel and Kahan 1990).
  case gradedBidiagonal
  /// Diagonal and superdiagonal in equal ratios from 1 down to 1e-232 in `Double`, 1e-28 in `Float`.
  case deepBidiagonal
  /// Bidiagonal, the logarithms of its elements uniform between those of ε⁴ and 1.
  case logUniformBidiagonal
  /// 1 / (i + j + 1): values that fall to rounding error at once.
  case hilbert
  /// Upper triangular, nearly singular with no small pivot (Kahan 1966), sin θ = 0.9.
  case kahan
  // U Σ Vᵀ with random orthogonal U, V and Σ from 1 down, as LAPACK's `latms` has them; ε that of the precision.
  /// Orthonormal rows or columns, whichever are fewer.
  case orthogonal
  /// Equal steps from 1 to ε.
  case arithmetic
  /// Equal ratios from 1 to ε.
  case geometric
  /// 1, then ε throughout; 1, then √ε throughout, which rounding does not hide.
  case oneLarge, oneLargeRoot
  /// 1 throughout, then ε.
  case oneSmall
  /// Threes of equal values, each half the last.
  case repeated
  /// Two clusters, at 1 and at 1/1024, with distances of ε between their members.
  case clustered
  /// Logarithms uniform between those of ε and 1.
  case logUniform
  /// 1 for the first half, then 0.
  case halfZero
}

/// A matrix, and its singular values where they are known but for rounding, descending.
struct Sample {
  var matrix: Matrix<Double>
  var values: [Double]?
}

extension MatrixFamily {
  /// An m×n member of the family, random parts from `stream`, for a precision whose spacing at 1 is `epsilon`.
  func sample(rows m: Int, columns n: Int, epsilon: Double, stream: inout RandomStream) -> Sample {
    let k = min(m, n)
    switch self {
    case .zero: return Sample(matrix: Matrix(rows: m, columns: n), values: [Double](repeating: 0, count: k))
    case .identity:
      return Sample(matrix: Matrix(rows: m, columns: n) { $0 == $1 ? 1 : 0 }, values: [Double](repeating: 1, count: k))
    case .ones:
      let values = (0..<k).map { $0 == 0 ? Double(m * n).squareRoot() : 0 }
      return Sample(matrix: Matrix(rows: m, columns: n, repeating: 1), values: values)
    case .permutation:
      let (rowOf, columnOf) = (stream.permutation(m), stream.permutation(n))
      var matrix = Matrix<Double>(rows: m, columns: n)
      for i in 0..<k { matrix[rowOf[i], columnOf[i]] = 1 }
      return Sample(matrix: matrix, values: [Double](repeating: 1, count: k))
    case .normal: return Sample(matrix: .normal(rows: m, columns: n, from: &stream))
    case .trained:
      let size = TrainedWeights.size
      let (row, column) = (stream.below(size), stream.below(size))
      return Sample(
        matrix: Matrix(rows: m, columns: n) { i, j in
          Double(TrainedWeights.elements[(i + row) % size * size + (j + column) % size])
        })
    case .rankDeficient:
      let rank = max(1, k / 3)
      let left = Matrix<Double>.normal(rows: m, columns: rank, from: &stream)
      return Sample(matrix: left * .normal(rows: rank, columns: n, from: &stream))
    case .zeroRowsAndColumns:
      let normal = Matrix<Double>.normal(rows: m, columns: n, from: &stream)
      return Sample(matrix: Matrix(rows: m, columns: n) { i, j in i % 3 == 1 || j % 3 == 1 ? 0 : normal[i, j] })
    case .gradedRows:
      return Sample(matrix: .normal(rows: m, columns: n, from: &stream).scalingRows(by: (0..<m).map { powerOfTwo(-2 * $0) }))
    case .gradedColumns:
      return Sample(
        matrix: .normal(rows: m, columns: n, from: &stream).scalingColumns(by: (0..<n).map { powerOfTwo(-2 * $0) }))
    case .gradedBidiagonal, .deepBidiagonal, .logUniformBidiagonal:
      return Sample(matrix: bidiagonal(rows: m, columns: n, epsilon: epsilon, stream: &stream))
    case .hilbert: return Sample(matrix: Matrix(rows: m, columns: n) { i, j in 1 / Double(i + j + 1) })
    case .kahan:
      let (sine, cosine) = (0.9, (1 - 0.9 * 0.9).squareRoot())
      return Sample(
        matrix: Matrix(rows: m, columns: n) { i, j in j < i ? 0 : power(sine, Double(i)) * (j == i ? 1 : -cosine) })
    default:
      let values = spectrum(k, epsilon: epsilon, stream: &stream)
      return Sample(matrix: .prescribing(values, rows: m, columns: n, from: &stream), values: values)
    }
  }
}
