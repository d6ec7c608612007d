/// A precision that BLAS and LAPACK have: `Float` and `Double`.
///
/// The requirements are C routines, which have one version a precision. Matrices are column-major, as LAPACK takes them, except
/// for `gemm` and `transpose`. Lists of nonzeros have a default in Swift. Callers use the functions of this module instead.
public protocol BLASScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// C ← α op(A) op(B) + β C, all row-major; op(A) is m×k, op(B) k×n.
  static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Self, a: UnsafePointer<Self>, strideA: Int,
    b: UnsafePointer<Self>, strideB: Int, beta: Self, c: UnsafeMutablePointer<Self>, strideC: Int)

  /// Singular values, and with `vectors` the factors, of the m×n column-major `a`, which is overwritten:
  /// `u` m×k, `vT` k×n. Divide and conquer (`gesdd`), or QR iteration (`gesvd`).
  /// - Returns: LAPACK's `info`.
  static func svd(
    driver: LAPACKDriver, vectors: Bool, m: Int, n: Int, a: UnsafeMutablePointer<Self>,
    singularValues: UnsafeMutablePointer<Self>, u: UnsafeMutablePointer<Self>?, vT: UnsafeMutablePointer<Self>?
  ) -> Int

  /// QR of the m×n column-major `a`, m ≥ n, by Householder reflections (`geqrf`, `orgqr`): `a` becomes the orthonormal Q;
  /// R (n×n, column-major, upper) goes to `r`. NaN and infinities give NaN.
  static func qr(m: Int, n: Int, a: UnsafeMutablePointer<Self>, r: UnsafeMutablePointer<Self>)

  /// Target ← sourceᵀ: source is `rows` × `columns`. The strides are the distances between rows, in elements.
  static func transpose(
    _ source: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int, to target: UnsafeMutablePointer<Self>,
    stride targetStride: Int)

  /// Lists the elements other than zero (NaN too) among `count` in blocks of NR that begin `stride` elements apart, and
  /// `place` times the index of each. Both lists need room for whole blocks.
  /// - Returns: the length of the lists.
  static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, stride: Int, to elements: UnsafeMutablePointer<Self>,
    places: UnsafeMutablePointer<UInt32>, every place: UInt32
  ) -> Int

  /// Lists the elements other than zero (NaN too) among `count`, up to 256, and the index of each. Both lists need room for a
  /// multiple of eight.
  /// - Returns: the length of the lists.
  static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, to elements: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<UInt8>
  ) -> Int
}

/// LAPACK's two SVD drivers.
public enum LAPACKDriver: String, CaseIterable, Sendable {
  /// `gesdd`: divide and conquer (Gu and Eisenstat 1995).
  case divideAndConquer
  /// `gesvd`: implicit zero-shift QR (Demmel and Kahan 1990).
  case qrIteration
}
