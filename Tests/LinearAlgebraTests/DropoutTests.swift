import LinearAlgebra
import Testing

@Suite struct DropoutTests {
  static let stream = RandomStream(seed: 1, name: "dropout")

  /// Vectors of ones after dropout: as many as there are rows.
  private func dropped(
    _ probability: Double, rows: Int, columns: Int, step: Int = 0, stream: RandomStream = stream, workers: Int = 1
  ) -> Matrix<Float> {
    let dropout = Dropout<Float>(probability: probability, stream: stream)
    var y = InterleavedBatch<Float>(count: rows, width: columns)
    y.setProduct(
      InterleavedBatch(rowsOf: Matrix(rows: rows, columns: 1, repeating: 1)),
      PanelMatrix(Matrix(rows: columns, columns: 1, repeating: 1)), transposeW: true, workers: Workers(count: workers)
    ) { $0.apply(dropout, step: step) }
    return y.matrix
  }

  @Test func keepsTheRightShare() {
    for probability: Double in [0.1, 0.2, 0.5, 0.9] {
      let y = dropped(probability, rows: 200, columns: 100)
      let scale = Dropout<Float>(probability: probability, stream: Self.stream).scale
      #expect(abs(Double(scale) * (1 - probability) - 1) < 1e-4, "\(probability)")
      #expect(y.elements.allSatisfy { $0 == 0 || $0 == scale }, "\(probability)")
      let share = Double(y.elements.count { $0 == 0 }) / 20_000
      #expect(abs(share - probability) < 4 * (probability * (1 - probability) / 20_000).squareRoot(), "\(probability)")
    }
  }

  /// The share holds for each row and each column.
  @Test func dropsEvenly() {
    let y = dropped(0.5, rows: 400, columns: 400)
    for index in 0..<400 {
      let (row, column) = ((0..<400).count { y[index, $0] == 0 }, (0..<400).count { y[$0, index] == 0 })
      // 200 expected, with a deviation of 10; five of those.
      #expect((150...250).contains(row) && (150...250).contains(column))
    }
  }

  /// Narrow layers are cut by blocks, wide ones by panels: the mask is the same, for all numbers of workers.
  @Test func tilesAndWorkersDoNotChangeIt() {
    let whole = dropped(0.3, rows: 150, columns: 700)
    for workers in [1, 2, 3, 8] {
      #expect(dropped(0.3, rows: 150, columns: 700, workers: workers) == whole)
      for columns in [1, 23, 24, 25, 100, 383] {
        #expect(dropped(0.3, rows: 150, columns: columns, workers: workers) == whole.columnSlice(0..<columns))
      }
    }
  }

  @Test func aSmallerBatchIsAPartOfALargerOne() {
    #expect(dropped(0.3, rows: 50, columns: 20, step: 4).rowSlice(0..<13) == dropped(0.3, rows: 13, columns: 20, step: 4))
  }

  @Test func stepsAndStreamsDiffer() {
    let masks = [
      dropped(0.5, rows: 10, columns: 40), dropped(0.5, rows: 10, columns: 40, step: 1),
      dropped(0.5, rows: 10, columns: 40, stream: RandomStream(seed: 1, name: "dropout 2")),
      dropped(0.5, rows: 10, columns: 40, stream: RandomStream(seed: 2, name: "dropout")),
    ].map { $0.map { $0 > 0 ? 1.0 : -1.0 } }
    for i in masks.indices {
      for j in 0..<i {
        let agreement = zip(masks[i].elements, masks[j].elements).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(agreement) < 4 * 20)
      }
    }
  }

  @Test func noDropoutChangesNothing() {
    #expect(dropped(0, rows: 3, columns: 5) == Matrix(rows: 3, columns: 5, repeating: 1))
    #expect(Dropout<Float>(probability: 0, stream: Self.stream).scale == 1)
  }
}
