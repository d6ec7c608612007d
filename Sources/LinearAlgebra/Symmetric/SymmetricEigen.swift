/// Leading eigenvalues and eigenvectors of a symmetric matrix, by LAPACK's `syevr`.
public struct SymmetricEigen: Sendable {
  /// k values, descending.
  public let values: [Double]
  /// k×n: a row of norm 1 a value, orthogonal to each other.
  public let vectors: Matrix<Double>

  init(values: [Double], vectors: Matrix<Double>) { (self.values, self.vectors) = (values, vectors) }

  /// The k largest eigenvalues of A (n×n), of which only the lower triangle is read, and their vectors. 0 ≤ k ≤ n.
  /// - Throws: `LinearAlgebraError.notFinite`, `.noConvergence`.
  public init(leading k: Int, of a: Matrix<Double>) throws(LinearAlgebraError) {
    let n = a.rows
    var (ascending, rows) = ([Double](repeating: 0, count: n), Matrix<Double>(rows: k, columns: n))
    let found =
      k == 0
      ? [] : try Self.solve(a, first: n - k + 1, values: &ascending, vectors: &rows)
    values = found.reversed()
    vectors = Matrix(rows: k, columns: n) { i, j in rows[k - 1 - i, j] }
  }

  /// All eigenvalues of A (n×n), descending.
  /// - Throws: as `init(leading:of:)`.
  public static func values(of a: Matrix<Double>) throws(LinearAlgebraError) -> [Double] {
    var ascending = [Double](repeating: 0, count: a.rows)
    var none = Matrix<Double>(rows: 0, columns: a.rows)
    return try solve(a, first: 1, values: &ascending, vectors: &none).reversed()
  }

  /// Eigenvalues `first` to n, ascending; with their vectors, if `vectors` has rows.
  private static func solve(
    _ a: Matrix<Double>, first: Int, values: inout [Double], vectors: inout Matrix<Double>
  ) throws(LinearAlgebraError) -> [Double] {
    precondition(a.rows == a.columns && first >= 1)
    let n = a.rows
    guard n > 0 else { return [] }
    try a.requireFinite()
    var work = a
    let wantsVectors = vectors.rows > 0
    let status = work.elements.withUnsafeMutableBufferPointer { work in
      values.withUnsafeMutableBufferPointer { values in
        vectors.elements.withUnsafeMutableBufferPointer { vectors in
          symmetricEigen(
            work.baseAddress!, n: n, first: first, last: n, values: values.baseAddress!,
            vectors: wantsVectors ? vectors.baseAddress! : nil)
        }
      }
    }
    guard status == 0 else { throw .noConvergence(routine: "LAPACK's syevr (info \(status))") }
    return Array(values.prefix(n - first + 1))
  }
}
