// The iterations. Bases are stored as rows, which LAPACK's QR takes in place.

extension SubspaceSVD {
  /// Iterates from `block` (l×n) until the residual is within the tolerance; also returns the block for the next call.
  func converged(
    _ a: Matrix<Scalar>, from block: Matrix<Scalar>, origin: SubspaceResult<Scalar>.Origin
  ) throws(LinearAlgebraError) -> (result: SubspaceResult<Scalar>, next: Matrix<Scalar>) {
    var block = block
    // For a warm block too: a lost direction is in the guards alone, and must grow before it can be seen.
    for _ in 0..<powerIterations {
      let qT = Matrix.product(block, a, transposeB: true).orthonormalizingRows().q
      block = (qT * a).orthonormalizingRows().q
    }
    let kept = min(rank, block.rows)
    var y = Matrix.product(block, a, transposeB: true)
    var residuals: [Scalar] = []
    while residuals.count < maximumIterations {
      let ritz = try Ritz(y: y, a, kept: kept)
      // The next iteration begins with this product, so only the last residual takes an extra one.
      y = Matrix.product(ritz.vT, a, transposeB: true)
      let residual = Self.residual(y.rowSlice(0..<kept), ritz.svd)
      residuals.append(residual)
      let threshold = threshold(ritz, size: max(a.rows, a.columns))
      if residual <= threshold {
        let result = SubspaceResult(
          svd: ritz.svd, residual: residual, iterations: powerIterations + residuals.count, origin: origin)
        return (result, ritz.vT)
      }
      if isHopeless(residuals, threshold) { break }
    }
    let full = try LAPACKSVD.decompose(a)
    let svd = full.truncated(to: kept)
    let residual = Self.residual(Matrix.product(svd.vT, a, transposeB: true), svd)
    let result = SubspaceResult(svd: svd, residual: residual, iterations: powerIterations + residuals.count, origin: .full)
    return (result, full.vT.rowSlice(0..<block.rows))
  }

  /// Whether the residuals fall so slowly that the remaining iterations will not reach the threshold.
  private func isHopeless(_ residuals: [Scalar], _ threshold: Scalar) -> Bool {
    let (seen, window) = (residuals.count, 6)
    guard seen > window, residuals[seen - 1] > 0 else { return false }
    let fall = Double(residuals[seen - 1] / residuals[seen - 1 - window])
    let needed = Double(threshold / residuals[seen - 1])
    // fall^(left / window) > needed, with twice the remaining iterations, because the rate may still improve.
    return fall >= 1 || Double(2 * (maximumIterations - seen) / window) * Elementary.log2(fall) > Elementary.log2(needed)
  }

  /// ‖A V − U S‖_F from (A V)ᵀ: D×m.
  private static func residual(_ av: Matrix<Scalar>, _ svd: SVD<Scalar>) -> Scalar {
    (av - svd.u.transposed.scalingRows(by: svd.singularValues)).frobeniusNorm
  }

  /// The largest residual that is accepted.
  private func threshold(_ ritz: Ritz<Scalar>, size: Int) -> Scalar {
    // At full rank there is no next value: the result is the whole SVD.
    let next = ritz.values.count > ritz.svd.rank ? ritz.values[ritz.svd.rank] : 0
    return max(tolerance * next, 4 * Scalar(size) * Scalar.ulpOfOne * ritz.values[0])
  }

  /// One iteration from `start`, or several where it had lost a direction; also returns the block for the next call.
  ///
  /// The residual is bounded without another product with A. Let W be the part of V outside the span of the old block. A times
  /// the block lies in the span of Q, so A V − U S = (I − Q Qᵀ) A V = (I − Q Qᵀ) A W: at most ‖W‖_F √(‖A‖_F² − ‖Z‖_F²).
  func tracked(
    _ a: some LinearMap<Scalar>, workers: Workers
  ) throws(LinearAlgebraError) -> (result: SubspaceResult<Scalar>, next: Matrix<Scalar>) {
    var (block, known) = block(for: a, drawingGuards: calls % Self.guardPeriod == Self.guardPeriod - 1)
    let square = a.sumOfSquares
    var iteration = 1
    while true {
      let ritz = try Ritz(y: a.multiply(rowsOf: block, workers: workers), a, kept: min(rank, block.rows), workers: workers)
      let outside = ritz.svd.vT - Matrix.product(ritz.svd.vT, known, transposeB: true) * known
      if iteration < Self.recoveryIterations, isLost(outside, ritz.svd, size: max(a.rows, a.columns)) {
        (block, known) = (ritz.vT, ritz.vT)
        iteration += 1
        continue
      }
      let projected = ritz.values.reduce(0) { $0 + Double($1) * Double($1) }
      // The error of the difference is that of the squares.
      let left = max(square - projected, 4 * Double(Scalar.ulpOfOne) * square).squareRoot()
      let result = SubspaceResult(
        svd: ritz.svd, residual: Scalar(left * outside.sumOfSquares.squareRoot()), iterations: iteration,
        origin: iteration == 1 ? .warm : .recovered)
      return (result, ritz.vT)
    }
  }

  /// Whether a new vector, of a singular value above rounding, lies more outside the old span than in it.
  func isLost(_ outside: Matrix<Scalar>, _ svd: SVD<Scalar>, size: Int) -> Bool {
    let least = 4 * Scalar(size) * Scalar.ulpOfOne * svd.singularValues[0]
    return svd.singularValues.indices.contains { i in
      svd.singularValues[i] > least && outside.rowSlice(i..<i + 1).sumOfSquares > 0.5
    }
  }
}

/// The projection of A (m×n) on the span of Y (m×l, here as rows), and its SVD: Ritz values and vectors.
struct Ritz<Scalar: BLASScalar> {
  /// U, S, Vᵀ of the leading `kept`.
  let svd: SVD<Scalar>
  /// All l values.
  let values: [Scalar]
  /// All l right vectors: l×n.
  let vT: Matrix<Scalar>

  init(
    y: Matrix<Scalar>, _ a: some LinearMap<Scalar>, kept: Int, workers: Workers = Workers(count: 1)
  ) throws(LinearAlgebraError) {
    let qT = y.orthonormalizingRows().q
    let (basis, small) = a.multiplyTransposed(rowsOf: qT, workers: workers).orthonormalizingRows()
    // A ≈ Q Z, Z = small · basis, small = U' S V'ᵀ: so U = Q U' and Vᵀ = V'ᵀ basis.
    let inner = try LAPACKSVD.decompose(small)
    let u = Matrix.product(qT, transposeA: true, inner.u.columnSlice(0..<kept))
    (values, vT) = (inner.singularValues, inner.vT * basis)
    svd = SVD(u: u, singularValues: Array(values[..<kept]), vT: vT.rowSlice(0..<kept))
  }
}
