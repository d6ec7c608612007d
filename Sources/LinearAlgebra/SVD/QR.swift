extension Matrix where Scalar: BLASScalar {
  /// self = L Q, for self l×n with l ≤ n: the rows of Q (l×n) are orthonormal and span those of self; L is l×l.
  ///
  /// Row-major rows are column-major columns, so this is the QR decomposition of selfᵀ by Householder reflections (`geqrf`,
  /// `orgqr`; few rows by `HouseholderQR`): Q is orthonormal even where the rows are dependent. L = Rᵀ is lower triangular.
  public func orthonormalizingRows() -> (q: Matrix, l: Matrix) {
    precondition(rows <= columns, "more rows than columns cannot be orthonormal")
    if rows <= HouseholderQR.mostRows, let few = HouseholderQR.qr(self) { return few }
    var q = self
    var l = Matrix(rows: rows, columns: rows)
    guard rows > 0 else { return (q, l) }
    q.elements.withUnsafeMutableBufferPointer { q in
      l.elements.withUnsafeMutableBufferPointer { l in Scalar.qr(m: columns, n: rows, a: q.baseAddress!, r: l.baseAddress!) }
    }
    return (q, l)
  }
}
