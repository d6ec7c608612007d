/// The leading part of the SVD of a large matrix by a block Krylov method (Golub, Luk and Overton 1981; Musco and Musco 2015).
///
/// For n ≤ m (else of Aᵀ), with bases stored as rows:
///
///     X₀ = orthonormalised Gaussian rows        b×n
///     Yⱼ = Xⱼ Aᵀ                                b×m
///     Xⱼ₊₁ = Yⱼ A, orthogonal to X₀ … Xⱼ        b×n
///     G = Y Yᵀ, λ and W its leading D eigenpairs
///     V = Wᵀ X, and U, S of V Aᵀ = Wᵀ Y
///
/// so that U S Vᵀ = A Vᵀ V is A, projected on the best D directions in the span of X. Blocks are added until ‖A − U S Vᵀ‖_F is
/// predicted to be within 10⁻⁵ of the least at this rank.
public enum BlockKrylovSVD {
  /// The SVD of A (m×n) to rank min(`rank`, m, n).
  /// - Parameters:
  ///   - rank: D, at least 1.
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
    try a.requireFinite()
    let scale = a.maxNorm > 0 ? Scalar.powerOfTwo(near: a.maxNorm) : 1
    let scaled = a.map { $0 / scale }
    let kept = min(rank, a.rows, a.columns)
    var (svd, iterations): (SVD<Scalar>, Int)
    if kept > 0, let found = try krylov(scaled, kept, seed, workers, plan) {
      (svd, iterations) = found
    } else {
      (svd, iterations) = (try LAPACKSVD.decompose(scaled).truncated(to: kept), 0)
    }
    let left = scaled - svd.product
    return KrylovResult(
      svd: SVD(u: svd.u, singularValues: try svd.singularValues.scaledBack(by: scale), vT: svd.vT),
      norm: scaled.sumOfSquares.squareRoot() * Double(scale), residual: left.sumOfSquares.squareRoot() * Double(scale),
      iterations: iterations)
  }

  private static func krylov<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, _ rank: Int, _ seed: UInt64, _ workers: Workers, _ plan: KrylovPlan
  ) throws(LinearAlgebraError) -> (svd: SVD<Scalar>, iterations: Int)? {
    let isWide = a.rows < a.columns
    let n = min(a.rows, a.columns)
    let most = plan.mostRows(of: n)
    guard rank <= most else { return nil }
    let panels = PanelMatrix(a)
    var stream = RandomStream(seed: seed, name: "krylov")
    var x = Matrix<Scalar>(rows: 0, columns: n)
    var y = Matrix<Scalar>(rows: 0, columns: max(a.rows, a.columns))
    var next = Matrix<Scalar>.normal(rows: min(plan.block, n), columns: n, from: &stream)
    let total = a.sumOfSquares
    var energies: [Double] = []
    var iterations = 0
    while true {
      let block = orthonormal(next, to: x, &stream)
      let image =
        isWide
        ? panels.multiplyTransposed(rowsOf: block, workers: workers) : panels.multiply(rowsOf: block, workers: workers)
      (x, y, iterations) = (x.appendingRows(block), y.appendingRows(image), iterations + 1)
      let gram = y.gram(workers: workers)
      if x.rows >= rank {
        let eigen = try SymmetricEigen(leading: rank, of: gram)
        energies.append(eigen.values.reduce(0, +))
        if x.rows == n || plan.isEnough(energies, of: total) {
          let w = eigen.vectors.map { Scalar($0) }
          let (q, l) = (w * y).orthonormalizingRows()
          // A V = lᵀ-combination: (A V)ᵀ = l q, l = V' S U'ᵀ with V' on the side of V.
          let inner = try LAPACKSVD.decompose(l)
          let uT = inner.vT * q
          let vT = Matrix.product(inner.u, transposeA: true, w * x)
          let svd =
            isWide
            ? SVD(u: vT.transposed, singularValues: inner.singularValues, vT: uT)
            : SVD(u: uT.transposed, singularValues: inner.singularValues, vT: vT)
          return (svd, iterations)
        }
      }
      if x.rows + plan.block > most, most < n { return nil }
      next =
        isWide
        ? panels.multiply(rowsOf: image, workers: workers) : panels.multiplyTransposed(rowsOf: image, workers: workers)
      if next.rows > n - x.rows { next = next.rowSlice(0..<n - x.rows) }
    }
  }

  /// Orthonormal rows, orthogonal to those of `basis`, that span what is left of the rows of `rows`; Gaussian ones where nothing is.
  private static func orthonormal<Scalar: BLASScalar>(
    _ rows: Matrix<Scalar>, to basis: Matrix<Scalar>, _ stream: inout RandomStream
  ) -> Matrix<Scalar> {
    var (block, l) = (rows - Matrix.product(rows, basis, transposeB: true) * basis).orthonormalizingRows()
    for pass in 0..<10 {
      (block, l) = (block - Matrix.product(block, basis, transposeB: true) * basis).orthonormalizingRows()
      let lost = (0..<l.rows).filter { abs(l[$0, $0]) < 0.5 }
      if lost.isEmpty { break }
      guard pass == 0 else { continue }
      for row in lost {
        let fresh = Matrix<Scalar>.normal(rows: 1, columns: block.columns, from: &stream)
        for column in 0..<block.columns { block[row, column] = fresh[0, column] }
      }
      block = block.orthonormalizingRows().q
    }
    return block
  }
}

/// How far a Krylov space grows.
struct KrylovPlan {
  /// b: the rows of a block.
  var block = 32
  /// The largest part of min(m, n) that the Krylov space may take: beyond it LAPACK's SVD is faster.
  var share = 0.4

  /// The most rows of a Krylov space in n dimensions.
  func mostRows(of n: Int) -> Int { share >= 1 ? n : Int(share * Double(n)) }

  /// Whether the energy Σ λ of the leading directions, as it grew block by block, is within 2 · 10⁻⁵ of what is left of the total.
  func isEnough(_ energies: [Double], of total: Double) -> Bool {
    guard energies.count >= 3 else { return false }
    let last = energies.suffix(3)
    let (a, b, c) = (last[last.startIndex], last[last.startIndex + 1], last[last.startIndex + 2])
    let left = max(total - c, 0)
    let (before, gain) = (b - a, c - b)
    let rate = before > 0 ? max(0, gain / before) : 0
    guard rate < 1 else { return false }
    return gain * rate / (1 - rate) <= 2e-5 * left || gain <= Double.ulpOfOne * total
  }
}
