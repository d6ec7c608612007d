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

  /// The measurements of one algorithm.
  struct Measured {
    /// For one SVD.
    let seconds: Double
    /// Errors against the prescribed spectrum, so that no algorithm is compared with another; `nil` for a warm start, which
    /// makes one iteration a change of the matrix and does not converge to rounding.
    let errors: SVDErrorRatios?
    /// Iterations of subspace iteration.
    let iterations: Int?
    /// Whether subspace iteration did not converge and took the full SVD.
    let isFull: Bool
  }

  /// Measures the time and the errors of `algorithm`.
  /// - Throws: `LinearAlgebraError`.
  func measure(_ algorithm: SVDSizeRow.Algorithm) throws -> Measured {
    let ((svd, subspace), seconds) = try timed(try decomposition(by: algorithm))
    return Measured(
      seconds: seconds, errors: algorithm == .subspaceWarm ? nil : SVDErrorRatios(svd, of: matrix, spectrum: spectrum),
      iterations: subspace?.iterations, isFull: subspace?.origin == .full)
  }

  private typealias Result = (svd: SVD<Scalar>, subspace: SubspaceResult<Scalar>?)

  /// The function that is timed: an SVD by `algorithm`, which can be called repeatedly.
  private func decomposition(by algorithm: SVDSizeRow.Algorithm) throws -> () throws -> Result {
    func found(_ result: SubspaceResult<Scalar>) -> Result { (result.svd, result) }
    var subspace = SubspaceSVD<Scalar>(rank: rank, seed: seed)
    switch algorithm {
    case .jacobi: return { (try JacobiSVD.decompose(matrix), nil) }
    case .lapack: return { (try LAPACKSVD.decompose(matrix), nil) }
    case .subspaceCold:
      return {
        subspace = SubspaceSVD(rank: rank, seed: seed)
        return found(try subspace.decompose(matrix))
      }
    case .subspaceWarm:
      _ = try subspace.decompose(matrix)
      // Calls alternate between the two matrices, so that each finds a changed one.
      var isChanged = false
      return {
        isChanged.toggle()
        return found(try subspace.track(isChanged ? changed : matrix))
      }
    }
  }

  /// Seconds for one call of `body`: the first, or where that is too short for the clock, the mean of calls that fill 10 ms.
  private func timed(_ body: () throws -> Result) rethrows -> (Result, seconds: Double) {
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
