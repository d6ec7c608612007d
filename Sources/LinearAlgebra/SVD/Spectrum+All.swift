extension Spectrum {
  /// All singular values of A (m×n): for `Float` from the eigenvalues of the smaller Gram matrix in `Double`, for `Double` by LAPACK's
  /// SVD without vectors.
  ///
  /// Products of two `Float`s are exact in `Double`, so the eigenvalues of the Gram matrix are those of A Aᵀ within c √k ε σ₁², where
  /// ε = 2⁻⁵², k = max(m, n) and c is small. So a value is within √(c √k ε) σ₁ of σ, or c √k ε σ₁² / σ where that is less; the error of
  /// LAPACK's in `Float` is some 2⁻²³ σ₁.
  /// - Parameter workers: share the Gram matrix; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public static func all<Scalar: BLASScalar>(
    of a: Matrix<Scalar>, workers: Workers
  ) throws(LinearAlgebraError) -> Spectrum {
    try a.requireFinite()
    guard Scalar.self != Double.self, a.maxNorm > 0 else { return Spectrum(try LAPACKSVD.singularValues(of: a)) }
    // Squares of any `Float` neither overflow nor vanish in `Double`. A thousand columns at a time, for the memory.
    let gram = (a.rows <= a.columns ? a : a.transposed).gram(columnsAtOnce: 1024, workers: workers)
    return Spectrum(try SymmetricEigen.quickValues(of: gram).map { max(0, $0).squareRoot() })
  }
}
