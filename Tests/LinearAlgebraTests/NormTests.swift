import LinearAlgebra
import Testing
import TestSupport

@Suite struct NormTests {
  /// ‖·‖_F of 3, 4 and 12 is 13, at any scale of the format.
  @Test(arguments: Precision.allCases) func frobeniusNormAtEveryScale(_ precision: Precision) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let (lowest, highest) = (Int(Scalar.leastNonzeroMagnitude.exponent), Int(Scalar.greatestFiniteMagnitude.exponent))
      for exponent in lowest...(highest - 4) {
        let unit = Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
        let a = Matrix<Scalar>(rows: 2, columns: 2, elements: [3, -4, 0, 12].map { $0 * unit })
        #expect(a.frobeniusNorm == 13 * unit && a.maxNorm == 12 * unit, "2^\(exponent)")
      }
    }
    check(precision.type)
  }

  @Test(arguments: SVDCase.groups()) func frobeniusNorm(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      expectSmall(abs(scaled.values([a.frobeniusNorm])[0] - scaled.norm) / scaled.unit, "‖A‖_F", of: one)
    }
    group.run { check($0, $0.precision.type) }
  }

  @Test func ofNothingAndOfNotFinite() {
    #expect(Matrix<Float>(rows: 0, columns: 3).frobeniusNorm == 0 && Matrix<Float>(rows: 0, columns: 3).maxNorm == 0)
    #expect(Matrix<Float>(rows: 2, columns: 2).frobeniusNorm == 0)
    for elements in [[1, .nan], [.nan, 1], [.infinity, .nan]] as [[Float]] {
      let a = Matrix(rows: 1, columns: 2, elements: elements)
      #expect(a.maxNorm.isNaN && a.frobeniusNorm.isNaN)
    }
    #expect(Matrix<Float>(rows: 1, columns: 2, elements: [-.infinity, 1]).frobeniusNorm == .infinity)
  }

  @Test(arguments: Precision.allCases) func sumOfSquares(_ precision: Precision) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var stream = RandomStream(seed: 1, name: "squares")
      for count in [0, 1, 15, 16, 17, 1023, 1024, 1025, 5000] {
        let a = Matrix<Scalar>.normal(rows: 1, columns: count, from: &stream)
        let exact = a.elements.reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(a.sumOfSquares - exact) <= 70 * Double(Scalar.ulpOfOne) * exact)
      }
    }
    check(precision.type)
  }
}
