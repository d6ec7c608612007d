import LinearAlgebra
import Testing
import TestSupport

/// The leading values: from a cold start, and along a matrix that changes.
@Suite struct SubspaceSVDTests {
  @Test(arguments: SVDCase.groups { $0.rank >= 4 }) func coldStart(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let reference = try LAPACKSVD.decompose(a)
      for (rank, oversampling) in [(1, 2), (one.rank / 4, one.rank / 4), (one.rank / 2, 10)] {
        var subspace = SubspaceSVD<Scalar>(rank: rank, oversampling: oversampling, seed: one.seed)
        let result = try subspace.decompose(a)
        #expect(result.svd.rank == rank && [.cold, .full].contains(result.origin))
        // δ, as the stopping rule allows.
        let slack = 1.5 * Double(subspace.tolerance)
        try expectNearlyBest(result, of: a, reference, one, width: rank + oversampling, slack: slack)
        let (scaled, values) = (Scaled(a), reference.singularValues)
        let allowed = scaled.values([subspace.tolerance * (rank < values.count ? values[rank] : 0)])[0]
        expectSmall(
          max(0, scaled.values([result.residual])[0] - allowed) / scaled.unit, "SubspaceSVD, cold start: ρ", of: one)
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// One iteration a step follows fifty matrices, each a little different from the one before.
  @Test(arguments: Precision.allCases) func warmStartFollowsADriftingMatrix(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_ family: MatrixFamily, _: Scalar.Type) throws {
      let one = SVDCase(family, rows: 60, columns: 40, precision: precision, seed: 7)
      var stream = one.stream("drift")
      var a = one.matrix(Scalar.self)
      var subspace = SubspaceSVD<Scalar>(rank: 8, oversampling: 8, seed: 1)
      for _ in 0..<50 {
        let result = try subspace.track(a)
        try expectNearlyBest(result, of: a, LAPACKSVD.decompose(a), one, width: nil, slack: 0.02)
        let size = a.maxNorm * 0.003
        a = a + Matrix.normal(rows: a.rows, columns: a.columns, from: &stream).map { $0 * size }
      }
    }
    for family in [MatrixFamily.geometric, .arithmetic, .normal, .clustered] { try check(family, precision.type) }
  }

  @Test func sameSeedSameBits() throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let a = Matrix<Float>.normal(rows: 30, columns: 20, from: &stream)
    var (one, other) = (SubspaceSVD<Float>(rank: 3, seed: 5), SubspaceSVD<Float>(rank: 3, seed: 5))
    for _ in 0..<20 { #expect(try one.track(a) == other.track(a)) }
  }

  /// Expects orthonormal factors, no value above the true one, a residual within `slack` of the best, and, if the values fall
  /// off past `width`, the values themselves.
  private func expectNearlyBest<Scalar: BLASScalar>(
    _ result: SubspaceResult<Scalar>, of a: Matrix<Scalar>, _ reference: SVD<Scalar>, _ one: SVDCase, width: Int?,
    slack: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let svd = result.svd
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
    check(largest([scaled.tripletResidual(svd) - scaled.values([result.residual])[0]]) / scaled.unit, "‖A V − U S‖ ≤ ρ")

    let residual = try LAPACKSVD.singularValues(of: scaled.residual(of: svd))
    check(largest([residual[0] - (1 + slack) * best[svd.rank]]) / scaled.unit, "‖A − A_D‖₂ ≤ (1 + δ) σ_{D+1}")
    let dropped = norm(Array(best[svd.rank...]))
    check(largest([norm(residual) - (1 + slack) * dropped]) / scaled.unit, "‖A − A_D‖ ≤ (1 + δ) √Σσ²")
    // The error of the values is proportional to the square of the residual divided by the gap.
    if let width, width >= best.count || best[width] < 0.9 * best[svd.rank - 1] {
      check(largest(zip(found, best).map { abs($0 - $1) }) / scaled.unit, "values")
    }
  }
}
