import LinearAlgebra
import Testing
import TestSupport

/// Everything that computes a full SVD.
enum SVDAlgorithm: String, CaseIterable, Sendable {
  case jacobi = "JacobiSVD"
  /// With both drivers, as it is called elsewhere.
  case lapack = "LAPACKSVD"
  case divideAndConquer = "LAPACKSVD gesdd"
  case qrIteration = "LAPACKSVD gesvd"
  /// Asked for as many values as there are.
  case subspace = "SubspaceSVD"

  func decompose<Scalar: BLASScalar>(_ a: Matrix<Scalar>) throws -> SVD<Scalar> {
    switch self {
    case .jacobi: return try JacobiSVD.decompose(a)
    case .lapack: return try LAPACKSVD.decompose(a)
    case .divideAndConquer: return try LAPACKSVD.decompose(a, drivers: [.divideAndConquer])
    case .qrIteration: return try LAPACKSVD.decompose(a, drivers: [.qrIteration])
    case .subspace:
      var subspace = SubspaceSVD<Scalar>(rank: max(1, a.rows, a.columns), seed: 1)
      return try subspace.decompose(a).svd
    }
  }
}

/// Expects `ratio` to be below 50, LAPACK's threshold, and enters it into the ledger.
func expectSmall(
  _ ratio: Double, _ property: String, of one: SVDCase, sourceLocation: SourceLocation = #_sourceLocation
) {
  Ledger.enter(ratio, property: property, family: one.family.rawValue, of: one.description)
  // `#expect` takes longer than many a ratio does, so it gets those that fail.
  if ratio < 50 { return }
  #expect(ratio < 50, "\(property); LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation)
}

/// Expects descending finite numbers, none negative.
func expectOrdered<Scalar: BLASScalar>(
  _ values: [Scalar], of one: SVDCase, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.allSatisfy { $0 >= 0 && $0.isFinite }, "LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation)
  #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }, "LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation)
}
