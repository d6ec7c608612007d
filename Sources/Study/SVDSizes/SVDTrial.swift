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

  /// What one algorithm did.
  struct Measured {
    /// For one SVD.
    let seconds: Double
    /// Against the prescribed spectrum, so that no algorithm judges another; `nil` for a warm start, which follows a matrix
    /// that changes, one iteration a change, and does not converge to rounding.
    let errors: SVDErrorRatios?
    /// Of subspace iteration.
    let iterations: Int?
    /// Whether subspace iteration gave up, and took the full SVD.
    let isFull: Bool
  }

  /// Times and judges `algorithm`.
  /// - Throws: `LinearAlgebraError`.
  func measure(_ algorithm: SVDSizeRow.Algorithm) throws -> Measured {
    let ((svd, subspace), seconds) = try timed(try decomposition(by: algorithm))
    return Measured(
      seconds: seconds, errors: algorithm == .subspaceWarm ? nil : SVDErrorRatios(svd, of: matrix, spectrum: spectrum),
      iterations: subspace?.iterations, isFull: subspace?.origin == .full)
  }

  private typealias Result = (svd: SVD<Scalar>, subspace: SubspaceResult<Scalar>?)

  /// What is timed: an SVD by `algorithm`, ready to be called again and again.
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
      // There and back, so that each call finds a matrix that has changed.
      var isChanged = false
      return {
        isChanged.toggle()
        return found(try subspace.track(isChanged ? changed : matrix))
      }
    }
  }

  /// Seconds for one call of `body`: of the first, or where that is too short for the clock, the mean of as many more as fill
  /// 10 ms.
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
