/// The QR of a few long rows by Householder reflections (Householder 1958; Golub and Van Loan, section 5.2).
///
/// LAPACK (`geqr2`, `org2r`) calls BLAS for each half of a reflection; for the few rows of a subspace iteration the calls take
/// longer than the arithmetic. Here two reflections are applied to two rows at a time.
enum HouseholderQR {
  /// For more rows LAPACK is faster: it applies many reflections at once, by products.
  static var mostRows: Int { 48 }

  /// Orthonormal rows Q (l×n) and lower triangular L (l×l), of `a` (l×n, l ≤ n) = L Q.
  /// - Returns: `nil` where the squared norm of the rest of a row overflows, vanishes or is not finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func qr<Scalar: BLASScalar>(_ a: Matrix<Scalar>) -> (q: Matrix<Scalar>, l: Matrix<Scalar>)? {
    precondition(a.rows <= a.columns)
    let (count, length) = (a.rows, a.columns)
    // Whole registers, filled up with zeros, and sixteen elements more: otherwise rows of a page's length would have the same
    // offsets in their pages, and a load would wait for a store of another row (4K aliasing).
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

/// Rows of whole registers. A reflection I − τ vᵀ v is applied from the right.
private struct Rows<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  let count: Int

  @inline(__always)
  subscript(_ row: Int) -> UnsafeMutablePointer<Scalar> { base + row * stride }

  /// Reflects row j onto the axes 0 … j, for all j. Row j is overwritten by v of its reflection: vᵢ = 0 for i < j, vⱼ = 1.
  /// - Returns: `false` where a squared norm is out of the safe range.
  @inline(__always)
  func factor(tau: UnsafeMutablePointer<Scalar>, l: UnsafeMutablePointer<Scalar>) -> Bool {
    for j in Swift.stride(from: 0, to: count, by: 2) {
      guard makeReflection(j, &tau[j], &l[j * count + j]) else { return false }
      guard j + 1 < count else { break }
      reflect(j + 1, by: j, tau[j])
      l[(j + 1) * count + j] = self[j + 1][j]
      guard makeReflection(j + 1, &tau[j + 1], &l[(j + 1) * count + j + 1]) else { return false }
      reflect(j + 2..<count, by: j, tau[j], then: j + 1, tau[j + 1])
      for i in j + 2..<max(count, j + 2) { (l[i * count + j], l[i * count + j + 1]) = (self[i][j], self[i][j + 1]) }
    }
    return true
  }

  /// Overwrites the vectors of the reflections by the first rows of the reflections' product, from the last on.
  @inline(__always)
  func generate(tau: UnsafeMutablePointer<Scalar>) {
    for j in Swift.stride(from: (count - 1) / 2 * 2, through: 0, by: -2) {
      if j + 1 < count {
        reflect(j + 2..<count, by: j + 1, tau[j + 1], then: j, tau[j])
        makeRow(j + 1, tau[j + 1])
        reflect(j + 1, by: j, tau[j])
      }
      makeRow(j, tau[j])
    }
  }

  /// Overwrites row j, whose elements before j are no longer needed, by v of the reflection that takes it to β eⱼ.
  @inline(__always)
  private func makeReflection(_ j: Int, _ tau: inout Scalar, _ beta: inout Scalar) -> Bool {
    let (row, leading) = (self[j], self[j][j])
    for column in 0...j { row[column] = 0 }
    let norm = leading * leading + dot(j, j, from: j)
    guard Self.ordinary.contains(norm) else { return false }
    // The sign of β avoids cancellation in leading − β.
    beta = leading > 0 ? -norm.squareRoot() : norm.squareRoot()
    tau = (beta - leading) / beta
    scale(j, by: 1 / (leading - beta))
    row[j] = 1
    return true
  }

  /// Row j ← eⱼ − τ v, where row j holds v.
  @inline(__always)
  private func makeRow(_ j: Int, _ tau: Scalar) {
    scale(j, by: -tau)
    self[j][j] += 1
  }

  @inline(__always)
  private func scale(_ j: Int, by factor: Scalar) {
    let (row, factor) = (self[j], SIMD16(repeating: factor))
    for column in Swift.stride(from: j / 16 * 16, to: stride, by: 16) { (row + column).simd16 *= factor }
  }

  @inline(__always)
  private func dot(_ i: Int, _ j: Int, from first: Int) -> Scalar {
    let (a, b) = (self[i], self[j])
    var sums = SIMD16<Scalar>()
    for column in Swift.stride(from: first / 16 * 16, to: stride, by: 16) {
      sums.addProduct((a + column).simd16, (b + column).simd16)
    }
    return sums.sum()
  }

  /// rᵢ ← rᵢ − τ (rᵢ · v) v, where row j holds v.
  @inline(__always)
  private func reflect(_ i: Int, by j: Int, _ tau: Scalar) {
    let (row, v, factor) = (self[i], self[j], SIMD16(repeating: -tau * dot(i, j, from: j)))
    for column in Swift.stride(from: j / 16 * 16, to: stride, by: 16) {
      (row + column).simd16.addProduct((v + column).simd16, factor)
    }
  }

  /// Applies the reflection in row j, then that in row k, to two rows at a time:
  ///
  ///     r − τ₁ (r · v) v − τ₂ (r · w − τ₁ (r · v) (v · w)) w
  @inline(__always)
  private func reflect(_ rows: Range<Int>, by j: Int, _ tau1: Scalar, then k: Int, _ tau2: Scalar) {
    let (v, w, first) = (self[j], self[k], min(j, k) / 16 * 16)
    let both = dot(j, k, from: first)
    for i in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: 2) {
      // A last odd row is paired with itself, and written twice with the same elements.
      let (a, b) = (self[i], self[min(i + 1, rows.upperBound - 1)])
      var (av, aw, bv, bw) = (SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>(), SIMD16<Scalar>())
      for column in Swift.stride(from: first, to: stride, by: 16) {
        let (v, w) = ((v + column).simd16, (w + column).simd16)
        let (a, b) = ((a + column).simd16, (b + column).simd16)
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
        let (v, w) = ((v + column).simd16, (w + column).simd16)
        let ownA = (a + column).simd16.addingProduct(v, alongVA).addingProduct(w, alongWA)
        let ownB = (b + column).simd16.addingProduct(v, alongVB).addingProduct(w, alongWB)
        (a + column).simd16 = ownA
        (b + column).simd16 = ownB
      }
    }
  }

  /// Squared norms whose significant terms have not vanished, and whose root neither overflows nor vanishes in products.
  @inline(__always)
  private static var ordinary: ClosedRange<Scalar> {
    let least = Scalar.leastNormalMagnitude / (Scalar.ulpOfOne * Scalar.ulpOfOne)
    return least...(1 / least)
  }
}
