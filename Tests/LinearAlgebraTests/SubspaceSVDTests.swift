import LinearAlgebra
import Testing
import TestSupport

/// A few of the values: from a cold start, and along a matrix that changes.
@Suite struct SubspaceSVDTests {
  static let cases = SVDCase.selected.filter { $0.rank >= 4 }

  @Test(arguments: cases) func coldStart(_ one: SVDCase) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let reference = try LAPACKSVD.decompose(a)
      for (rank, oversampling) in [(1, 2), (one.rank / 4, one.rank / 4), (one.rank / 2, 10)] {
        var subspace = SubspaceSVD<Scalar>(rank: rank, oversampling: oversampling, seed: one.seed)
        let svd = try subspace.decompose(a)
        #expect(svd.rank == rank)
        try expectNearlyBest(svd, of: a, reference, one, width: rank + oversampling, slack: 0.001)
      }
    }
    try check(one.precision.type)
  }

  /// Fifty matrices, each a little different from the last: one iteration a step keeps up.
  @Test(arguments: Precision.allCases, [MatrixFamily.geometric, .arithmetic, .normal, .clustered])
  func warmStartFollowsADriftingMatrix(_ precision: Precision, _ family: MatrixFamily) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let one = SVDCase(family, rows: 60, columns: 40, precision: precision, seed: 7)
      var stream = one.stream("drift")
      var a = one.matrix(Scalar.self)
      var subspace = SubspaceSVD<Scalar>(rank: 8, oversampling: 8, seed: 1)
      for _ in 0..<50 {
        let svd = try subspace.decompose(a)
        try expectNearlyBest(svd, of: a, LAPACKSVD.decompose(a), one, width: nil, slack: 0.02)
        let size = a.maxNorm * 0.003
        a = a + Matrix.normal(rows: a.rows, columns: a.columns, from: &stream).map { $0 * size }
      }
    }
    try check(precision.type)
  }

  /// The more iterations from a warm start, the nearer the best.
  @Test func iterationsHelpAWarmStart() throws {
    var stream = RandomStream(seed: 3, name: "iterations")
    let first = Matrix<Double>.normal(rows: 40, columns: 30, from: &stream)
    let second = first + Matrix<Double>.normal(rows: 40, columns: 30, from: &stream)
    let best = try LAPACKSVD.singularValues(of: second).prefix(5)
    let errors = try [1, 4, 60].map { iterations in
      var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
      _ = try subspace.decompose(first)
      return try zip(subspace.decompose(second, iterations: iterations).singularValues, best).map { $1 - $0 }.max() ?? .nan
    }
    #expect(errors[0] > errors[1] && errors[1] > errors[2] && errors[2] < 1e-9, "\(errors)")
  }

  @Test func sameSeedSameBits() throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let a = Matrix<Float>.normal(rows: 30, columns: 20, from: &stream)
    var (one, other) = (SubspaceSVD<Float>(rank: 3, seed: 5), SubspaceSVD<Float>(rank: 3, seed: 5))
    for _ in 0..<3 { #expect(try one.decompose(a) == other.decompose(a)) }
  }

  /// Orthonormal factors; no value above the true one; a residual within `slack` of the best; and where the values fall
  /// off past `width`, the values themselves.
  private func expectNearlyBest<Scalar: BLASScalar>(
    _ svd: SVD<Scalar>, of a: Matrix<Scalar>, _ reference: SVD<Scalar>, _ one: SVDCase, width: Int?, slack: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let start = width == nil ? "warm" : "cold"
    func check(_ ratio: Double, _ property: String) {
      expectSmall(ratio, "SubspaceSVD, \(start) start: \(property)", of: one, sourceLocation: sourceLocation)
    }
    expectOrdered(svd.singularValues, of: one, sourceLocation: sourceLocation)
    let (scaled, ratios) = (Scaled(a), ErrorRatios(svd, of: a))
    check(ratios.orthogonalityOfU, "‖UᵀU − I‖")
    check(ratios.orthogonalityOfV, "‖VᵀV − I‖")
    let (found, best) = (scaled.values(svd.singularValues), scaled.values(reference.singularValues))
    check(largest(zip(found, best).map { $0 - $1 }) / scaled.unit, "values from below")

    let residual = try LAPACKSVD.singularValues(of: scaled.residual(of: svd))
    check(largest([residual[0] - (1 + slack) * best[svd.rank]]) / scaled.unit, "‖A − A_D‖₂ ≤ (1 + δ) σ_{D+1}")
    let dropped = norm(Array(best[svd.rank...]))
    check(largest([norm(residual) - (1 + slack) * dropped]) / scaled.unit, "‖A − A_D‖ ≤ (1 + δ) √Σσ²")
    // An iteration shrinks what is wrong by (σ_{width+1} / σ_D)².
    if let width, width >= best.count || best[width] < 0.9 * best[svd.rank - 1] {
      check(largest(zip(found, best).map { abs($0 - $1) }) / scaled.unit, "values")
    }
  }
}
