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
