import LinearAlgebra
import Testing
import TestSupport

@Suite struct NormTests {
  /// From one end of the exponents to the other, ‖·‖_F of 3, 4 and 12 is 13.
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

  @Test(arguments: SVDCase.selected) func frobeniusNorm(_ one: SVDCase) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      expectSmall(abs(scaled.values([a.frobeniusNorm])[0] - scaled.norm) / scaled.unit, "‖A‖_F", of: one)
    }
    check(one.precision.type)
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

  @Test func columnSums() {
    let a = Matrix<Float>(rows: 3, columns: 2, elements: [1, 10, 2, 20, 3, 30])
    #expect(a.columnSums() == [6, 60])
    #expect(Matrix<Float>(rows: 0, columns: 2).columnSums() == [0, 0])
    #expect(Matrix<Float>(rows: 2, columns: 0).columnSums() == [])
    // From the first row to the last, which with rounding is not any other order.
    let ordered = Matrix<Float>(rows: 3, columns: 1, elements: [0x1p24, 1, -0x1p24])
    #expect(ordered.columnSums() == [0])
  }

  @Test(arguments: Precision.allCases) func columnSumsAtTheEnds(_ precision: Precision) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let (tiny, huge) = (Scalar.leastNonzeroMagnitude, Scalar.greatestFiniteMagnitude)
      let a = Matrix<Scalar>(rows: 2, columns: 2, elements: [tiny, huge, tiny, -huge])
      #expect(a.columnSums() == [2 * tiny, 0])
    }
    check(precision.type)
  }
}
