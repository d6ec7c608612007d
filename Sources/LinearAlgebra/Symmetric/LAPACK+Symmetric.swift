import COpenBLAS

// Symmetric matrices are row-major here. LAPACK is column-major, and so reads the transpose: the lower triangle is its upper one.

/// A ← its lower Cholesky factor, n×n; above the diagonal nothing changes (`dpotrf`).
/// - Returns: LAPACK's `info`: above 0 where A is not positive definite.
func choleskyFactor(_ a: UnsafeMutablePointer<Double>, n: Int) -> Int {
  _ = OpenBLAS.useOneThread
  return Int(LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, CChar(bitPattern: UInt8(ascii: "U")), CInt(n), a, CInt(n)))
}

/// B ← B L⁻ᵀ, or B L⁻¹ with `transposed`: B is `rows` × n, L lower, n×n (`dtrsm`).
func solveTriangular(
  _ l: UnsafePointer<Double>, n: Int, transposed: Bool, _ b: UnsafeMutablePointer<Double>, rows: Int
) {
  _ = OpenBLAS.useOneThread
  cblas_dtrsm(
    CblasRowMajor, CblasRight, CblasLower, transposed ? CblasNoTrans : CblasTrans, CblasNonUnit, CInt(rows), CInt(n), 1, l,
    CInt(n), b, CInt(n))
}

/// Eigenvalues `first` to `last` (counted from 1, ascending) of A, n×n, whose lower triangle is overwritten, and their vectors as
/// rows (`dsyevr`: all by relatively robust representations, Dhillon and Parlett 2004; some by bisection and inverse iteration,
/// `dstebz` and `dstein`).
/// - Returns: LAPACK's `info`; 2 n + 1 where fewer values were found than asked for, which `info` does not always tell.
func symmetricEigen(
  _ a: UnsafeMutablePointer<Double>, n: Int, first: Int, last: Int, values: UnsafeMutablePointer<Double>,
  vectors: UnsafeMutablePointer<Double>?
) -> Int {
  _ = OpenBLAS.useOneThread
  let job = CChar(bitPattern: UInt8(ascii: vectors == nil ? "N" : "V"))
  let range = CChar(bitPattern: UInt8(ascii: first == 1 && last == n ? "A" : "I"))
  var (found, supports) = (CInt(0), [CInt](repeating: 0, count: 2 * n))
  // The workspaces that LAPACK's manual gives as the least that is enough for blocks of 64.
  let size = 70 * n
  var (work, integers) = ([Double](repeating: 0, count: size), [CInt](repeating: 0, count: 10 * n))
  let info = Int(
    LAPACKE_dsyevr_work(
      LAPACK_COL_MAJOR, job, range, CChar(bitPattern: UInt8(ascii: "U")), CInt(n), a, CInt(n), 0, 0, CInt(first),
      CInt(last), 0, &found, values, vectors, CInt(n), &supports, &work, CInt(size), &integers, CInt(10 * n)))
  return info == 0 && Int(found) != last - first + 1 ? 2 * n + 1 : info
}

/// All eigenvalues of A, n×n, ascending; A is overwritten (`dsyev_2stage`: Haidar, Ltaief and Dongarra 2011).
/// - Returns: LAPACK's `info`.
func symmetricValuesByTwoStages(_ a: UnsafeMutablePointer<Double>, n: Int, values: UnsafeMutablePointer<Double>) -> Int {
  _ = OpenBLAS.useOneThread
  let (job, triangle) = (CChar(bitPattern: UInt8(ascii: "N")), CChar(bitPattern: UInt8(ascii: "L")))
  return Int(LAPACKE_dsyev_2stage(LAPACK_COL_MAJOR, job, triangle, CInt(n), a, CInt(n), values))
}

// LAPACK's lower triangle, our upper one, takes less time than the other in what follows.

/// A = Q T Qᵀ, n×n, n ≥ 1: the diagonal of T (n), what is beside it (n − 1), and the reflections of Q in A and `factors` (`dsytrd`).
/// - Returns: LAPACK's `info`.
func tridiagonalize(
  _ a: UnsafeMutablePointer<Double>, n: Int, diagonal: UnsafeMutablePointer<Double>, beside: UnsafeMutablePointer<Double>,
  factors: UnsafeMutablePointer<Double>
) -> Int {
  _ = OpenBLAS.useOneThread
  return Int(
    LAPACKE_dsytrd(LAPACK_COL_MAJOR, CChar(bitPattern: UInt8(ascii: "L")), CInt(n), a, CInt(n), diagonal, beside, factors))
}

/// The eigenvalues of a tridiagonal matrix, ascending, in the place of its diagonal (`dsterf`); with `vectors` also the vectors, n×n,
/// a row each (`dstedc`, divide and conquer: Gu and Eisenstat 1995).
/// - Returns: LAPACK's `info`.
func tridiagonalEigen(
  n: Int, diagonal: UnsafeMutablePointer<Double>, beside: UnsafeMutablePointer<Double>,
  vectors: UnsafeMutablePointer<Double>?
) -> Int {
  _ = OpenBLAS.useOneThread
  guard let vectors else { return Int(LAPACKE_dsterf(CInt(n), diagonal, beside)) }
  return Int(
    LAPACKE_dstedc(LAPACK_COL_MAJOR, CChar(bitPattern: UInt8(ascii: "I")), CInt(n), diagonal, beside, vectors, CInt(n)))
}

/// v ← Q v for `count` rows v of length n, with Q of `tridiagonalize` (`dormtr`, which changes A in between).
/// - Returns: LAPACK's `info`.
func applyReflections(
  _ a: UnsafeMutablePointer<Double>, n: Int, factors: UnsafePointer<Double>, to vectors: UnsafeMutablePointer<Double>,
  count: Int
) -> Int {
  _ = OpenBLAS.useOneThread
  let (left, lower, no) = (UInt8(ascii: "L"), UInt8(ascii: "L"), UInt8(ascii: "N"))
  return Int(
    LAPACKE_dormtr(
      LAPACK_COL_MAJOR, CChar(bitPattern: left), CChar(bitPattern: lower), CChar(bitPattern: no), CInt(n), CInt(count), a,
      CInt(n),
      factors, vectors, CInt(n)))
}
