import LinearAlgebra

extension MeasuredSVD {
  /// Bytes of address space that are reserved and not used: OpenBLAS's buffer of 128 MiB, for which it tries for ever where it
  /// cannot get it, and what else the program still loads.
  public static var addressSpace: Int { OpenBLAS.bufferSize + (1 << 25) }

  /// The memory in bytes that a matrix A (m×n) takes, and the SVD of it to rank D with its errors: an estimate from above.
  ///
  /// It counts the arrays that exist at the same time: either those of the algorithm, or the factors and those of
  /// `SVDErrorRatios`, which are in double precision.
  public static func memory(rows: Int, columns: Int, by algorithm: SVDAlgorithm, rank: Int) -> Int {
    // In floating point, where nothing overflows.
    let (m, n, r, k) = (Double(rows), Double(columns), Double(rank), Double(min(rows, columns)))
    let factors = k * (m + n)
    // A copy of A, U and Vᵀ, and the workspace (`LAPACKDriver.workspaceSize`), with blocks of up to 64 columns.
    let lapack = m * n + factors + 4 * k * k + 128 * (m + n)
    let work =
      switch algorithm {
      // A, U and V as columns and as matrices, each perhaps transposed.
      case .jacobi: 3 * m * n + 2 * factors + k * k + 8 * (m + n)
      case .lapack: lapack
      // Where the iteration does not converge, LAPACK takes over. A scaled copy of A; blocks of D + 10 rows.
      case .subspace: m * n + lapack + 8 * (r + 10) * (m + n)
      // A scaled copy of A, and the same in panels; of k rows, at most 0.6 of the shorter side, a basis, its image in double precision,
      // twice where it grows, and four matrices k×k in double precision. Or A and its Gram matrix in double precision, and LAPACK.
      case .krylov:
        4 * m * n + max(lapack, 10 * k * k) + min(0.6 * k, 8 * r + 64) * (m + n + 4 * max(m, n)) + 4 * r * (m + n)
      }
    // A, the product and their difference; U twice, Vᵀ, and three Gram matrices.
    let errors = 3 * m * n + r * (2 * m + 2 * n) + 3 * r * r
    let scalar = Double(MemoryLayout<Scalar>.size)
    let bytes = scalar * m * n + max(scalar * work, scalar * (factors + r * (m + n)) + 8 * errors)
    return Int(exactly: bytes.rounded(.up)) ?? .max
  }
}
