// Half an iteration a call, alternately from the right and from the left, as long as that is enough.

extension SubspaceSVD {
  /// The SVD to rank min(D, m, n) of A (m×n), which differs very little from the matrix of the last call, by one product with A.
  ///
  /// `track` multiplies A from both sides in every call. Here one call multiplies it by the right vectors B, and the next by the
  /// left vectors C that this call found:
  ///
  ///     A Bᵀ = Qᵀ Lᵀ,  A ≈ Qᵀ Lᵀ B        B: l×n, rows of Q (l×m) by Householder
  ///     C A = L Q,     A ≈ Cᵀ L Q         C: l×m, rows of Q (l×n) by Householder
  ///
  /// The SVD of L (l×l) gives the Ritz values and vectors. This is half the work, and the vectors of one side are those of the
  /// call before, rotated. The result is A projected on their span: sᵢ ≤ σᵢ, and ‖A − U S Vᵀ‖_F² = ‖A‖_F² − Σ s², up to rounding.
  /// The residual that `track` has would take another product.
  ///
  /// The part of the new right vectors outside the span of the old ones tells whether half an iteration is enough. Where A
  /// projected on that span would lose more than a thousandth of the error, the next call does both halves. It always does
  /// where l = min(m, n), because both are exact then. Where the span had lost a direction, this call makes more iterations.
  ///
  /// Without a start of the right size, or where squares overflow or vanish, this is `decompose(_:)`.
  /// - Parameters:
  ///   - beginning: the first product of this call, where it is computed already; the bits do not depend on it.
  ///   - workers: share the products with A; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func follow(
    _ a: some LinearMap<Scalar>, from beginning: SubspaceBeginning<Scalar>? = nil, workers: Workers = Workers(count: 1)
  ) throws(LinearAlgebraError) -> SVD<Scalar> {
    // As in `track`, the largest value tells whether the matrix needs scaling.
    guard let beginning = beginning ?? self.beginning(of: a, workers: workers),
      let half = try? followed(a, from: beginning, workers: workers), let largest = half.svd.singularValues.first,
      Self.ordinary.contains(largest)
    else { return try decompose(a.matrix).svd }
    (start, left, needsWholeIteration, calls, rows) = (half.right, half.left, half.needsWholeIteration, calls + 1, a.rows)
    return half.svd
  }

  /// The first product of the next call of `follow`; `nil` where it cannot follow A.
  ///
  /// This product takes most of a call, and workers can share it; the rest runs on one thread. For several matrices, workers
  /// share some of the products first, and then take one matrix each.
  public func beginning(of a: some LinearMap<Scalar>, workers: Workers) -> SubspaceBeginning<Scalar>? {
    guard fits(a), [nil, a.rows].contains(rows), [nil, a.rows].contains(left?.columns) else { return nil }
    if let left, let start {
      return .init(
        vectors: left, known: start, isFromLeft: true, product: a.multiplyTransposed(rowsOf: left, workers: workers))
    }
    // At least one of the last two calls of a period begins from the right.
    let (block, known) = block(for: a, drawingGuards: calls % (2 * Self.guardPeriod) >= 2 * Self.guardPeriod - 2)
    let right = block.rows == known.rows ? block : block.orthonormalizingRows().q
    return .init(vectors: right, known: known, isFromLeft: false, product: a.multiply(rowsOf: right, workers: workers))
  }

  /// Half an iteration, or a whole one where that is needed.
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

  /// A projected on the span of the right vectors (l×n), from its product with them (l×m). The next call takes the left ones.
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

  /// A projected on the span of the left vectors (l×m), from its product with them (l×n). The next call takes the right ones.
  /// `known` are the right vectors of the call before.
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
        // The part of A outside the old span, against the error as the dropped values show it; both squared.
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

  /// The SVD of L, whose rows are nearly orthogonal where A is close to the matrix of the call before.
  private func small(_ l: Matrix<Scalar>) throws(LinearAlgebraError) -> SVD<Scalar> {
    if l.rows <= NearlyOrthogonalSVD.mostRows, let svd = NearlyOrthogonalSVD.decompose(l) { return svd }
    return try LAPACKSVD.decompose(l)
  }

  /// The result of a call, and the vectors for the next one: `left` only where they are newer than `right`.
  private struct Half {
    let svd: SVD<Scalar>
    let (right, left): (Matrix<Scalar>, Matrix<Scalar>?)
    let needsWholeIteration: Bool
  }
}

/// The first product of a call of `SubspaceSVD.follow`: l vectors of one side, and A's product with them.
public struct SubspaceBeginning<Scalar: BLASScalar>: Sendable {
  let vectors: Matrix<Scalar>
  /// The right vectors of the call before.
  let known: Matrix<Scalar>
  let isFromLeft: Bool
  let product: Matrix<Scalar>
}
