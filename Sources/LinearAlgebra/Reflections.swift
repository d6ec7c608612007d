/// The QR of a few long rows by Householder reflections (Householder 1958; Golub and Van Loan, section 5.2).
///
/// LAPACK (`geqr2`, `org2r`) calls BLAS for each half of a reflection, which takes longer than its sums where there are so few rows
/// as in a subspace iteration. Here a reflection passes over four rows at a time.
enum Reflections {
  /// Of more rows LAPACK takes many reflections at once, by products.
  static var mostRows: Int { 48 }

  /// Orthonormal rows Q (l×n) and lower triangular L (l×l), of `a` (l×n, l ≤ n) = L Q.
  /// - Returns: `nil` where the squares of what is left of a row would overflow or vanish, or are not finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func qr<Scalar: BLASScalar>(_ a: Matrix<Scalar>) -> (q: Matrix<Scalar>, l: Matrix<Scalar>)? {
    precondition(a.rows <= a.columns)
    let (count, length) = (a.rows, a.columns)
    // Whole registers, filled up with zeros; sixteen more, or rows of a page's length would begin at the same place of a page, where
    // reading one waits for the other to be written.
    let stride = (length + 15) / 16 * 16 + 16
    var (q, l) = (Matrix<Scalar>(rows: count, columns: length), Matrix<Scalar>(rows: count, columns: count))
    let isOrdinary = withUnsafeTemporaryAllocation(byteCount: count * stride * MemoryLayout<Scalar>.stride, alignment: 64) { space in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: count) { tau in
        guard let base = space.initializeMemory(as: Scalar.self, repeating: 0).baseAddress, let tau = tau.baseAddress else { return true }
        let rows = Rows(base: base, stride: stride, count: count)
        a.elements.withUnsafeBufferPointer { a in
          for row in 0..<count { (base + row * stride).update(from: a.baseAddress! + row * length, count: length) }
        }
        guard l.elements.withUnsafeMutableBufferPointer({ rows.factor(tau: tau, l: $0.baseAddress!) }) else { return false }
        rows.generate(tau: tau)
        q.elements.withUnsafeMutableBufferPointer { q in
          for row in 0..<count { (q.baseAddress! + row * length).update(from: base + row * stride, count: length) }
        }
        return true
      }
    }
    return isOrdinary ? (q, l) : nil
  }
}

/// Rows of whole registers, which a reflection I − τ vᵀ v changes from the right.
private struct Rows<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  let count: Int

  @inline(__always)
  subscript(_ row: Int) -> UnsafeMutablePointer<Scalar> { base + row * stride }

  /// Reflects row by row onto the first axes. Row j becomes v of the j-th reflection, whose first number that is not zero, at j, is 1.
  /// - Returns: `false` where a row's squares are no ordinary number.
  @inline(__always)
  func factor(tau: UnsafeMutablePointer<Scalar>, l: UnsafeMutablePointer<Scalar>) -> Bool {
    for j in 0..<count {
      let (row, first) = (self[j], j / 16 * 16)
      let leading = row[j]
      for column in first...j { row[column] = 0 }
      var squares = SIMD16<Scalar>()
      for column in Swift.stride(from: first, to: stride, by: 16) {
        squares.addProduct((row + column).register, (row + column).register)
      }
      let norm = leading * leading + squares.sum()
      guard Self.ordinary.contains(norm) else { return false }
      // Of the two reflections, the one that does not take the difference of numbers nearly equal.
      let beta = leading > 0 ? -norm.squareRoot() : norm.squareRoot()
      (tau[j], l[j * count + j]) = ((beta - leading) / beta, beta)
      let factor = SIMD16(repeating: 1 / (leading - beta))
      for column in Swift.stride(from: first, to: stride, by: 16) { (row + column).register *= factor }
      row[j] = 1
      reflect(j + 1..<count, by: j, tau[j])
      for i in j + 1..<max(count, j + 1) { l[i * count + j] = self[i][j] }
    }
    return true
  }

  /// The product of all reflections, its first rows, in the place of their vectors: from the last on.
  @inline(__always)
  func generate(tau: UnsafeMutablePointer<Scalar>) {
    for j in Swift.stride(from: count - 1, through: 0, by: -1) {
      let row = self[j]
      for column in 0..<j { row[column] = 0 }
      reflect(j + 1..<count, by: j, tau[j])
      let factor = SIMD16(repeating: -tau[j])
      for column in Swift.stride(from: j / 16 * 16, to: stride, by: 16) { (row + column).register *= factor }
      row[j] += 1
    }
  }

  /// rᵢ ← rᵢ − τ (rᵢ · v) v for the rows i, v in row j.
  @inline(__always)
  private func reflect(_ rows: Range<Int>, by j: Int, _ tau: Scalar) {
    let (v, first) = (self[j], j / 16 * 16)
    var i = rows.lowerBound
    while i + 4 <= rows.upperBound {
      let (a, b, c, d) = (self[i], self[i + 1], self[i + 2], self[i + 3])
      var (dotA, dotB, dotC, dotD) = (SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>())
      for column in Swift.stride(from: first, to: stride, by: 16) {
        let v = (v + column).register
        dotA.addProduct(v, (a + column).register)
        dotB.addProduct(v, (b + column).register)
        dotC.addProduct(v, (c + column).register)
        dotD.addProduct(v, (d + column).register)
      }
      let (factorA, factorB) = (SIMD16(repeating: -tau * dotA.sum()), SIMD16(repeating: -tau * dotB.sum()))
      let (factorC, factorD) = (SIMD16(repeating: -tau * dotC.sum()), SIMD16(repeating: -tau * dotD.sum()))
      for column in Swift.stride(from: first, to: stride, by: 16) {
        let v = (v + column).register
        (a + column).register.addProduct(v, factorA)
        (b + column).register.addProduct(v, factorB)
        (c + column).register.addProduct(v, factorC)
        (d + column).register.addProduct(v, factorD)
      }
      i += 4
    }
    while i < rows.upperBound {
      let row = self[i]
      var dot = SIMD16<Scalar>()
      for column in Swift.stride(from: first, to: stride, by: 16) { dot.addProduct((v + column).register, (row + column).register) }
      let factor = SIMD16(repeating: -tau * dot.sum())
      for column in Swift.stride(from: first, to: stride, by: 16) { (row + column).register.addProduct((v + column).register, factor) }
      i += 1
    }
  }

  /// Of such sums of squares no term that counts has vanished, and the square root is far from both ends.
  @inline(__always)
  private static var ordinary: ClosedRange<Scalar> {
    let least = Scalar.leastNormalMagnitude / (Scalar.ulpOfOne * Scalar.ulpOfOne)
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
