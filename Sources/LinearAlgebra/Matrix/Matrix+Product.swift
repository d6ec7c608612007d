extension Matrix where Scalar: BLASScalar {
  /// A B: m×k times k×n.
  public static func * (a: Matrix, b: Matrix) -> Matrix { product(a, b) }

  /// op(A) op(B), where op transposes or not; on one thread.
  public static func product(_ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false) -> Matrix {
    var c = Matrix(rows: transposeA ? a.columns : a.rows, columns: transposeB ? b.rows : b.columns)
    c.setProduct(a, transposeA: transposeA, b, transposeB: transposeB)
    return c
  }

  /// self ← op(A) op(B) + β self, by one call of `gemm`, on one thread. With β = 0, self is not read.
  public mutating func setProduct(
    _ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false, adding beta: Scalar = 0
  ) {
    let inner = transposeA ? a.rows : a.columns
    precondition(rows == (transposeA ? a.columns : a.rows) && columns == (transposeB ? b.rows : b.columns))
    precondition(inner == (transposeB ? b.columns : b.rows), "inner sizes differ")
    guard rows > 0, columns > 0 else { return }
    let (rows, columns) = (rows, columns)
    guard inner > 0 else {
      // An empty sum; BLAS would refuse a stride of 0.
      elements = elements.map { beta == 0 ? 0 : beta * $0 }
      return
    }
    a.elements.withUnsafeBufferPointer { a_ in
      b.elements.withUnsafeBufferPointer { b_ in
        elements.withUnsafeMutableBufferPointer { c in
          Scalar.gemm(
            transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: inner, alpha: 1, a: a_.baseAddress!,
            strideA: a.columns, b: b_.baseAddress!, strideB: b.columns, beta: beta, c: c.baseAddress!, strideC: columns)
        }
      }
    }
  }
}
