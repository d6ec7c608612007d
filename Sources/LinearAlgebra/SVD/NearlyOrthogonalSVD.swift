/// The SVD of a small square matrix whose rows are nearly orthogonal, by one-sided Jacobi rotations (Hestenes 1958).
///
/// A warm-started iteration gives such matrices. A few sweeps, the last without a rotation, take less time than LAPACK's
/// reduction to bidiagonal form. `JacobiSVD` is the reference, for any matrix.
enum NearlyOrthogonalSVD {
  /// The largest matrix: three registers of elements a row.
  static var mostRows: Int { 48 }
  /// Rows that need more sweeps are not nearly orthogonal.
  static var mostSweeps: Int { 12 }

  /// U, S, Vᵀ of `a` (l×l), sᵢ descending.
  /// - Returns: `nil` where a row's squares overflow, vanish or are not finite, or where it takes too many sweeps.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func decompose<Scalar: BLASScalar>(_ a: Matrix<Scalar>) -> SVD<Scalar>? {
    precondition(a.rows == a.columns && a.rows <= mostRows)
    let size = a.rows
    let half = (size + 15) / 16 * 16
    var (u, vT) = (Matrix<Scalar>(rows: size, columns: size), Matrix<Scalar>(rows: size, columns: size))
    var values = [Scalar](repeating: 0, count: size)
    let isDone = withUnsafeTemporaryAllocation(byteCount: (size + 1) * 2 * half * MemoryLayout<Scalar>.stride, alignment: 64)
    { space in
      let base = space.initializeMemory(as: Scalar.self, repeating: 0).baseAddress!
      let rows = RotatedRows(base: base, half: half, count: size)
      for i in 0..<size {
        for j in 0..<size { rows[i][j] = a[i, j] }
        rows[i][half + i] = 1
      }
      guard rows.orthogonalize(mostSweeps: mostSweeps) else { return false }
      let norms = (0..<size).map { rows.squares($0).squareRoot() }
      for (place, i) in norms.indices.sorted(by: { norms[$0] > norms[$1] }).enumerated() {
        values[place] = norms[i]
        for j in 0..<size { (vT[place, j], u[j, place]) = (rows[i][j] / norms[i], rows[i][half + j]) }
      }
      return true
    }
    return isDone ? SVD(u: u, singularValues: values, vT: vT) : nil
  }
}

/// The rows of A, each followed by that row of the product of all rotations so far.
private struct RotatedRows<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// Length of the part of A in a row, in elements, filled up to whole registers.
  let half: Int
  let count: Int

  @inline(__always)
  subscript(_ row: Int) -> UnsafeMutablePointer<Scalar> { base + row * 2 * half }

  /// Rotates pairs of rows until all are orthogonal to working precision.
  /// - Returns: `false` where that takes too many sweeps, or squares overflow or vanish.
  @inline(__always)
  func orthogonalize(mostSweeps: Int) -> Bool {
    let tolerance = Scalar.ulpOfOne * Scalar(count).squareRoot()
    // The squared norms of the rows are stored behind them.
    let squares = base + count * 2 * half
    for _ in 0..<mostSweeps {
      for row in 0..<count {
        squares[row] = self.squares(row)
        guard Self.ordinary.contains(squares[row]) else { return false }
      }
      var rotations = 0
      // Each row is in one pair a round (Brent and Luk 1985), so that no rotation waits for the one before.
      let players = count + count % 2
      for round in 0..<max(0, players - 1) {
        for pair in 0..<players / 2 {
          let p = pair == 0 ? players - 1 : (round + pair) % (players - 1)
          let q = (round + players - 1 - pair) % (players - 1)
          guard p < count, q < count else { continue }
          rotations += rotate(min(p, q), max(p, q), squares, tolerance)
        }
      }
      if rotations == 0 { return true }
    }
    return false
  }

  /// Makes two rows orthogonal.
  /// - Returns: the number of rotations, 0 or 1.
  @inline(__always)
  private func rotate(_ p: Int, _ q: Int, _ squares: UnsafeMutablePointer<Scalar>, _ tolerance: Scalar) -> Int {
    let (a, b, x, y) = (squares[p], squares[q], self[p], self[q])
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: 0, to: half, by: 16) { sums.addProduct((x + column).simd16, (y + column).simd16) }
    let product = sums.sum()
    guard abs(product) > tolerance * (a * b).squareRoot() else { return 0 }
    let zeta = (b - a) / (2 * product)
    let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let (c, s) = (SIMD16(repeating: cosine), SIMD16(repeating: cosine * tangent))
    for column in Swift.stride(from: 0, to: 2 * half, by: 16) {
      let (own, other) = ((x + column).simd16, (y + column).simd16)
      (x + column).simd16 = c * own - s * other
      (y + column).simd16 = s * own + c * other
    }
    (squares[p], squares[q]) = (a - tangent * product, b + tangent * product)
    return 1
  }

  @inline(__always)
  func squares(_ row: Int) -> Scalar {
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: 0, to: half, by: 16) {
      sums.addProduct((self[row] + column).simd16, (self[row] + column).simd16)
    }
    return sums.sum()
  }

  /// Squared norms whose products, and whose significant terms, neither overflow nor vanish.
  @inline(__always)
  private static var ordinary: ClosedRange<Scalar> {
    let least = (Scalar.leastNormalMagnitude / Scalar.ulpOfOne).squareRoot()
    return least...(1 / least)
  }
}
