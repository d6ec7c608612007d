/// The Cholesky factor of a symmetric positive definite matrix: A = L Lᵀ, by LAPACK's `potrf`.
public struct Cholesky: Sendable {
  /// L: n×n, zero above the diagonal.
  public let lower: Matrix<Double>

  /// Factors A (n×n), of which only the lower triangle is read; `nil` where A is not positive definite to working precision.
  public init?(of a: Matrix<Double>) {
    precondition(a.rows == a.columns)
    let n = a.rows
    var l = Matrix(rows: n, columns: n) { i, j in j <= i ? a[i, j] : 0 }
    // LAPACK lets NaN pass.
    guard n > 0, l.elements.allSatisfy(\.isFinite),
      l.elements.withUnsafeMutableBufferPointer({ choleskyFactor($0.baseAddress!, n: n) }) == 0
    else { return nil }
    lower = l
  }

  /// L⁻¹ b for each row b of B: B L⁻ᵀ, k×n. The workers share the rows; the bits do not depend on these.
  public func solveLower(rowsOf b: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    solve(b, transposed: false, workers: workers)
  }

  /// L⁻ᵀ b for each row b of B: B L⁻¹, k×n.
  public func solveTransposedLower(rowsOf b: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    solve(b, transposed: true, workers: workers)
  }

  private func solve(_ b: Matrix<Double>, transposed: Bool, workers: Workers) -> Matrix<Double> {
    precondition(b.columns == lower.rows)
    var x = b
    let n = lower.rows
    lower.elements.withUnsafeBufferPointer { l in
      x.elements.withUnsafeMutableBufferPointer { x in
        workers.forEach(b.rows, by: 64) { range, _ in
          solveTriangular(
            l.baseAddress!, n: n, transposed: transposed, x.baseAddress! + range.lowerBound * n, rows: range.count)
        }
      }
    }
    return x
  }
}
