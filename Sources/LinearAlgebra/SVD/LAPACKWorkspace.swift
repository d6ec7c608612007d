// How much room LAPACK works in. It counts in 32 bits and does not notice an overflow, and what it reports is a
// floating-point number; here the sizes have 64 bits.

/// A work size that LAPACK reports, as an integer that is never below the one it means.
///
/// `Float` holds integers to 2²⁴. A larger size was rounded on its way, to the nearest number, which may be too small
/// (Reference-LAPACK issue 600), or since 3.10, routine by routine, upwards (`sroundup_lwork`). The next number up is not
/// below it in either case, and above it by less than 4 units in the last place; above a smaller size, which comes back as it
/// is, by 1.
/// - Precondition: it is a size, and fits in LAPACK's 32-bit integers.
func workspaceSize<Scalar: BLASScalar>(reported: Scalar) -> Int {
  let size = reported.nextUp.rounded(.up)
  precondition((1..<0x1p31).contains(size), "LAPACK's work size: found \(reported), expected one of 32 bits")
  return Int(size)
}

extension LAPACKDriver {
  /// The numbers that the driver works in, for an m×n matrix, as far as they grow with the square of k = min(m, n) or with
  /// max(m, n): `LWORK` of its documentation, and of `gesvd` what its quicker paths take.
  func workspaceSize(vectors: Bool, m: Int, n: Int) -> Int {
    let (k, longer) = (min(m, n), max(m, n))
    return switch (self, vectors) {
    case (.divideAndConquer, true): max(4 * k * k + 7 * k, longer)
    case (.divideAndConquer, false): 3 * k + max(longer, 7 * k)
    case (.qrIteration, true): k * k + max(3 * k + longer, 5 * k)
    case (.qrIteration, false): max(3 * k + longer, 5 * k)
    }
  }

  /// - Throws: `LinearAlgebraError.tooLarge` where LAPACK's own 32-bit sums of the work size overflow: it would ask for too
  ///   little room, and write beyond it.
  func requireWorkspace(vectors: Bool, rows: Int, columns: Int) throws(LinearAlgebraError) {
    guard workspaceSize(vectors: vectors, m: columns, n: rows) <= Int(Int32.max) else {
      throw .tooLarge(rows: rows, columns: columns)
    }
  }
}
