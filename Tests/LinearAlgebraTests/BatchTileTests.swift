import LinearAlgebra
import Testing

/// Operations on a tile change its elements and no others.
@Suite struct BatchTileTests {
  static let bias = (0..<60).map { Float($0) - 30 }

  /// Calls `body` with each tile of a batch that is A already: the product of A and the identity.
  private func expect(
    _ body: (BatchTile<Float>) -> Void, equals formula: (_ i: Int, _ j: Int, _ y: Float) -> Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var stream = RandomStream(seed: 1, name: "tiles")
    for (count, width) in [(1, 1), (16, 60), (37, 25)] {
      let a = Matrix<Float>.normal(rows: count, columns: width, from: &stream)
      let expected = Matrix(rows: count, columns: width) { i, j in formula(i, j, a[i, j]) }
      for transposeW in [false, true] {
        for workers in [1, 3] {
          var y = InterleavedBatch<Float>(count: count, width: width)
          y.setProduct(
            InterleavedBatch(rowsOf: a), PanelMatrix(.identity(width)), transposeW: transposeW,
            workers: Workers(count: workers), then: body)
          #expect(y.matrix == expected, "\(count)×\(width)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  private func bias(_ tile: BatchTile<Float>) -> [Float] { Array(Self.bias[..<tile.width]) }

  @Test func addsABias() { expect({ $0.addBias(bias($0)) }, equals: { $2 + Self.bias[$1] }) }
  @Test func addsABiasThenReLU() { expect({ $0.addBiasThenReLU(bias($0)) }, equals: { max(0, $2 + Self.bias[$1]) }) }
  @Test func scales() { expect({ $0.scale(by: bias($0)) }, equals: { $2 * Self.bias[$1] }) }

  @Test func masksAGradient() {
    let activation = Matrix<Float>(rows: 50, columns: 60) { i, j in Float((i * 7 + j * 5) % 3) - 1 }
    expect(
      { tile in
        let own = activation.columnSlice(0..<tile.width)
        tile.maskGradient(by: InterleavedBatch(rowsOf: own), scale: 1.25)
      }, equals: { activation[$0, $1] > 0 ? $2 * 1.25 : 0 })
  }

  /// ReLU made 0 of NaN: with weights that had diverged the loss stayed finite, and the fault was hidden.
  @Test func reLUDoesNotHideNaN() {
    var y = InterleavedBatch<Float>(count: 1, width: 3)
    let w = Matrix<Float>(rows: 3, columns: 1, elements: [-1, 2, .nan])
    y.setProduct(
      InterleavedBatch(rowsOf: Matrix(rows: 1, columns: 1, repeating: 1)), PanelMatrix(w), transposeW: true,
      workers: Workers(count: 1)
    ) { $0.addBiasThenReLU([0, 0, 0]) }
    #expect(y.matrix[0, 0] == 0 && y.matrix[0, 1] == 2 && y.matrix[0, 2].isNaN)
  }
}
