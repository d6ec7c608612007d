import LinearAlgebra
import Testing
import TestSupport

/// 200 steps of a matrix whose singular vectors turn and whose singular values cross: each warm-started step of
/// `SubspaceSVD`, of one iteration, against `LAPACKSVD`.
@Suite struct SubspaceSVDDriftTests {
  static let (rank, oversampling, steps) = (DriftingMatrix.rank, 6, DriftingMatrix.steps)

  /// The set of leading values changes in many steps.
  @Test func valuesCross() {
    let leading = (0..<Self.steps).map { step in
      let values = DriftingMatrix.values(step)
      return Set(values.indices.sorted { values[$0] > values[$1] }.prefix(Self.rank))
    }
    #expect(zip(leading, leading.dropFirst()).count { $0 != $1 } >= 20)
    #expect(!leading[0].contains(20) && leading[Self.steps - 1].contains(20))
  }

  @Test(arguments: Precision.allCases) func everyStepAgainstTheFullSVD(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var drifting = DriftingMatrix()
      var subspace = SubspaceSVD<Scalar>(rank: Self.rank, oversampling: Self.oversampling, seed: 1)
      for step in 0..<Self.steps {
        let a = drifting.matrix(step).map { Scalar($0) }
        try compare(subspace.track(a), a, step, precision)
        drifting.turn()
      }
    }
    try check(precision.type)
  }

  private func compare<Scalar: BLASScalar>(
    _ result: SubspaceResult<Scalar>, _ a: Matrix<Scalar>, _ step: Int, _ precision: Precision
  ) throws {
    let svd = result.svd
    let found = try DriftingStep(svd, of: a, step: step, "drifting matrix", precision)
    let (scaled, best) = (found.scaled, found.all)
    let residual = try LAPACKSVD.singularValues(of: scaled.residual(of: svd))
    #expect(found.enter(residual[0] / best[Self.rank], "‖A − A_D‖₂ / σ_{D+1}") < 1.02, "step \(step)")
    // The residual that comes with the result is never too small, and not much too large.
    let (stated, real) = (scaled.values([result.residual])[0], scaled.tripletResidual(svd))
    #expect(found.enter(max(0, real - stated) / scaled.unit, "ρ from below") < ErrorRatios.bound, "step \(step)")
    #expect(found.enter(stated / best[0], "ρ / σ₁") < 0.1, "step \(step)")
    #expect(found.enter(norm(residual) / norm(Array(best[Self.rank...])), "‖A − A_D‖ / √Σσ²") < 1.02, "step \(step)")
  }
}
