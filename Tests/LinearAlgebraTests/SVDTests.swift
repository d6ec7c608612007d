import LinearAlgebra
import Testing
import TestSupport

/// The definition of an SVD, for every algorithm and case.
@Suite struct SVDTests {
  @Test func theSelectedCaseCanBeRead() {
    #expect(TestRun.asked == nil || SVDCase.selected.count == 1, "LOWRANK_CASE is not a line such as 'ones 3x2 one float 1'")
  }

  @Test func aCaseIsItsLine() {
    #expect(SVDCase.all.allSatisfy { SVDCase($0.description) == $0 })
    #expect(SVDCase.all.allSatisfy { $0.matrix(Double.self) == SVDCase($0.description)?.matrix(Double.self) })
    #expect(Set(SVDCase.all).count == SVDCase.all.count && SVDCase.all.count >= 3000)
    for line in ["", "ones", "ones 3 one float 1", "ones 3x-2 one float 1", "ones 3x2 one half 1", "two 3x2 one float 1"] {
      #expect(SVDCase(line) == nil)
    }
  }

  @Test(arguments: SVDCase.groups()) func decomposition(_ group: SVDCaseGroup) {
    group.run { one in
      for algorithm in SVDAlgorithm.allCases { try decomposition(of: one, by: algorithm, one.precision.type) }
    }
  }

  private func decomposition<Scalar: BLASScalar>(of one: SVDCase, by algorithm: SVDAlgorithm, _: Scalar.Type) throws {
    let a = one.matrix(Scalar.self)
    let svd = try algorithm.decompose(a)
    try #require(svd.u.rows == a.rows && svd.u.columns == one.rank && svd.singularValues.count == one.rank)
    try #require(svd.vT.rows == one.rank && svd.vT.columns == a.columns)
    expectOrdered(svd.singularValues, of: one)

    let ratios = ErrorRatios(svd, of: a)
    expectSmall(ratios.reconstruction, "\(algorithm.rawValue): ‖A − U S Vᵀ‖", of: one)
    expectSmall(ratios.orthogonalityOfU, "\(algorithm.rawValue): ‖UᵀU − I‖", of: one)
    expectSmall(ratios.orthogonalityOfV, "\(algorithm.rawValue): ‖VᵀV − I‖", of: one)
    expectSmall(ratios.squares, "\(algorithm.rawValue): Σσ² = ‖A‖²", of: one)
    if let known = one.knownValues(Scalar.self) {
      expectSmall(Scaled(a).distance(svd.singularValues, known), "\(algorithm.rawValue): known values", of: one)
    }
  }
}
