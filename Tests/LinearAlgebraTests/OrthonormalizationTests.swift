import LinearAlgebra
import Testing
import TestSupport

@Suite struct OrthonormalizationTests {
  static let cases = SVDCase.selected.filter { $0.rows <= $0.columns }

  /// Q Qᵀ = I and A = L Q, dependent rows or not, L lower triangular.
  @Test(arguments: cases) func rows(_ one: SVDCase) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      let (q, l) = a.orthonormalizingRows()
      let epsilon = Double(Scalar.ulpOfOne) * Double(max(1, one.columns))
      expectSmall(distanceFromOrthonormal(q.map(Double.init)) / epsilon, "QR: ‖Q Qᵀ − I‖", of: one)
      let scaled = Scaled(a)
      let scaledL = Matrix(rows: l.rows, columns: l.columns, elements: scaled.values(l.elements))
      let product = naiveProduct(scaledL, q.map(Double.init))
      expectSmall(norm((scaled.matrix - product).elements) / scaled.unit, "QR: ‖A − L Q‖", of: one)
      #expect((0..<l.rows).allSatisfy { i in (i + 1..<max(i + 1, l.columns)).allSatisfy { l[i, $0] == 0 } })
    }
    check(one.precision.type)
  }

  @Test func notFiniteInNotFiniteOut() {
    let (q, _) = Matrix<Float>(rows: 2, columns: 4, elements: [1, 2, 3, .nan, 1, 0, 0, 1]).orthonormalizingRows()
    #expect(q.elements.contains { $0.isNaN })
  }
}
