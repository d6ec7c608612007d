import LinearAlgebra
import Testing
import TestSupport

@Suite struct OrthonormalizationTests {
  /// Q Qᵀ = I and A = L Q, dependent rows or not, L lower triangular.
  @Test(arguments: SVDCase.groups { $0.rows <= $0.columns }) func rows(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      let (q, l) = a.orthonormalizingRows()
      let epsilon = Double(Scalar.ulpOfOne) * Double(max(1, one.columns))
      expectSmall(distanceFromOrthonormal(q.map(Double.init)) / epsilon, "QR: ‖Q Qᵀ − I‖", of: one)
      let scaled = Scaled(a)
      let scaledL = Matrix(rows: l.rows, columns: l.columns, elements: scaled.values(l.elements))
      let product = naiveProduct(scaledL, q.map(Double.init))
      expectSmall(norm((scaled.matrix - product).elements) / scaled.unit, "QR: ‖A − L Q‖", of: one)
      #expect((0..<l.rows).allSatisfy { i in (i + 1..<max(i + 1, l.columns)).allSatisfy { l[i, $0] == 0 } }, "\(one)")
    }
    group.run { check($0, $0.precision.type) }
  }

  @Test func notFiniteInNotFiniteOut() {
    let (q, _) = Matrix<Float>(rows: 2, columns: 4, elements: [1, 2, 3, .nan, 1, 0, 0, 1]).orthonormalizingRows()
    #expect(q.elements.contains { $0.isNaN })
  }
}
