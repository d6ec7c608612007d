// Half an iteration a call, from either side in turn, as long as that is enough.

extension SubspaceSVD {
  /// The SVD to rank min(D, m, n) of A (m×n), very little different from the last call's matrix, by one product with A.
  ///
  /// `track` multiplies A from both sides in every call; here one call does it with the right vectors B that it begins with, and
  /// the next with the left vectors C which that one found:
  ///
  ///     A Bᵀ = Qᵀ Lᵀ,  A ≈ Qᵀ Lᵀ B        B: l×n, rows of Q (l×m) by Householder
  ///     C A = L Q,     A ≈ Cᵀ L Q         C: l×m, rows of Q (l×n) by Householder
  ///
  /// The SVD of L (l×l) gives the Ritz values and vectors. It is half of the work, and the vectors of one side are those of
  /// the call before, turned. The result is A projected on their span: sᵢ ≤ σᵢ, and ‖A − U S Vᵀ‖_F² = ‖A‖_F² − Σ s²,
  /// but for rounding. What is not known without another product is `track`'s residual.
  ///
  /// How far the new right vectors lie outside the old ones' span tells whether half an iteration is enough. Where A projected
  /// on that span would have lost more than a thousandth of the error, the next call does both halves, and it always does where
  /// l = min(m, n), as both are exact then; where the span had lost a direction altogether, more follow in this one.
  ///
  /// Without a fitting start, or with a matrix whose squares would overflow or vanish, it is `decompose(_:)`.
  /// - Parameters:
  ///   - beginning: that of this call, of the same A, where it is there already; the bits do not depend on it.
  ///   - workers: share the products with A; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func follow(
    _ a: some LinearMap<Scalar>, from beginning: SubspaceBeginning<Scalar>? = nil, workers: Workers = Workers(count: 1)
  ) throws(LinearAlgebraError) -> SVD<Scalar> {
    // As in `track`, the largest value tells of a matrix that is not an ordinary one.
    guard let beginning = beginning ?? self.beginning(of: a, workers: workers),
      let half = try? followed(a, from: beginning, workers: workers), let largest = half.svd.singularValues.first,
      Self.ordinary.contains(largest)
    else { return try decompose(a.matrix).svd }
    (start, left, needsWholeIteration, calls, rows) = (half.right, half.left, half.needsWholeIteration, calls + 1, a.rows)
    return half.svd
  }

  /// What the next call of `follow` begins with; `nil` where it cannot follow A.
  ///
  /// Most of a call is this product, which workers can share; the rest is one thread's. So with several matrices, workers share
  /// some of the products first, and then take the matrices one by one.
  public func beginning(of a: some LinearMap<Scalar>, workers: Workers) -> SubspaceBeginning<Scalar>? {
    guard fits(a), [nil, a.rows].contains(rows), [nil, a.rows].contains(left?.columns) else { return nil }
    if let left, let start {
      return .init(
        vectors: left, known: start, isFromLeft: true, product: a.multiplyTransposed(rowsOf: left, workers: workers))
    }
    // Of each period's two last calls one begins from the right, or both do.
    let (block, known) = block(for: a, drawingGuards: calls % (2 * Self.guardPeriod) >= 2 * Self.guardPeriod - 2)
    let right = block.rows == known.rows ? block : block.orthonormalizingRows().q
    return .init(vectors: right, known: known, isFromLeft: false, product: a.multiply(rowsOf: right, workers: workers))
  }

  /// Half an iteration, or a whole one.
  private func followed(
    _ a: some LinearMap<Scalar>, from beginning: SubspaceBeginning<Scalar>, workers: Workers
  ) throws(LinearAlgebraError) -> Half {
    guard !beginning.isFromLeft else {
      return try fromLeft(a, beginning.vectors, beginning.product, known: beginning.known, workers: workers)
    }
    let half = try fromRight(beginning.vectors, beginning.product)
    guard needsWholeIteration, let left = half.left else { return half }
    let product = a.multiplyTransposed(rowsOf: left, workers: workers)
    return try fromLeft(a, left, product, known: beginning.known, workers: workers)
  }

  /// A on the span of the right vectors, l×n, from its product with them, l×m; what the next call goes on from is the left ones.
  private func fromRight(_ right: Matrix<Scalar>, _ product: Matrix<Scalar>) throws(LinearAlgebraError) -> Half {
    let (q, l) = product.orthonormalizingRows()
    let inner = try small(l)
    let left = inner.vT * q
    let kept = min(rank, right.rows)
    let svd = SVD(
      u: left.rowSlice(0..<kept).transposed, singularValues: Array(inner.singularValues[..<kept]),
      vT: Matrix.product(inner.u.columnSlice(0..<kept), transposeA: true, right))
    return Half(svd: svd, right: right, left: left, needsWholeIteration: false)
  }

  /// A on the span of the left vectors, l×m, from its product with them, l×n; what the next call goes on from is the right ones.
  /// `known`: right vectors of before.
  private func fromLeft(
    _ a: some LinearMap<Scalar>, _ left: Matrix<Scalar>, _ product: Matrix<Scalar>, known: Matrix<Scalar>, workers: Workers
  ) throws(LinearAlgebraError) -> Half {
    var (left, product, known, iteration) = (left, product, known, 1)
    while true {
      let (q, l) = product.orthonormalizingRows()
      let inner = try small(l)
      let right = inner.vT * q
      let kept = min(rank, left.rows)
      let svd = SVD(
        u: Matrix.product(left, transposeA: true, inner.u.columnSlice(0..<kept)),
        singularValues: Array(inner.singularValues[..<kept]), vT: right.rowSlice(0..<kept))
      let outside = svd.vT - Matrix.product(svd.vT, known, transposeB: true) * known
      guard iteration < Self.recoveryIterations, isLost(outside, svd, size: max(a.rows, a.columns)) else {
        // What the span of before leaves out of A, against the error as far as the values show it: both squared.
        let missed = outside.scalingRows(by: svd.singularValues).sumOfSquares
        let dropped = inner.singularValues[kept...].reduce(0) { $0 + Double($1) * Double($1) }
        let needsWholeIteration = missed > 0.002 * dropped || left.rows == min(a.rows, a.columns)
        return Half(svd: svd, right: right, left: nil, needsWholeIteration: needsWholeIteration)
      }
      (known, left) = (right, a.multiply(rowsOf: right, workers: workers).orthonormalizingRows().q)
      product = a.multiplyTransposed(rowsOf: left, workers: workers)
      iteration += 1
    }
  }

  /// The SVD of L, whose rows are nearly orthogonal where A is nearly the matrix of the call before.
  private func small(_ l: Matrix<Scalar>) throws(LinearAlgebraError) -> SVD<Scalar> {
    if l.rows <= NearlyOrthogonalSVD.mostRows, let svd = NearlyOrthogonalSVD.decompose(l) { return svd }
    return try LAPACKSVD.decompose(l)
  }

  /// What a call leaves behind: `left` only where they are the newer ones.
  private struct Half {
    let svd: SVD<Scalar>
    let (right, left): (Matrix<Scalar>, Matrix<Scalar>?)
    let needsWholeIteration: Bool
  }
}

/// Vectors of one side, l rows, and A's product with them: what a call of `SubspaceSVD.follow` begins with.
public struct SubspaceBeginning<Scalar: BLASScalar>: Sendable {
  let vectors: Matrix<Scalar>
  /// Right vectors of the call before.
  let known: Matrix<Scalar>
  let isFromLeft: Bool
  let product: Matrix<Scalar>
}
