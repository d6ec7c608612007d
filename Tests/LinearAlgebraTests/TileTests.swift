import LinearAlgebra
import Testing

/// What is done to a tile is done to its elements and to no others.
@Suite struct TileTests {
  static let (rows, columns) = (11, 19)
  static let bias = (0..<columns).map { Float($0) - 9 }

  /// Calls `body` with each tile of a matrix that is A already: the product of A and the identity.
  private func tiles(_ a: Matrix<Float>, cut: Cut, workers: Int, _ body: (Tile<Float>) -> Void) -> Matrix<Float> {
    var result = Matrix<Float>(rows: a.rows, columns: a.columns)
    result.setProduct(a, .identity(a.columns), cut: cut, workers: Workers(count: workers), then: body)
    return result
  }

  private func expect(
    _ body: (Tile<Float>) -> Void, equals formula: (_ i: Int, _ j: Int, _ y: Float) -> Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var stream = RandomStream(seed: 1, name: "tiles")
    let a = Matrix<Float>.normal(rows: Self.rows, columns: Self.columns, from: &stream)
    let expected = Matrix(rows: Self.rows, columns: Self.columns) { i, j in formula(i, j, a[i, j]) }
    for cut in [Cut.rows(by: 100), .rows(by: 3), .columns(by: 8), .columns(by: 1)] {
      for workers in [1, 3] {
        #expect(tiles(a, cut: cut, workers: workers, body) == expected, "\(cut)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func addsABias() { expect({ $0.add(bias: Self.bias) }, equals: { $2 + Self.bias[$1] }) }

  @Test func addsABiasThenReLU() {
    expect({ $0.addThenReLU(bias: Self.bias) }, equals: { max(0, $2 + Self.bias[$1]) })
  }

  @Test func scalesColumns() { expect({ $0.scaleColumns(by: Self.bias) }, equals: { $2 * Self.bias[$1] }) }

  /// ReLU made 0 of NaN: with weights that had diverged the loss stayed finite, and nobody was told.
  @Test func reLUDoesNotHideNaN() {
    let a = Matrix<Float>(rows: 1, columns: 3, elements: [-1, 2, .nan])
    var result = a
    // With an empty sum, the tile is A itself.
    result.setProduct(
      Matrix(rows: 1, columns: 0), Matrix(rows: 0, columns: 3), adding: 1, cut: .rows(by: 1), workers: Workers(count: 1)
    ) { $0.addThenReLU(bias: [0, 0, 0]) }
    #expect(result.elements[0] == 0 && result.elements[1] == 2 && result.elements[2].isNaN)
  }
}
