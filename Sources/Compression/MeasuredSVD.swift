import Files
import LinearAlgebra
import NeuralNetwork

/// The algorithms that a user can choose.
public enum SVDAlgorithm: String, CaseIterable, Sendable {
  /// `JacobiSVD`: the reference, slow.
  case jacobi
  /// `LAPACKSVD`.
  case lapack
  /// `SubspaceSVD` from a cold start; fast where the rank is small.
  case subspace
}

/// The SVD of one matrix by a chosen algorithm, and its errors.
public struct MeasuredSVD<Scalar: BLASScalar>: Sendable {
  /// U (m×D), D singular values, Vᵀ (D×n).
  public let svd: SVD<Scalar>
  /// All min(m, n) singular values of the matrix, whatever D is.
  public let spectrum: Spectrum
  /// The errors of `svd`.
  public let errors: SVDErrorRatios
  /// The full result of `SubspaceSVD`; `nil` for the others.
  public let subspace: SubspaceResult<Scalar>?

  /// Decomposes A (m×n, not empty) and measures the result.
  ///
  /// The errors of a truncated SVD depend on the dropped singular values. For `SubspaceSVD`, LAPACK computes these.
  /// - Parameters:
  ///   - rank: D, from 1 to min(m, n).
  ///   - seed: of the random start of `SubspaceSVD`.
  /// - Throws: `LinearAlgebraError` where A is not finite, no iteration converges, a singular value overflows, or LAPACK
  ///   cannot take so large a matrix.
  public init(of a: Matrix<Scalar>, by algorithm: SVDAlgorithm, rank: Int, seed: UInt64 = 1) throws(LinearAlgebraError) {
    let full = min(a.rows, a.columns)
    precondition(1 <= rank && rank <= full)
    try a.requireFinite()
    switch algorithm {
    case .jacobi, .lapack:
      let whole = algorithm == .jacobi ? try JacobiSVD.decompose(a) : try LAPACKSVD.decompose(a)
      (svd, spectrum, subspace) = (whole.truncated(to: rank), Spectrum(whole.singularValues), nil)
    case .subspace:
      var algorithm = SubspaceSVD<Scalar>(rank: rank, seed: seed)
      let result = try algorithm.decompose(a)
      (svd, subspace) = (result.svd, result)
      spectrum = Spectrum(rank < full ? try LAPACKSVD.singularValues(of: a) : svd.singularValues)
    }
    errors = SVDErrorRatios(svd, of: a, spectrum: spectrum)
  }

  /// The ranks for which to print `Spectrum.energy(keptAt:)`: 10, 20, 50, 100 and 200 as far as they exist, D and the full rank.
  public var usualRanks: [Int] {
    let full = spectrum.values.count
    return Set([10, 20, 50, 100, 200, svd.rank, full]).filter { $0 <= full }.sorted()
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
