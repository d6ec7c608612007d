extension Matrix where Scalar: BLASScalar {
  /// Rows that span what the rows of self (l×n, l ≤ n) span, orthonormal; and L with self = L Q.
  ///
  /// Row-major rows are column-major columns, so this is the QR of selfᵀ by Householder reflections (`geqrf`, `orgqr`; few rows by
  /// `Reflections`): Q is orthonormal to working precision even where the rows are dependent. L (l×l) is Rᵀ, lower triangular.
  public func orthonormalizingRows() -> (q: Matrix, l: Matrix) {
    precondition(rows <= columns, "more rows than columns cannot be orthonormal")
    if rows <= Reflections.mostRows, let few = Reflections.qr(self) { return few }
    var q = self
    var l = Matrix(rows: rows, columns: rows)
    guard rows > 0 else { return (q, l) }
    q.elements.withUnsafeMutableBufferPointer { q in
      l.elements.withUnsafeMutableBufferPointer { l in
        Scalar.qr(m: columns, n: rows, a: q.baseAddress!, r: l.baseAddress!)
      }
    }
    return (q, l)
  }
}
