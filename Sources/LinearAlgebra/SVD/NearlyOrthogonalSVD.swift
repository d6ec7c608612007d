/// The SVD of a small square matrix whose rows are nearly orthogonal, by one-sided Jacobi rotations (Hestenes 1958).
///
/// That is what an iteration leaves which goes on from the vectors of the call before: a few sweeps, the last of which finds nothing
/// left to turn, take less time than LAPACK's reduction to two diagonals. `JacobiSVD` is the reference, for any matrix.
enum NearlyOrthogonalSVD {
  /// Rows of a matrix at most: the vectors of a block, and three registers' numbers.
  static var mostRows: Int { 48 }
  /// After so many sweeps the rows were not nearly orthogonal.
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
      let rows = TurnedRows(base: base, half: half, count: size)
      for i in 0..<size {
        for j in 0..<size { rows[i][j] = a[i, j] }
        rows[i][half + i] = 1
      }
      guard rows.turn(mostSweeps: mostSweeps) else { return false }
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

/// Rows of A, and beside each that of the product of all rotations so far.
private struct TurnedRows<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// Numbers of A's part of a row, in whole registers.
  let half: Int
  let count: Int

  @inline(__always)
  subscript(_ row: Int) -> UnsafeMutablePointer<Scalar> { base + row * 2 * half }

  /// Turns pairs of rows until all are orthogonal to working precision.
  @inline(__always)
  func turn(mostSweeps: Int) -> Bool {
    let tolerance = Scalar.ulpOfOne * Scalar(count).squareRoot()
    // Behind the rows lie their squares.
    let squares = base + count * 2 * half
    for _ in 0..<mostSweeps {
      for row in 0..<count {
        squares[row] = self.squares(row)
        guard Self.ordinary.contains(squares[row]) else { return false }
      }
      var rotations = 0
      // In rounds in which each row is in one pair (Brent and Luk 1985), so that no rotation waits for the one before.
      let players = count + count % 2
      for round in 0..<max(0, players - 1) {
        for pair in 0..<players / 2 {
          let p = pair == 0 ? players - 1 : (round + pair) % (players - 1)
          let q = (round + players - 1 - pair) % (players - 1)
          guard p < count, q < count else { continue }
          rotations += turn(min(p, q), max(p, q), squares, tolerance)
        }
      }
      if rotations == 0 { return true }
    }
    return false
  }

  /// Makes two rows orthogonal, the longer of them longer.
  @inline(__always)
  private func turn(_ p: Int, _ q: Int, _ squares: UnsafeMutablePointer<Scalar>, _ tolerance: Scalar) -> Int {
    let (a, b, x, y) = (squares[p], squares[q], self[p], self[q])
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: 0, to: half, by: 16) { sums.addProduct((x + column).register, (y + column).register) }
    let product = sums.sum()
    guard abs(product) > tolerance * (a * b).squareRoot() else { return 0 }
    let zeta = (b - a) / (2 * product)
    let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let (c, s) = (SIMD16(repeating: cosine), SIMD16(repeating: cosine * tangent))
    for column in Swift.stride(from: 0, to: 2 * half, by: 16) {
      let (own, other) = ((x + column).register, (y + column).register)
      (x + column).register = c * own - s * other
      (y + column).register = s * own + c * other
    }
    (squares[p], squares[q]) = (a - tangent * product, b + tangent * product)
    return 1
  }

  @inline(__always)
  func squares(_ row: Int) -> Scalar {
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: 0, to: half, by: 16) {
      sums.addProduct((self[row] + column).register, (self[row] + column).register)
    }
    return sums.sum()
  }

  /// Squares of which products neither overflow nor vanish, nor what counts of their terms.
  @inline(__always)
  private static var ordinary: ClosedRange<Scalar> {
    let least = (Scalar.leastNormalMagnitude / Scalar.ulpOfOne).squareRoot()
    return least...(1 / least)
  }
}

// In this file, and not in one for all loops, because a debug build sees one file at a time.
extension UnsafeMutablePointer where Pointee: BLASScalar {
  /// The sixteen numbers from here on.
  @inline(__always)
  fileprivate var register: SIMD16<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD16<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD16<Pointee>.self) }
  }
}
