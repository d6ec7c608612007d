/// A precision that BLAS and LAPACK have: `Float` and `Double`.
///
/// The requirements are the C routines, once a precision; matrices here are column-major, as LAPACK wants them, but for
/// `gemm` and `transpose`; lists of nonzeros have a plain default. Call the functions of this module instead.
public protocol BLASScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// C ← α op(A) op(B) + β C, all row-major; op(A) is m×k, op(B) k×n.
  static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Self, a: UnsafePointer<Self>, strideA: Int,
    b: UnsafePointer<Self>, strideB: Int, beta: Self, c: UnsafeMutablePointer<Self>, strideC: Int)

  /// Singular values, and with `vectors` the factors, of the m×n column-major `a`, which is destroyed:
  /// `u` m×k, `vT` k×n. Divide and conquer (`gesdd`), or QR iteration (`gesvd`).
  /// - Returns: LAPACK's `info`.
  static func svd(
    driver: LAPACKDriver, vectors: Bool, m: Int, n: Int, a: UnsafeMutablePointer<Self>,
    singularValues: UnsafeMutablePointer<Self>,
    u: UnsafeMutablePointer<Self>?, vT: UnsafeMutablePointer<Self>?
  ) -> Int

  /// QR of the m×n column-major `a`, m ≥ n, by Householder reflections (`geqrf`, `orgqr`): `a` becomes the orthonormal Q;
  /// R (n×n, column-major, upper) goes to `r`. NaN and infinities give NaN.
  static func qr(m: Int, n: Int, a: UnsafeMutablePointer<Self>, r: UnsafeMutablePointer<Self>)

  /// Target ← sourceᵀ: source has `rows` of `columns` numbers; rows of both begin their `stride` numbers apart.
  static func transpose(
    _ source: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int, to target: UnsafeMutablePointer<Self>,
    stride targetStride: Int)

  /// Lists the numbers that are not zero, and NaN, of `count` in blocks of sixteen that begin `stride` numbers apart; and
  /// `place` times the index of each. Both lists need room for whole blocks.
  /// - Returns: how many there are.
  static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, stride: Int, to numbers: UnsafeMutablePointer<Self>,
    places: UnsafeMutablePointer<UInt32>, every place: UInt32
  ) -> Int

  /// Lists the numbers that are not zero, and NaN, of `count` up to 256; and the index of each. Both lists need room for a
  /// multiple of eight.
  /// - Returns: how many there are.
  static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, to numbers: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<UInt8>
  ) -> Int
}

/// LAPACK's two SVD drivers.
public enum LAPACKDriver: String, CaseIterable, Sendable {
  /// `gesdd`: divide and conquer (Gu and Eisenstat 1995).
  case divideAndConquer
  /// `gesvd`: implicit zero-shift QR (Demmel and Kahan 1990).
  case qrIteration
}
