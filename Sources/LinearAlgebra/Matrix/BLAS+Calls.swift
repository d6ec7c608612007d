import COpenBLAS
import Foundation

// With `LAPACK+Symmetric.swift` the only file that calls OpenBLAS and LAPACKE. The two precisions differ in the first letter of the routines only. The
// `_work` routines of LAPACKE are called, because the others check for NaN first and report it as a wrong argument.

extension Float: BLASScalar {
  /// `sgemm` (Dongarra and others 1990), row-major.
  public static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, strideA: Int,
    b: UnsafePointer<Float>, strideB: Int, beta: Float, c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    OpenBLAS.useOneThread
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, CInt(m), CInt(n),
      CInt(k), alpha, a, CInt(strideA), b, CInt(strideB), beta, c, CInt(strideC))
  }

  /// `sgesdd` or `sgesvd` of LAPACK, column-major; returns their `info`.
  public static func svd(
    driver: LAPACKDriver, vectors: Bool, m: Int, n: Int, a: UnsafeMutablePointer<Float>,
    singularValues: UnsafeMutablePointer<Float>, u: UnsafeMutablePointer<Float>?, vT: UnsafeMutablePointer<Float>?
  ) -> Int {
    OpenBLAS.useOneThread
    let job = job(vectors), (rows, columns, k) = (CInt(m), CInt(n), CInt(Swift.min(m, n)))
    switch driver {
    case .divideAndConquer:
      return withWorkspace(integers: 8 * Int(k)) { (work: UnsafeMutablePointer<Float>, size, integers) in
        LAPACKE_sgesdd_work(
          LAPACK_COL_MAJOR, job, rows, columns, a, rows, singularValues, u, rows, vT, k, work, size, integers)
      }
    case .qrIteration:
      return withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Float>, size, _) in
        LAPACKE_sgesvd_work(LAPACK_COL_MAJOR, job, job, rows, columns, a, rows, singularValues, u, rows, vT, k, work, size)
      }
    }
  }

  /// `sgeqrf` and `sorgqr` of LAPACK, column-major: Q in the place of A.
  public static func qr(m: Int, n: Int, a: UnsafeMutablePointer<Float>, r: UnsafeMutablePointer<Float>) {
    OpenBLAS.useOneThread
    withReflectors(m: m, n: n, a: a, r: r) { tau, rows, columns in
      withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Float>, size, _) in
        LAPACKE_sgeqrf_work(LAPACK_COL_MAJOR, rows, columns, a, rows, tau, work, size)
      }
    } generate: { tau, rows, columns in
      withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Float>, size, _) in
        LAPACKE_sorgqr_work(LAPACK_COL_MAJOR, rows, columns, columns, a, rows, tau, work, size)
      }
    }
  }

  /// `cblas_somatcopy`, of OpenBLAS.
  public static func transpose(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, to target: UnsafeMutablePointer<Float>,
    stride targetStride: Int
  ) {
    guard rows > 0, columns > 0 else { return }
    cblas_somatcopy(
      CblasRowMajor, CblasTrans, CInt(rows), CInt(columns), 1, source, CInt(stride), target, CInt(targetStride))
  }
}

extension Double: BLASScalar {
  /// `dgemm` (Dongarra and others 1990), row-major.
  public static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Double, a: UnsafePointer<Double>, strideA: Int,
    b: UnsafePointer<Double>, strideB: Int, beta: Double, c: UnsafeMutablePointer<Double>, strideC: Int
  ) {
    OpenBLAS.useOneThread
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, CInt(m), CInt(n),
      CInt(k), alpha, a, CInt(strideA), b, CInt(strideB), beta, c, CInt(strideC))
  }

  /// `dgesdd` or `dgesvd` of LAPACK, column-major; returns their `info`.
  public static func svd(
    driver: LAPACKDriver, vectors: Bool, m: Int, n: Int, a: UnsafeMutablePointer<Double>,
    singularValues: UnsafeMutablePointer<Double>, u: UnsafeMutablePointer<Double>?, vT: UnsafeMutablePointer<Double>?
  ) -> Int {
    OpenBLAS.useOneThread
    let job = job(vectors), (rows, columns, k) = (CInt(m), CInt(n), CInt(Swift.min(m, n)))
    switch driver {
    case .divideAndConquer:
      return withWorkspace(integers: 8 * Int(k)) { (work: UnsafeMutablePointer<Double>, size, integers) in
        LAPACKE_dgesdd_work(
          LAPACK_COL_MAJOR, job, rows, columns, a, rows, singularValues, u, rows, vT, k, work, size, integers)
      }
    case .qrIteration:
      return withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Double>, size, _) in
        LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, job, job, rows, columns, a, rows, singularValues, u, rows, vT, k, work, size)
      }
    }
  }

  /// `dgeqrf` and `dorgqr` of LAPACK, column-major: Q in the place of A.
  public static func qr(m: Int, n: Int, a: UnsafeMutablePointer<Double>, r: UnsafeMutablePointer<Double>) {
    OpenBLAS.useOneThread
    withReflectors(m: m, n: n, a: a, r: r) { tau, rows, columns in
      withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Double>, size, _) in
        LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, rows, columns, a, rows, tau, work, size)
      }
    } generate: { tau, rows, columns in
      withWorkspace(integers: 0) { (work: UnsafeMutablePointer<Double>, size, _) in
        LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, rows, columns, columns, a, rows, tau, work, size)
      }
    }
  }

  /// `cblas_domatcopy`, of OpenBLAS.
  public static func transpose(
    _ source: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int, to target: UnsafeMutablePointer<Double>,
    stride targetStride: Int
  ) {
    guard rows > 0, columns > 0 else { return }
    cblas_domatcopy(
      CblasRowMajor, CblasTrans, CInt(rows), CInt(columns), 1, source, CInt(stride), target, CInt(targetStride))
  }
}

private func job(_ vectors: Bool) -> CChar { CChar(bitPattern: UInt8(ascii: vectors ? "S" : "N")) }

/// Queries the workspace size of `call`, then calls it with a workspace of that size.
private func withWorkspace<Scalar: BLASScalar>(
  integers: Int, _ call: (UnsafeMutablePointer<Scalar>, _ size: CInt, UnsafeMutablePointer<CInt>?) -> CInt
) -> Int {
  var integerWork = [CInt](repeating: 0, count: integers)
  return integerWork.withUnsafeMutableBufferPointer { integerWork in
    var query: Scalar = 0
    let status = call(&query, -1, integerWork.baseAddress)
    guard status == 0 else { return Int(status) }
    let size = workspaceSize(reported: query)
    return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, size)) {
      Int(call($0.baseAddress!, CInt(size), integerWork.baseAddress))
    }
  }
}

private func withReflectors<Scalar: BLASScalar>(
  m: Int, n: Int, a: UnsafeMutablePointer<Scalar>, r: UnsafeMutablePointer<Scalar>,
  factor: (UnsafeMutablePointer<Scalar>, CInt, CInt) -> Int, generate: (UnsafeMutablePointer<Scalar>, CInt, CInt) -> Int
) {
  precondition(m >= n)
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, n)) { tau in
    let factored = factor(tau.baseAddress!, CInt(m), CInt(n))
    precondition(factored == 0, "geqrf: info \(factored)")
    for j in 0..<n { for i in 0..<n { r[j * n + i] = i <= j ? a[j * m + i] : 0 } }
    let generated = generate(tau.baseAddress!, CInt(m), CInt(n))
    precondition(generated == 0, "orgqr: info \(generated)")
  }
}

/// The library behind BLAS and LAPACK.
public enum OpenBLAS {
  /// Results of OpenBLAS's own threads depend on the number of threads, so it runs one; `Workers` run in parallel instead.
  static let useOneThread: Void = openblas_set_num_threads(1)

  /// Version and build options, as the library reports them. Read once, because each call writes them to the same buffer.
  public static let configuration = String(cString: openblas_get_config()).trimmingCharacters(in: .whitespaces)

  /// The kernel family in use: `Haswell`, `Zen`, `SkylakeX`, …
  public static var kernel: String { String(cString: openblas_get_corename()) }

  /// Bytes of the buffer that a call takes from the system, and keeps: one for each call at the same time. Where there is none, the
  /// call waits for ever.
  public static let bufferSize = 1 << 27

  /// Number of threads that a call runs.
  public static var threads: Int { Int(openblas_get_num_threads()) }
}
