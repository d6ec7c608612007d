import LinearAlgebra
import Results

/// Every algorithm on one matrix, in one precision, on one thread.
struct SVDTrial<Scalar: BLASScalar> {
  private let matrix, changed: Matrix<Scalar>
  private let spectrum: Spectrum
  private let rank: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - rank: D, at most `size`.
  ///   - seed: of the matrix, and of the start of subspace iteration.
  init(size: Int, rank: Int, seed: UInt64) {
    let sample = WeightLikeMatrix(size: size, seed: seed)
    (matrix, changed) = (sample.matrix.map { Scalar($0) }, sample.changed.map { Scalar($0) })
    (spectrum, self.rank, self.seed) = (sample.spectrum, rank, seed)
  }

  /// Seconds for one SVD, and its errors; those against the prescribed spectrum, so that no algorithm judges another.
  ///
  /// Of a warm start only the time is measured: it follows a matrix that changes, and does not converge to rounding.
  /// - Throws: `LinearAlgebraError`.
  func measure(_ algorithm: SVDSizeRow.Algorithm) throws -> (seconds: Double, errors: SVDErrorRatios?) {
    let (svd, seconds) = try timed(try decomposition(by: algorithm))
    return (seconds, algorithm == .subspaceWarm ? nil : SVDErrorRatios(svd, of: matrix, spectrum: spectrum))
  }

  /// What is timed: an SVD by `algorithm`, ready to be called again and again.
  private func decomposition(by algorithm: SVDSizeRow.Algorithm) throws -> () throws -> SVD<Scalar> {
    var subspace = SubspaceSVD<Scalar>(rank: rank, seed: seed)
    func next(_ a: Matrix<Scalar>) throws -> SVD<Scalar> { try subspace.decompose(a) }
    switch algorithm {
    case .jacobi: return { try JacobiSVD.decompose(matrix) }
    case .lapack: return { try LAPACKSVD.decompose(matrix) }
    case .subspaceCold:
      return {
        subspace = SubspaceSVD(rank: rank, seed: seed)
        return try next(matrix)
      }
    case .subspaceWarm:
      _ = try next(matrix)
      // There and back, so that each call finds a matrix that has changed.
      var isChanged = false
      return {
        isChanged.toggle()
        return try next(isChanged ? changed : matrix)
      }
    }
  }

  /// Seconds for one call of `body`: of the first, or where that is too short for the clock, the mean of as many more as fill
  /// 10 ms.
  private func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, seconds: Double) {
    let clock = ContinuousClock()
    let start = clock.now
    var result = try body()
    let first = (clock.now - start).seconds
    guard first < 0.01 else { return (result, first) }
    let calls = Int(0.01 / max(first, 1e-6)) + 1
    let again = clock.now
    for _ in 0..<calls { result = try body() }
    return (result, (clock.now - again).seconds / Double(calls))
  }
}
