import LinearAlgebra

/// `SubspaceSVD` at D = 20, as the timings use it.
struct Subspace {
  private static let (rank, oversampling) = (20, 10)
  private var subspace = SubspaceSVD<Float>(rank: rank, oversampling: oversampling, seed: 1)

  /// From a Gaussian block, to the tolerance.
  static func cold(_ a: Matrix<Float>) throws -> SubspaceResult<Float> {
    var new = Subspace()
    return try new.subspace.decompose(a)
  }

  /// Started with the vectors of A.
  static func started(_ a: Matrix<Float>) throws -> Subspace {
    var new = Subspace()
    _ = try new.subspace.decompose(a)
    return new
  }

  /// One iteration from the vectors of the last call.
  mutating func warm(_ a: Matrix<Float>) throws -> SubspaceResult<Float> { try subspace.track(a) }

  /// The number of iterations is that of a run: it is the same in each.
  static func coldFLOPs(_ a: Matrix<Float>) throws -> Double {
    FLOPs.subspaceCold(
      a.rows, a.columns, rank: rank, oversampling: oversampling, powerIterations: Subspace().subspace.powerIterations,
      iterations: try cold(a).iterations)
  }

  static func warmFLOPs(_ a: Matrix<Float>) -> Double {
    FLOPs.subspaceWarm(a.rows, a.columns, rank: rank, oversampling: oversampling)
  }
}
