@testable import LinearAlgebra

/// The algorithms for a full SVD.
enum SVDAlgorithm: String, CaseIterable, Sendable {
  case jacobi = "JacobiSVD"
  /// With the usual drivers.
  case lapack = "LAPACKSVD"
  case divideAndConquer = "LAPACKSVD gesdd"
  case qrIteration = "LAPACKSVD gesvd"
  /// With all values requested.
  case subspace = "SubspaceSVD"
  /// With all values requested: from the Gram matrix, or by LAPACK.
  case krylov = "BlockKrylovSVD"
  /// From a Krylov space of all dimensions, grown by blocks of four.
  case krylovSpace = "BlockKrylovSVD, whole space"

  func decompose<Scalar: BLASScalar>(_ a: Matrix<Scalar>) throws -> SVD<Scalar> {
    switch self {
    case .jacobi: return try JacobiSVD.decompose(a)
    case .lapack: return try LAPACKSVD.decompose(a)
    case .divideAndConquer: return try LAPACKSVD.decompose(a, drivers: [.divideAndConquer])
    case .qrIteration: return try LAPACKSVD.decompose(a, drivers: [.qrIteration])
    case .subspace:
      var subspace = SubspaceSVD<Scalar>(rank: max(1, a.rows, a.columns), seed: 1)
      return try subspace.decompose(a).svd
    case .krylov: return try BlockKrylovSVD.decompose(a, rank: max(1, a.rows, a.columns), workers: Workers(count: 1)).svd
    case .krylovSpace:
      return try BlockKrylovSVD.decompose(
        a, rank: max(1, a.rows, a.columns), seed: 1, workers: Workers(count: 1), plan: KrylovPlan(block: 4, share: 1)
      ).svd
    }
  }
}
