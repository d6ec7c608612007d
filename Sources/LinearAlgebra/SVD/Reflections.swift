/// The QR of a few long rows by Householder reflections (Householder 1958; Golub and Van Loan, section 5.2).
///
/// LAPACK (`geqr2`, `org2r`) calls BLAS for each half of a reflection, which takes longer than its sums where there are so few rows
/// as in a subspace iteration. Here two reflections pass over two rows at a time.
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
    guard count > 0 else { return (q, l) }
    let isOrdinary = withUnsafeTemporaryAllocation(byteCount: count * stride * MemoryLayout<Scalar>.stride, alignment: 64) {
      space in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: count) { tau in
        guard let base = space.initializeMemory(as: Scalar.self, repeating: 0).baseAddress, let tau = tau.baseAddress else {
          return true
        }
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
    for j in Swift.stride(from: 0, to: count, by: 2) {
      guard aim(j, &tau[j], &l[j * count + j]) else { return false }
      guard j + 1 < count else { break }
      reflect(j + 1, by: j, tau[j])
      l[(j + 1) * count + j] = self[j + 1][j]
      guard aim(j + 1, &tau[j + 1], &l[(j + 1) * count + j + 1]) else { return false }
      reflect(j + 2..<count, by: j, tau[j], then: j + 1, tau[j + 1])
      for i in j + 2..<max(count, j + 2) { (l[i * count + j], l[i * count + j + 1]) = (self[i][j], self[i][j + 1]) }
    }
    return true
  }

  /// The product of all reflections, its first rows, in the place of their vectors: from the last on.
  @inline(__always)
  func generate(tau: UnsafeMutablePointer<Scalar>) {
    for j in Swift.stride(from: (count - 1) / 2 * 2, through: 0, by: -2) {
      if j + 1 < count {
        reflect(j + 2..<count, by: j + 1, tau[j + 1], then: j, tau[j])
        begin(j + 1, tau[j + 1])
        reflect(j + 1, by: j, tau[j])
      }
      begin(j, tau[j])
    }
  }

  /// Makes of row j, of which the numbers before j count no more, the vector of the reflection that takes it to β eⱼ.
  @inline(__always)
  private func aim(_ j: Int, _ tau: inout Scalar, _ beta: inout Scalar) -> Bool {
    let (row, leading) = (self[j], self[j][j])
    for column in 0...j { row[column] = 0 }
    let norm = leading * leading + dot(j, j, from: j)
    guard Self.ordinary.contains(norm) else { return false }
    // Of the two reflections, the one that does not take the difference of numbers nearly equal.
    beta = leading > 0 ? -norm.squareRoot() : norm.squareRoot()
    tau = (beta - leading) / beta
    scale(j, by: 1 / (leading - beta))
    row[j] = 1
    return true
  }

  /// Row j ← eⱼ − τ v, v in row j.
  @inline(__always)
  private func begin(_ j: Int, _ tau: Scalar) {
    scale(j, by: -tau)
    self[j][j] += 1
  }

  @inline(__always)
  private func scale(_ j: Int, by factor: Scalar) {
    let (row, factor) = (self[j], SIMD16(repeating: factor))
    for column in Swift.stride(from: j / 16 * 16, to: stride, by: 16) { (row + column).register *= factor }
  }

  @inline(__always)
  private func dot(_ i: Int, _ j: Int, from first: Int) -> Scalar {
    let (a, b) = (self[i], self[j])
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: first / 16 * 16, to: stride, by: 16) {
      sums.addProduct((a + column).register, (b + column).register)
    }
    return sums.sum()
  }

  /// rᵢ ← rᵢ − τ (rᵢ · v) v, v in row j.
  @inline(__always)
  private func reflect(_ i: Int, by j: Int, _ tau: Scalar) {
    let (row, v, factor) = (self[i], self[j], SIMD16(repeating: -tau * dot(i, j, from: j)))
    for column in Swift.stride(from: j / 16 * 16, to: stride, by: 16) {
      (row + column).register.addProduct((v + column).register, factor)
    }
  }

  /// The same by two reflections one after the other, of rows two at a time:
  ///
  ///     r − τ₁ (r · v) v − τ₂ (r · w − τ₁ (r · v) (v · w)) w
  @inline(__always)
  private func reflect(_ rows: Range<Int>, by j: Int, _ tau1: Scalar, then k: Int, _ tau2: Scalar) {
    let (v, w, first) = (self[j], self[k], min(j, k) / 16 * 16)
    let both = dot(j, k, from: first)
    for i in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
      // A last odd row is its own neighbour, and written twice alike.
      let (a, b) = (self[i], self[min(i + 1, rows.upperBound - 1)])
      var (av, aw, bv, bw) = (SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>())
      for column in Swift.stride(from: first, to: stride, by: 16) {
        let (v, w) = ((v + column).register, (w + column).register)
        let (a, b) = ((a + column).register, (b + column).register)
        av.addProduct(a, v)
        aw.addProduct(a, w)
        bv.addProduct(b, v)
        bw.addProduct(b, w)
      }
      let (a1, b1) = (-tau1 * av.sum(), -tau1 * bv.sum())
      let (a2, b2) = (-tau2 * (aw.sum() + a1 * both), -tau2 * (bw.sum() + b1 * both))
      let (alongVA, alongWA) = (SIMD16(repeating: a1), SIMD16(repeating: a2))
      let (alongVB, alongWB) = (SIMD16(repeating: b1), SIMD16(repeating: b2))
      for column in Swift.stride(from: first, to: stride, by: 16) {
        let (v, w) = ((v + column).register, (w + column).register)
        let ownA = (a + column).register.addingProduct(v, alongVA).addingProduct(w, alongWA)
        let ownB = (b + column).register.addingProduct(v, alongVB).addingProduct(w, alongWB)
        (a + column).register = ownA
        (b + column).register = ownB
      }
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
