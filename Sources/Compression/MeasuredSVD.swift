import Files
import LinearAlgebra
import NeuralNetwork

/// The algorithms that a user can choose.
public enum SVDAlgorithm: String, CaseIterable, Sendable {
  /// `JacobiSVD`: the reference, slow.
  case jacobi
  /// `LAPACKSVD`.
  case lapack
  /// `SubspaceSVD` from a cold start: the leading values to rounding.
  case subspace
  /// `BlockKrylovSVD`: fast where the matrix is large, nearly the least residual.
  case krylov
}

/// The SVD of one matrix by a chosen algorithm, and its errors.
public struct MeasuredSVD<Scalar: BLASScalar>: Sendable {
  /// U (m×D), D singular values, Vᵀ (D×n).
  public let svd: SVD<Scalar>
  /// All min(m, n) singular values of the matrix, where they are known: `nil` for a truncated SVD by an algorithm that computes the
  /// leading ones alone.
  public let spectrum: Spectrum?
  /// min(m, n)
  public let fullRank: Int
  /// ‖A‖_F
  public let norm: Double
  /// The errors of `svd`.
  public let errors: SVDErrorRatios
  /// What an iteration reports; `nil` for the others.
  public let iteration: Iteration?

  /// How an iterative algorithm came to its result.
  public enum Iteration: Sendable {
    /// `SubspaceSVD`, with ‖A V − U S‖_F; `isFull` where it ended with the full SVD.
    case subspace(iterations: Int, residual: Double, isFull: Bool)
    /// `BlockKrylovSVD`, with the number of blocks; 0 where all dimensions were taken.
    case krylov(blocks: Int)
  }

  /// Decomposes A (m×n, not empty) and measures the result.
  /// - Parameters:
  ///   - rank: D, from 1 to min(m, n).
  ///   - seed: of the random start of `SubspaceSVD` and `BlockKrylovSVD`.
  ///   - workers: share the work of `BlockKrylovSVD`; the bits do not depend on them.
  /// - Throws: `LinearAlgebraError` where A is not finite, no iteration converges, a singular value overflows, or LAPACK
  ///   cannot take so large a matrix.
  public init(
    of a: Matrix<Scalar>, by algorithm: SVDAlgorithm, rank: Int, seed: UInt64 = 1, workers: Workers
  ) throws(LinearAlgebraError) {
    let full = min(a.rows, a.columns)
    precondition(1 <= rank && rank <= full)
    try a.requireFinite()
    var values: [Scalar]?
    switch algorithm {
    case .jacobi, .lapack:
      let whole = algorithm == .jacobi ? try JacobiSVD.decompose(a) : try LAPACKSVD.decompose(a)
      (svd, values, iteration) = (whole.truncated(to: rank), whole.singularValues, nil)
    case .subspace:
      var algorithm = SubspaceSVD<Scalar>(rank: rank, seed: seed)
      let result = try algorithm.decompose(a)
      svd = result.svd
      iteration = .subspace(
        iterations: result.iterations, residual: Double(result.residual), isFull: result.origin == .full)
    case .krylov:
      let result = try BlockKrylovSVD.decompose(a, rank: rank, seed: seed, workers: workers)
      (svd, iteration) = (result.svd, .krylov(blocks: result.iterations))
    }
    spectrum = (values ?? (rank == full ? svd.singularValues : nil)).map { Spectrum($0) }
    errors = SVDErrorRatios(svd, of: a, spectrum: spectrum)
    (fullRank, norm) = (full, a.norm(workers: workers))
  }

  /// Σ_{i ≤ d} σᵢ² / ‖A‖_F²: the fraction of ‖A‖_F² that the best approximation of rank `rank` keeps.
  /// - Parameter rank: d, one of `usualRanks`.
  public func energy(keptAt rank: Int) -> Double {
    if let spectrum { return spectrum.energy(keptAt: rank) }
    return rank == fullRank ? 1 : Spectrum(svd.singularValues).energy(keptAt: rank, of: norm)
  }

  /// The ranks for which to print `energy(keptAt:)`: 10, 20, 50, 100 and 200 as far as they exist and their values are known, D and the
  /// full rank.
  public var usualRanks: [Int] {
    let known = spectrum == nil ? svd.rank : fullRank
    return Set([10, 20, 50, 100, 200].filter { $0 <= known } + [svd.rank, fullRank]).sorted()
  }

  /// The factors as the tensors `u` (m×D), `singular_values` (D) and `vt` (D×n), in the precision of the computation.
  public var tensors: SafeTensors {
    let type = SafeTensors.ElementType.holding(Scalar.self)
    var file = SafeTensors()
    file.append("u", svd.u, as: type)
    file.append("singular_values", shape: [svd.rank], elements: svd.singularValues, as: type)
    file.append("vt", svd.vT, as: type)
    return file
  }
}

extension FileError {
  /// The error of an SVD, for the matrix that was read from `place`, a file and tensor.
  public init(_ error: LinearAlgebraError, place: String) {
    switch error {
    case .notFinite(let row, let column, let value):
      // A NaN may print with its bits.
      let value = value.isNaN ? "nan" : "\(value)"
      self.init(path: place, found: "\(value) in row \(row), column \(column) (counted from 0)", expected: "finite elements")
    case .noConvergence(let routine): self.init(path: place, found: "a matrix for which \(routine) did not converge")
    case .overflow(let precision):
      self.init(path: place, found: "a value too large for \(precision)", expected: "a smaller matrix")
    case .tooLarge(let rows, let columns):
      self.init(
        path: place, found: "a matrix of \(rows)×\(columns)",
        expected: "a smaller one: the size of LAPACK's workspace has 32 bits")
    }
  }
}
