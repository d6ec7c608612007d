/// The full SVD by LAPACK: divide and conquer (`gesdd`), and where that fails to converge, QR iteration (`gesvd`).
public enum LAPACKSVD {
  /// The thin SVD of A (m×n): `u` m×k, `vT` k×n, k = min(m, n).
  /// - Parameter drivers: tried in this order until one converges.
  /// - Throws: `LinearAlgebraError.notFinite` before LAPACK is called; `.noConvergence` if no driver converges; `.overflow`;
  ///   `.tooLarge`, with vectors from 23,170 rows and columns on (`gesvd`: 46,339).
  public static func decompose<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, drivers: [LAPACKDriver] = [.divideAndConquer, .qrIteration]
  ) throws(LinearAlgebraError) -> SVD<Scalar> {
    try decompose(a, drivers: drivers, calling: Scalar.svd)
  }

  /// The singular values of A alone, descending: a third of the time.
  /// - Throws: as `decompose(_:drivers:)`.
  public static func singularValues<Scalar: BLASScalar>(
    of a: Matrix<Scalar>, drivers: [LAPACKDriver] = [.divideAndConquer, .qrIteration]
  ) throws(LinearAlgebraError) -> [Scalar] {
    try singularValues(of: a, drivers: drivers, calling: Scalar.svd)
  }

  /// The type of `BLASScalar.svd`: driver, vectors, m, n, a, singular values, u, vT.
  typealias Call<Scalar> = (
    LAPACKDriver, Bool, Int, Int, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>?,
    UnsafeMutablePointer<Scalar>?
  ) -> Int

  /// `decompose(_:drivers:)` with `call` in place of LAPACK: tests let drivers fail, which they seldom do.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func decompose<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, drivers: [LAPACKDriver], calling call: Call<Scalar>
  ) throws(LinearAlgebraError) -> SVD<Scalar> {
    try a.requireFinite()
    let k = min(a.rows, a.columns)
    var (u, vT) = (Matrix<Scalar>(rows: a.rows, columns: k), Matrix<Scalar>(rows: k, columns: a.columns))
    let values = try run(a, drivers: drivers, vectors: true) { driver, copy, values in
      // Row-major A is column-major Aᵀ = V S Uᵀ: LAPACK's U is our Vᵀ and its Vᵀ our U, so no matrix is transposed.
      u.elements.withUnsafeMutableBufferPointer { u in
        vT.elements.withUnsafeMutableBufferPointer { vT in
          call(driver, true, a.columns, a.rows, copy, values, vT.baseAddress!, u.baseAddress!)
        }
      }
    }
    return SVD(u: u, singularValues: values, vT: vT)
  }

  /// `singularValues(of:drivers:)` with `call` in place of LAPACK.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func singularValues<Scalar: BLASScalar>(
    of a: Matrix<Scalar>, drivers: [LAPACKDriver], calling call: Call<Scalar>
  ) throws(LinearAlgebraError) -> [Scalar] {
    try a.requireFinite()
    return try run(a, drivers: drivers, vectors: false) { driver, copy, values in
      call(driver, false, a.columns, a.rows, copy, values, nil, nil)
    }
  }

  /// Calls the drivers on a copy of A, scaled by a power of two so that its largest element is about 1. The scaling is exact,
  /// and avoids overflow and underflow in LAPACK.
  @inline(__always)
  private static func run<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, drivers: [LAPACKDriver], vectors: Bool,
    _ call: (LAPACKDriver, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Int
  ) throws(LinearAlgebraError) -> [Scalar] {
    guard !a.elements.isEmpty else { return [] }
    let scale = a.maxNorm > 0 ? Scalar.powerOfTwo(near: a.maxNorm) : 1
    var failures: [String] = []
    for driver in drivers {
      try driver.requireWorkspace(vectors: vectors, rows: a.rows, columns: a.columns)
      var copy = a.elements.map { $0 / scale }
      var values = [Scalar](repeating: 0, count: min(a.rows, a.columns))
      let info = copy.withUnsafeMutableBufferPointer { copy in
        values.withUnsafeMutableBufferPointer { call(driver, copy.baseAddress!, $0.baseAddress!) }
      }
      precondition(info >= 0, "LAPACK: argument \(-info) of \(driver) is wrong")
      if info == 0 { return try values.scaledBack(by: scale) }
      failures.append("\(driver) (info \(info))")
    }
    throw .noConvergence(routine: "LAPACK's " + failures.joined(separator: " and "))
  }
}
