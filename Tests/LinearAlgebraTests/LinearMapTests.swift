import LinearAlgebra
import Testing
import TestSupport

/// The thin products of a matrix, row-major or in panels, of sizes below, at and above those of the workers' pieces.
@Suite struct LinearMapTests {
  static let sizes = [
    (1, 1, 1), (256, 256, 2), (257, 300, 5), (700, 3, 4), (3, 700, 3), (300, 520, 2), (0, 4, 2), (4, 0, 2),
  ]

  @Test(arguments: Precision.allCases) func products(_ precision: Precision) {
    for size: (rows: Int, columns: Int, vectors: Int) in Self.sizes {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        var stream = RandomStream(seed: UInt64(size.rows), name: "linear-map")
        let a = Matrix<Scalar>.normal(rows: size.rows, columns: size.columns, from: &stream)
        let x = Matrix<Scalar>.normal(rows: size.vectors, columns: size.columns, from: &stream)
        let y = Matrix<Scalar>.normal(rows: size.vectors, columns: size.rows, from: &stream)
        checkMap(a, a, x, y)
        checkMap(PanelMatrix(a), a, x, y)
      }
      check(precision.type)
    }
  }

  private func checkMap<Scalar: BLASScalar>(
    _ map: some LinearMap<Scalar>, _ a: Matrix<Scalar>, _ x: Matrix<Scalar>, _ y: Matrix<Scalar>
  ) {
    let alone = Workers(count: 1)
    let (forward, back) = (map.multiply(rowsOf: x, workers: alone), map.multiplyTransposed(rowsOf: y, workers: alone))
    for workers in [2, 3, 8].map(Workers.init) {
      #expect(map.multiply(rowsOf: x, workers: workers) == forward)
      #expect(map.multiplyTransposed(rowsOf: y, workers: workers) == back)
    }
    for (product, left, right) in [(forward, x, a.transposed), (back, y, a)] {
      #expect(product.rows == left.rows && product.columns == right.columns)
      for i in 0..<product.rows {
        for j in 0..<product.columns {
          let terms = (0..<left.columns).map { Double(left[i, $0]) * Double(right[$0, j]) }
          let bound = Double(left.columns) * Double(Scalar.ulpOfOne) * terms.reduce(0) { $0 + abs($1) }
          #expect(abs(Double(product[i, j]) - terms.reduce(0, +)) <= bound)
        }
      }
    }
  }
}
