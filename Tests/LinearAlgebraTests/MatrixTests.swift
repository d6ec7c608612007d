import LinearAlgebra
import Testing

@Suite struct MatrixTests {
  static let a = Matrix<Double>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])

  @Test func isRowMajor() {
    #expect(Self.a[1, 0] == 4 && Self.a[0, 2] == 3)
    #expect(Matrix<Double>(rows: 2, columns: 3) { i, j in Double(3 * i + j + 1) } == Self.a)
    var b = Self.a
    b[1, 2] = 0
    #expect(b.elements == [1, 2, 3, 4, 5, 0])
  }

  @Test func transposed() {
    #expect(Self.a.transposed == Matrix(rows: 3, columns: 2, elements: [1, 4, 2, 5, 3, 6]))
    #expect(Self.a.transposed.transposed == Self.a)
    #expect(Matrix<Float>(rows: 0, columns: 3).transposed == Matrix(rows: 3, columns: 0))
    // OpenBLAS's for `Float`, too: each element is unchanged and in its place.
    for (m, n) in [(1, 9), (8, 8), (17, 33), (30, 1024), (131, 20)] {
      let a = Matrix<Float>(rows: m, columns: n) { i, j in i == j ? -.leastNonzeroMagnitude : Float(i * n + j) }
      #expect(a.transposed == Matrix(rows: n, columns: m) { a[$1, $0] })
    }
  }

  @Test func slices() {
    #expect(Self.a.rowSlice(1..<2) == Matrix(rows: 1, columns: 3, elements: [4, 5, 6]))
    #expect(Self.a.columnSlice(1..<3) == Matrix(rows: 2, columns: 2, elements: [2, 3, 5, 6]))
    #expect(Self.a.rowSlice(0..<0) == Matrix(rows: 0, columns: 3))
    #expect(Self.a.rowSlice(0..<1).appendingRows(Self.a.rowSlice(1..<2)) == Self.a)
  }

  @Test func arithmetic() {
    #expect(Self.a + Self.a == Self.a.map { 2 * $0 })
    #expect(Self.a - Self.a == Matrix(rows: 2, columns: 3))
    #expect(Self.a.scalingRows(by: [1, -1]).elements == [1, 2, 3, -4, -5, -6])
    #expect(Self.a.scalingColumns(by: [1, 0, 10]).elements == [1, 0, 30, 4, 0, 60])
    #expect(Matrix.identity(2) * Self.a == Self.a)
  }

  @Test func fillsRows() {
    var b = Matrix<Double>(rows: 2, columns: 3)
    b.fillRows { row, values in for j in values.indices { values[j] = Double(3 * row + j + 1) } }
    #expect(b == Self.a)
  }
}
