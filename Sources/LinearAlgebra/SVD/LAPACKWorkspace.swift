// The size of LAPACK's workspace. LAPACK computes it in 32 bits without a check for overflow, and reports it as a floating-point
// value; here it has 64 bits.

/// A workspace size that LAPACK reports, as an integer that is not below the one computed by LAPACK.
///
/// `Float` holds integers exactly up to 2²⁴. A larger size was rounded to nearest, perhaps down (Reference-LAPACK issue 600), or,
/// since 3.10 and in some routines, up (`sroundup_lwork`). The next value up is large enough in both cases, and too large by
/// less than 4 units in the last place, or by 1 for sizes up to 2²⁴.
/// - Precondition: it is at least 1, and fits in LAPACK's 32-bit integers.
func workspaceSize<Scalar: BLASScalar>(reported: Scalar) -> Int {
  let size = reported.nextUp.rounded(.up)
  precondition((1..<0x1p31).contains(size), "LAPACK's work size: found \(reported), expected one of 32 bits")
  return Int(size)
}

extension LAPACKDriver {
  /// The workspace of the driver in elements, for an m×n matrix and k = min(m, n), without lower-order terms: `LWORK` of its
  /// documentation, and for `gesvd` that of its faster paths.
  func workspaceSize(vectors: Bool, m: Int, n: Int) -> Int {
    let (k, longer) = (min(m, n), max(m, n))
    return switch (self, vectors) {
    case (.divideAndConquer, true): max(4 * k * k + 7 * k, longer)
    case (.divideAndConquer, false): 3 * k + max(longer, 7 * k)
    case (.qrIteration, true): k * k + max(3 * k + longer, 5 * k)
    case (.qrIteration, false): max(3 * k + longer, 5 * k)
    }
  }

  /// - Throws: `LinearAlgebraError.tooLarge` where LAPACK's 32-bit computation of the size would overflow: LAPACK would then
  ///   request too little, and write beyond it.
  func requireWorkspace(vectors: Bool, rows: Int, columns: Int) throws(LinearAlgebraError) {
    guard workspaceSize(vectors: vectors, m: columns, n: rows) <= Int(Int32.max) else {
      throw .tooLarge(rows: rows, columns: columns)
    }
  }
}
