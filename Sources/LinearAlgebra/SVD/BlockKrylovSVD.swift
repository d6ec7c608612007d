/// The leading part of the SVD of a large matrix by a block Krylov method (Golub, Luk and Overton 1981; Musco and Musco 2015).
///
/// For n ≤ m (else of Aᵀ), with vectors as rows:
///
///     X₀ = orthonormal Gaussian rows            b×n
///     Yⱼ = Xⱼ Aᵀ                                b×m
///     Xⱼ₊₁ = Yⱼ A, orthonormal to X₀ … Xⱼ       b×n
///     G = Y Yᵀ, λ and W its leading D eigenpairs, in double precision
///     Vᵀ = W X, and U S of A V = Yᵀ Wᵀ
///
/// So U S Vᵀ = A V Vᵀ is A on those D directions of the span of X that keep most of it. Blocks are added until ‖A − U S Vᵀ‖_F is
/// predicted to be within 10⁻⁵ of the least at this rank, in relative terms, or within rounding, 4 ε ‖A‖_F.
///
/// Where the span would have to be a large part of all dimensions, X = I: G is the Gram matrix of A.
public enum BlockKrylovSVD {
  /// The SVD of A (m×n) to rank D = min(`rank`, m, n).
  /// - Parameters:
  ///   - rank: at least 1.
  ///   - seed: of the Gaussian rows (stream "krylov").
  ///   - workers: share the work; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public static func decompose<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, rank: Int, seed: UInt64 = 1, workers: Workers
  ) throws(LinearAlgebraError) -> KrylovResult<Scalar> {
    try decompose(a, rank: rank, seed: seed, workers: workers, plan: KrylovPlan())
  }

  /// The same with another plan: tests let small matrices reach the Krylov space.
  static func decompose<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, rank: Int, seed: UInt64, workers: Workers, plan: KrylovPlan
  ) throws(LinearAlgebraError) -> KrylovResult<Scalar> {
    precondition(rank >= 1)
    let square = a.squaredNorm(workers: workers)
    // A sum in this range also says that all elements are finite.
    guard (0x1p-900...0x1p900).contains(square) else {
      try a.requireFinite()
      guard a.maxNorm > 0 else { return .zero(rows: a.rows, columns: a.columns, rank: rank) }
      let scale = Scalar.powerOfTwo(near: a.maxNorm)
      return try decompose(a.map { $0 / scale }, rank: rank, seed: seed, workers: workers, plan: plan).scaledBack(by: scale)
    }
    // So that the products of four elements neither overflow nor vanish. This is exact.
    let scale = Scalar.powerOfTwo(near: Scalar(square.squareRoot()))
    let problem = KrylovProblem(
      a: scale == 1 ? a : a.divided(by: scale, workers: workers), rank: min(rank, a.rows, a.columns),
      square: square / (Double(scale) * Double(scale)), workers: workers)
    if let result = try problem.krylov(seed: seed, plan) { return try result.scaledBack(by: scale) }
    return try problem.whole().scaledBack(by: scale)
  }
}

/// How far a Krylov space grows.
struct KrylovPlan {
  /// b: rows of a block. Small blocks need fewer rows in all; 16 are a block of `InterleavedBatch`.
  var block = 16
  /// The largest part of min(m, n) dimensions that the space may take: beyond it the Gram matrix of A takes less time.
  var share = 0.6

  /// The most rows in n dimensions.
  func mostRows(of n: Int) -> Int { Int(share * Double(n)) }
}

/// One matrix and what is asked of it.
struct KrylovProblem<Scalar: BLASScalar> {
  let a: Matrix<Scalar>
  /// D
  let rank: Int
  /// ‖A‖_F²
  let square: Double
  let workers: Workers

  /// The energy that may be missed: 2 · 10⁻⁵ of what is left, so 10⁻⁵ of its root; or rounding, of the result or of G.
  func tolerance(left: Double) -> Double {
    let epsilon = Double(Scalar.ulpOfOne)
    return max(2e-5 * left, max(16 * epsilon * epsilon, 64 * Double.ulpOfOne) * square)
  }

  /// From a Krylov space; `nil` where that would grow too large.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func krylov(seed: UInt64, _ plan: KrylovPlan) throws(LinearAlgebraError) -> KrylovResult<Scalar>? {
    let n = min(a.rows, a.columns)
    let most = plan.mostRows(of: n)
    // Fewer than three times D rows seldom suffice.
    guard min(n, 3 * rank) <= most else { return nil }
    var space = KrylovSpace(a, block: plan.block, seed: seed, workers: workers)
    var convergence = KrylovConvergence(first: 2 * rank, step: max(plan.block, rank / 4))
    var gram: TridiagonalEigen
    var isVerified = false
    while true {
      while space.rows < min(n, convergence.next) { space.grow() }
      gram = try TridiagonalEigen(reducing: space.gram)
      let kept = try gram.values().prefix(rank).reduce(0, +)
      let tolerance = tolerance(left: square - kept)
      if space.rows == n || isVerified && convergence.gain(to: kept) <= 2 * tolerance { break }
      isVerified = convergence.isEnough(rows: space.rows, kept: kept, of: square, within: tolerance)
      // A value that is there more often than a block has rows is found by rounding errors alone, or from another block.
      if isVerified { space.grow(fresh: true) }
      guard isVerified || min(n, convergence.next) <= most else { return nil }
    }
    let eigen = try gram.leading(rank, workers: workers)
    let vT = space.combination(eigen.vectors.map { Scalar($0) })
    // In double precision so small a rest vanishes in the rounding of G. The spectrum falls fast then, and few iterations are left.
    if Scalar.self == Double.self, 2e-5 * (square - convergence.kept) < tolerance(left: 0) {
      var subspace = SubspaceSVD<Scalar>(rank: rank, seed: seed)
      subspace.start(from: a.isWide ? Matrix.product(vT, a) : vT)
      return measured(try subspace.decompose(a).svd, iterations: space.blocks)
    }
    return try result(vT: vT, eigen, y: space.y, iterations: space.blocks)
  }

  /// From the Gram matrix of A, or in double precision, where its rounding would be seen, by LAPACK.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func whole() throws(LinearAlgebraError) -> KrylovResult<Scalar> {
    guard Scalar.self != Double.self else {
      return measured(try LAPACKSVD.decompose(a).truncated(to: rank), iterations: 0)
    }
    // A thousand columns are converted at a time, and A itself after the eigenproblem, for the memory.
    let wide = a.isWide ? a : a.transposed
    let eigen = try TridiagonalEigen(reducing: wide.gram(columnsAtOnce: 1024, workers: workers))
      .leading(rank, workers: workers)
    return try result(vT: eigen.vectors.map { Scalar($0) }, eigen, y: wide.inDouble, iterations: 0)
  }

  /// U and S from W Y = (A V)ᵀ, D×m, whose rows are orthogonal up to the rounding of G.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func result(
    vT: Matrix<Scalar>, _ eigen: SymmetricEigen, y: Matrix<Double>, iterations: Int
  ) throws(LinearAlgebraError) -> KrylovResult<Scalar> {
    let image = y.multiplyTransposed(rowsOf: eigen.vectors, workers: workers)
    var (uT, values, vT) = (image.map { Scalar($0) }, eigen.values.map { Scalar(max(0, $0).squareRoot()) }, vT)
    if eigen.values[rank - 1] * Double(Scalar.ulpOfOne) >= eigen.values[0] * Double.ulpOfOne {
      uT = image.scalingRows(by: eigen.values.map { 1 / $0.squareRoot() }).map { Scalar($0) }
    } else {
      // W Y = L Q and L = V' S U'ᵀ, where V' turns V.
      let (q, l) = uT.orthonormalizingRows()
      let inner = try LAPACKSVD.decompose(l)
      (uT, values, vT) = (inner.vT * q, inner.singularValues, Matrix.product(inner.u, transposeA: true, vT))
    }
    let svd =
      a.isWide
      ? SVD(u: vT.transposed, singularValues: values, vT: uT) : SVD(u: uT.transposed, singularValues: values, vT: vT)
    return measured(svd, iterations: iterations)
  }

  /// The residual is √(‖A‖² − Σ s²) where rounding, some ε ‖A‖², is below 10⁻⁵ of the difference; otherwise it is multiplied out.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func measured(_ svd: SVD<Scalar>, iterations: Int) -> KrylovResult<Scalar> {
    var left = square - svd.singularValues.reversed().reduce(0) { $0 + Double($1) * Double($1) }
    if left < 4e5 * Double(Scalar.ulpOfOne) * square {
      left = (a - svd.vT.multiplyTransposed(rowsOf: svd.u.scalingColumns(by: svd.singularValues), workers: workers))
        .squaredNorm(workers: workers)
    }
    return KrylovResult(svd: svd, norm: square.squareRoot(), residual: left.squareRoot(), iterations: iterations)
  }
}
