import LinearAlgebra
import Testing
import TestSupport

@Suite struct JacobiSVDTests {
  /// Rounding errors of columns that cancel were once rotated for ever, as subnormal values.
  @Test(arguments: Precision.allCases) func columnsThatCancel(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      for (rows, columns) in [(6, 6), (20, 6), (6, 20), (33, 33)] {
        let svd = try JacobiSVD.decompose(Matrix<Scalar>(rows: rows, columns: columns, repeating: 1))
        let size = Scalar(rows * columns).squareRoot()
        #expect(abs(svd.singularValues[0] - size) < 4 * size.ulp)
        #expect(svd.singularValues.dropFirst().allSatisfy { $0 < size.ulp })
      }
    }
    try check(precision.type)
  }

  /// The quotient of two columns' norms overflows `Float`.
  @Test func columnsOfAllSizes() throws {
    let tiny = Float.leastNonzeroMagnitude
    let a = Matrix(rows: 3, columns: 3, elements: [1, 90 * tiny, 0, 1, 180 * tiny, 1e-20, 1, 9 * tiny, 2e-20])
    let ratios = try ErrorRatios(JacobiSVD.decompose(a), of: a)
    #expect(ratios.areSmall)
  }

  /// Rotations once stretched columns: ‖VᵀV − I‖ / (n ε) was 32 here, and grew with n.
  @Test func rotationsDoNotStretch() throws {
    let one = SVDCase(.gradedRows, rows: 130, columns: 130, precision: .float, seed: 1)
    let a = one.matrix(Float.self)
    #expect(try ErrorRatios(JacobiSVD.decompose(a), of: a).orthogonalityOfV < 5)
  }
}
