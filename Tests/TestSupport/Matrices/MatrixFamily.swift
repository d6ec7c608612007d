import LinearAlgebra

/// A sort of matrix, of any shape: those that SVD routines have stumbled over, and those whose singular values are known.
public enum MatrixFamily: String, CaseIterable, Sendable {
  case zero, identity, ones
  /// Ones in places of a random permutation: min(m, n) of them.
  case permutation
  /// Orthonormal rows or columns, whichever are fewer.
  case orthogonal
  /// Independent standard normals.
  case normal
  /// A product of normal factors of rank max(1, min(m, n) / 3).
  case rankDeficient
  /// Normal, but every third row and column is zero.
  case zeroRowsAndColumns
  /// Normal, row i times 4⁻ⁱ.
  case gradedRows
  /// Diagonal and superdiagonal 4⁻ⁱ (Demmel and Kahan 1990).
  case gradedBidiagonal
  /// 1 / (i + j + 1): values that fall to rounding error at once.
  case hilbert
  /// Upper triangular, nearly singular with no small pivot (Kahan 1966), sin θ = 0.9.
  case kahan
  // U Σ Vᵀ with random orthogonal U, V and Σ from 1 down, as LAPACK's `latms` has them; ε that of the precision.
  /// Equal steps from 1 to ε.
  case arithmetic
  /// Equal ratios from 1 to ε.
  case geometric
  /// 1, then √ε throughout.
  case oneLarge
  /// 1 throughout, then ε.
  case oneSmall
  /// Threes of equal values, each half the last.
  case repeated
  /// Two clusters, at 1 and at 1/1024, with distances of ε between their members.
  case clustered
  /// Logarithms uniform between those of ε and 1.
  case logUniform
}

/// A matrix, and its singular values where they are known but for rounding, descending.
struct Sample {
  var matrix: Matrix<Double>
  var values: [Double]?
}

extension MatrixFamily {
  /// The m×n member of the family that `stream` makes, for a precision whose spacing at 1 is `epsilon`.
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
    case .rankDeficient:
      let rank = max(1, k / 3)
      let left = Matrix<Double>.normal(rows: m, columns: rank, from: &stream)
      return Sample(matrix: left * .normal(rows: rank, columns: n, from: &stream))
    case .zeroRowsAndColumns:
      let normal = Matrix<Double>.normal(rows: m, columns: n, from: &stream)
      return Sample(matrix: Matrix(rows: m, columns: n) { i, j in i % 3 == 1 || j % 3 == 1 ? 0 : normal[i, j] })
    case .gradedRows:
      return Sample(matrix: .normal(rows: m, columns: n, from: &stream).scalingRows(by: (0..<m).map { powerOfTwo(-2 * $0) }))
    case .gradedBidiagonal:
      return Sample(matrix: Matrix(rows: m, columns: n) { i, j in j == i || j == i + 1 ? powerOfTwo(-2 * i) : 0 })
    case .hilbert: return Sample(matrix: Matrix(rows: m, columns: n) { i, j in 1 / Double(i + j + 1) })
    case .kahan:
      let sine = 0.9
      let cosine = (1 - sine * sine).squareRoot()
      var power = 1.0
      let powers = (0..<m).map { _ in
        defer { power *= sine }
        return power
      }
      return Sample(matrix: Matrix(rows: m, columns: n) { i, j in j < i ? 0 : j == i ? powers[i] : -cosine * powers[i] })
    case .orthogonal, .arithmetic, .geometric, .oneLarge, .oneSmall, .repeated, .clustered, .logUniform:
      let values = spectrum(k, epsilon: epsilon, stream: &stream)
      return Sample(matrix: .prescribing(values, rows: m, columns: n, from: &stream), values: values)
    }
  }

  /// The k values Σ of the families U Σ Vᵀ, descending.
  private func spectrum(_ k: Int, epsilon: Double, stream: inout RandomStream) -> [Double] {
    // From 0 for the first to 1 for the last.
    func place(_ i: Int) -> Double { k > 1 ? Double(i) / Double(k - 1) : 0 }
    switch self {
    case .arithmetic: return (0..<k).map { 1 - place($0) * (1 - epsilon) }
    case .geometric: return (0..<k).map { power(epsilon, place($0)) }
    case .oneLarge: return (0..<k).map { $0 == 0 ? 1 : epsilon.squareRoot() }
    case .oneSmall: return (0..<k).map { $0 == k - 1 && k > 1 ? epsilon : 1 }
    case .repeated: return (0..<k).map { powerOfTwo(-($0 / 3)) }
    case .clustered:
      return (0..<k).map { i in (i < (k + 1) / 2 ? 1 : 0x1p-10) * (1 + Double(k - i) * epsilon) }
    case .logUniform: return (0..<k).map { _ in power(epsilon, stream.uniform()) }.sorted(by: >)
    default: return [Double](repeating: 1, count: k)
    }
  }
}

extension Matrix<Double> {
  /// U Σ Vᵀ, m×n, with the min(m, n) values Σ and random U, V: the orthonormal factors of normal matrices.
  public static func prescribing(
    _ values: [Double], rows m: Int, columns n: Int, from stream: inout RandomStream
  ) -> Matrix<Double> {
    precondition(values.count == Swift.min(m, n))
    let uT = normal(rows: values.count, columns: m, from: &stream).orthonormalizingRows().q
    let vT = normal(rows: values.count, columns: n, from: &stream).orthonormalizingRows().q
    return product(uT, transposeA: true, vT.scalingRows(by: values))
  }
}
