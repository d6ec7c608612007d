import LinearAlgebra
import Testing
import TestSupport

/// A truncated SVD is the best approximation of its rank (Eckart and Young 1936, Mirsky 1960).
@Suite struct EckartYoungTests {
  static let cases = SVDCase.groups { $0.rank >= 2 }

  /// ‖A − A_D‖_F² = Σ_{i>D} σᵢ² and ‖A − A_D‖₂ = σ_{D+1}.
  @Test(arguments: cases) func whatIsDroppedIsTheError(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      let svd = try LAPACKSVD.decompose(a)
      let values = scaled.values(svd.singularValues)
      for rank in ranks(of: one) {
        let residual = scaled.residual(of: svd.truncated(to: rank))
        let frobenius = abs(norm(residual.elements) - norm(Array(values[rank...])))
        expectSmall(frobenius / scaled.unit, "‖A − A_D‖² = Σσ²", of: one)
        let spectral = try abs(LAPACKSVD.singularValues(of: residual)[0] - values[rank])
        expectSmall(spectral / scaled.unit, "‖A − A_D‖₂ = σ_{D+1}", of: one)
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// Competitors of rank D: A projected onto random subspaces, and onto subspaces near the leading one.
  @Test(arguments: cases) func noOtherDoesBetter(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      let svd = try LAPACKSVD.decompose(a)
      var stream = one.stream("competitors")
      for rank in ranks(of: one) {
        let best = norm(scaled.residual(of: svd.truncated(to: rank)).elements)
        let leading = scaled.svd(svd).vT.rowSlice(0..<rank)
        for deviation in [0, 0x1p-20, 0x1p-8, 1, 0x1p10] {
          // A basis of a subspace near the leading one, or anywhere. The projection is the best approximation within it.
          let noise = Matrix<Double>.normal(rows: rank, columns: a.columns, from: &stream).map { $0 * deviation }
          let basis = (leading + noise).orthonormalizingRows().q
          let competitor = naiveProduct(naiveProduct(scaled.matrix, basis.transposed), basis)
          let gained = best - norm((scaled.matrix - competitor).elements)
          expectSmall(largest([gained]) / scaled.unit, "no other of rank D is nearer", of: one)
        }
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  @Test(arguments: cases) func truncationIsIdempotent(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      let svd = try LAPACKSVD.decompose(a)
      for rank in ranks(of: one) {
        let truncated = svd.truncated(to: rank)
        #expect(truncated.truncated(to: rank) == truncated)
        let again = try LAPACKSVD.decompose(truncated.product).truncated(to: rank)
        let difference = scaled.residual(of: again) - scaled.residual(of: truncated)
        expectSmall(norm(difference.elements) / scaled.unit, "(A_D)_D = A_D", of: one)
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  @Test func truncationToAllAndToNothing() throws {
    let svd = try LAPACKSVD.decompose(Matrix<Float>.identity(3))
    #expect(svd.truncated(to: 3) == svd)
    #expect(svd.truncated(to: 0).product == Matrix(rows: 3, columns: 3))
  }

  /// 1, about half, and all but one of the values.
  private func ranks(of one: SVDCase) -> Set<Int> { [1, max(1, one.rank / 2), one.rank - 1] }
}
