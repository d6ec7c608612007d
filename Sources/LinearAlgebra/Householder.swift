/// Householder reflections of a few long rows, for a QR by which a training step waits.
///
/// LAPACK's `geqrf` and `orgqr` do thin matrices a column at a time, through calls of BLAS that each do little. Here a reflection
/// runs over four rows at once while it is in registers; the reflections are LAPACK's (Golub and Van Loan, *Matrix
/// Computations*, section 5.2).
struct Householder<Scalar: BLASScalar> {
  /// Rows, a multiple of eight numbers apart; what fills them up is zero.
  private var rows: [Scalar]
  /// v of each reflection I − τ v vᵀ, laid out as the rows; zero before its own place.
  private var reflectors: [Scalar]
  private var tau: [Scalar]
  private let (count, length, stride): (Int, Int, Int)

  /// Reflects the rows of `matrix` (l×n, l ≤ n) one after the other, so that selfᵀ = Q R.
  init(_ matrix: Matrix<Scalar>) {
    (count, length, stride) = (matrix.rows, matrix.columns, (matrix.columns + 7) / 8 * 8)
    rows = [Scalar](repeating: 0, count: count * stride)
    reflectors = rows
    tau = [Scalar](repeating: 0, count: count)
    let (count, length, stride) = (count, length, stride)
    rows.withUnsafeMutableBufferPointer { rows in
      matrix.elements.withUnsafeBufferPointer { source in
        for i in 0..<count { for j in 0..<length { rows[i * stride + j] = source[i * length + j] } }
      }
    }
    factor()
  }

  /// R, upper triangular, as its transpose: row i holds what `matrix`'s row i is of the first i + 1 rows of Q.
  var l: Matrix<Scalar> { Matrix(rows: count, columns: count) { i, j in j <= i ? rows[i * stride + j] : 0 } }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func factor() {
    let (count, stride) = (count, stride)
    rows.withUnsafeMutableBufferPointer { rows in
      reflectors.withUnsafeMutableBufferPointer { reflectors in
        for j in 0..<count {
          let (row, v) = (rows.baseAddress! + j * stride, reflectors.baseAddress! + j * stride)
          for k in j..<stride { v[k] = row[k] }
          tau[j] = Self.reflector(v, row + j, at: j, stride: stride)
          Self.reflect(rows.baseAddress!, j + 1..<count, by: v, from: j / 8 * 8, tau: tau[j], stride: stride)
        }
      }
    }
  }

  /// Q as rows, l×n: the reflections in reverse order on the first l rows of the identity.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func q() -> Matrix<Scalar> {
    let (count, length, stride) = (count, length, stride)
    var q = [Scalar](repeating: 0, count: count * stride)
    var result = Matrix<Scalar>(rows: count, columns: length)
    q.withUnsafeMutableBufferPointer { q in
      reflectors.withUnsafeBufferPointer { reflectors in
        for j in (0..<count).reversed() {
          q[j * stride + j] = 1
          Self.reflect(
            q.baseAddress!, j..<count, by: reflectors.baseAddress! + j * stride, from: j / 8 * 8, tau: tau[j], stride: stride)
        }
      }
      result.withElements { target in
        for i in 0..<count { for j in 0..<length { target[i * length + j] = q[i * stride + j] } }
      }
    }
    return result
  }

  /// Makes v, which holds a row from its `place` on, the vector of a reflection that leaves of the row only β in its place,
  /// which is written to `diagonal`: v is 1 there (`larfg`).
  /// - Returns: τ; 0 where nothing is left to be reflected.
  @inline(__always)
  private static func reflector(
    _ v: UnsafeMutablePointer<Scalar>, _ diagonal: UnsafeMutablePointer<Scalar>, at place: Int, stride: Int
  ) -> Scalar {
    var sum: Scalar = 0
    for k in place + 1..<stride { sum = sum.addingProduct(v[k], v[k]) }
    let alpha = v[place]
    v[place] = 1
    guard sum != 0 else { return 0 }
    let norm = alpha.addingSquares(sum)
    let beta = alpha >= 0 ? -norm : norm
    diagonal.pointee = beta
    let scale = 1 / (alpha - beta)
    for k in place + 1..<stride { v[k] *= scale }
    return (beta - alpha) / beta
  }

  /// Row ← row − τ (row · v) v for each of `range`, four at a time.
  @inline(__always)
  private static func reflect(
    _ rows: UnsafeMutablePointer<Scalar>, _ range: Range<Int>, by v: UnsafePointer<Scalar>, from start: Int, tau: Scalar,
    stride: Int
  ) {
    guard tau != 0 else { return }
    var row = range.lowerBound
    while row + 4 <= range.upperBound {
      let (a, b) = (rows + row * stride, rows + (row + 1) * stride)
      let (c, d) = (rows + (row + 2) * stride, rows + (row + 3) * stride)
      var (sa, sb, sc, sd) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
      for k in Swift.stride(from: start, to: stride, by: 8) {
        let x = (v + k).eight
        sa.addProduct(x, (a + k).eight)
        sb.addProduct(x, (b + k).eight)
        sc.addProduct(x, (c + k).eight)
        sd.addProduct(x, (d + k).eight)
      }
      let (wa, wb) = (SIMD8(repeating: -tau * sa.sum()), SIMD8(repeating: -tau * sb.sum()))
      let (wc, wd) = (SIMD8(repeating: -tau * sc.sum()), SIMD8(repeating: -tau * sd.sum()))
      for k in Swift.stride(from: start, to: stride, by: 8) {
        let x = (v + k).eight
        (a + k).eight = (a + k).eight.addingProduct(x, wa)
        (b + k).eight = (b + k).eight.addingProduct(x, wb)
        (c + k).eight = (c + k).eight.addingProduct(x, wc)
        (d + k).eight = (d + k).eight.addingProduct(x, wd)
      }
      row += 4
    }
    while row < range.upperBound {
      let a = rows + row * stride
      var sum = SIMD8<Scalar>()
      for k in Swift.stride(from: start, to: stride, by: 8) { sum.addProduct((v + k).eight, (a + k).eight) }
      let w = SIMD8(repeating: -tau * sum.sum())
      for k in Swift.stride(from: start, to: stride, by: 8) { (a + k).eight = (a + k).eight.addingProduct((v + k).eight, w) }
      row += 1
    }
  }
}

extension BLASScalar {
  /// √(self² + sum)
  @inline(__always)
  fileprivate func addingSquares(_ sum: Self) -> Self { sum.addingProduct(self, self).squareRoot() }
}

// In this file, and not in one for all loops, because a debug build sees one file at a time.
extension UnsafePointer where Pointee: BLASScalar {
  /// The eight numbers from here on.
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
}

extension UnsafeMutablePointer where Pointee: BLASScalar {
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD8<Pointee>.self) }
  }
}
