import LinearAlgebra
import Testing
import TestSupport

/// One-sided Jacobi computes every singular value of a graded matrix to high relative accuracy, however small: A = B D with
/// a diagonal D that spans the exponents. Routines that begin with a bidiagonal form do not.
@Suite struct RelativeAccuracyTests {
  /// With B orthogonal, κ(B) = 1, and the bound allows no more than 2e-4 in `Float`, whatever the value.
  static let cases = SVDCase.groups {
    [.normal, .orthogonal].contains($0.family) && $0.scale == .one && (2...33).contains($0.rank)
  }
  static let bidiagonals = SVDCase.groups {
    $0.family == .deepBidiagonal && $0.scale == .one && $0.rows == $0.columns && (2...33).contains($0.rank)
  }

  /// |σᵢ − sᵢ| / sᵢ ≤ a small multiple of ε κ(B), B with columns of norm 1 (Demmel and Veselić 1992).
  @Test(arguments: cases) func everyValueOfAGradedMatrix(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let (a, condition): (Matrix<Scalar>, Double) = try graded(one)
      guard let errors = try ReferenceValues.relativeErrors(JacobiSVD.decompose(a).singularValues, of: a) else { return }
      try #require(errors.count == one.rank)
      let unit = Double(Scalar.ulpOfOne) * Double(max(a.rows, a.columns)) * condition
      expectSmall(largest(errors) / unit, "JacobiSVD: relative error of each value, graded", of: one)
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// Values down to 1e-232. Jacobi gets the transpose, whose columns are graded.
  @Test(arguments: bidiagonals) func everyValueOfADeepBidiagonal(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self).transposed
      guard let errors = try ReferenceValues.relativeErrors(JacobiSVD.decompose(a).singularValues, of: a) else { return }
      let unit = Double(Scalar.ulpOfOne) * Double(a.rows)
      expectSmall(largest(errors) / unit, "JacobiSVD: relative error of each value, bidiagonal", of: one)
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// The smallest value of divide and conquer has no correct digit on such a matrix; so the tests above do tell methods apart.
  @Test(arguments: [1, 2, 3]) func divideAndConquerLosesTheSmallValues(seed: UInt64) throws {
    let single = SVDCase(.normal, rows: 20, columns: 16, precision: .float, seed: seed)
    let (a, _): (Matrix<Float>, Double) = try graded(single)
    let values = try LAPACKSVD.decompose(a, drivers: [.divideAndConquer]).singularValues
    #expect(try largest(#require(ReferenceValues.relativeErrors(values, of: a))) > 0.5)

    let double = SVDCase(.normal, rows: 20, columns: 16, precision: .double, seed: seed)
    let (b, _): (Matrix<Double>, Double) = try graded(double)
    let others = try LAPACKSVD.decompose(b, drivers: [.divideAndConquer]).singularValues
    if let errors = ReferenceValues.relativeErrors(others, of: b) { #expect(largest(errors) > 0.5) }
  }

  /// B D and κ(B). B is the case's matrix; D falls in equal ratios to 2⁻⁹⁰ in `Float`, 2⁻⁷⁰⁰ in `Double`, in random order.
  /// A wide matrix has its rows graded.
  private func graded<Scalar: BLASScalar>(_ one: SVDCase) throws -> (a: Matrix<Scalar>, condition: Double) {
    let matrix = one.matrix(Scalar.self)
    let b = matrix.rows >= matrix.columns ? matrix : matrix.transposed
    var stream = one.stream("grading")
    let (depth, order) = (one.precision == .float ? 90 : 700, stream.permutation(b.columns))
    let factors = order.map { Scalar(sign: .plus, exponent: Scalar.Exponent(-depth * $0 / (b.columns - 1)), significand: 1) }
    let norms = (0..<b.columns).map { j in norm((0..<b.rows).map { Double(b[$0, j]) }) }
    let values = try LAPACKSVD.singularValues(of: b.map(Double.init).scalingColumns(by: norms.map { 1 / $0 }))
    let a = b.scalingColumns(by: factors)
    return (matrix.rows >= matrix.columns ? a : a.transposed, values[0] / values[values.count - 1])
  }
}
