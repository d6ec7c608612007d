import LinearAlgebra
import Testing

@Suite struct DropoutTests {
  static let stream = RandomStream(seed: 1, name: "dropout")

  /// A matrix of ones after dropout.
  private func dropped(
    _ probability: Double, rows: Int, columns: Int, step: Int = 0, stream: RandomStream = stream,
    cut: Cut = .rows(by: 32), workers: Int = 1
  ) -> Matrix<Float> {
    let dropout = Dropout<Float>(probability: probability, stream: stream)
    var y = Matrix<Float>(rows: rows, columns: columns)
    y.setProduct(
      Matrix(rows: rows, columns: 1, repeating: 1), Matrix(rows: 1, columns: columns, repeating: 1), cut: cut,
      workers: Workers(count: workers)) { $0.apply(dropout, step: step) }
    return y
  }

  @Test(arguments: [0.1, 0.2, 0.5, 0.9]) func keepsTheRightShare(_ probability: Double) {
    let y = dropped(probability, rows: 200, columns: 100)
    let scale = Dropout<Float>(probability: probability, stream: Self.stream).scale
    #expect(abs(Double(scale) * (1 - probability) - 1) < 1e-4)
    #expect(y.elements.allSatisfy { $0 == 0 || $0 == scale })
    let share = Double(y.elements.count { $0 == 0 }) / 20_000
    #expect(abs(share - probability) < 4 * (probability * (1 - probability) / 20_000).squareRoot())
  }

  /// Of each row and each column too: none is spared, none is preferred.
  @Test func dropsEvenly() {
    let y = dropped(0.5, rows: 400, columns: 400)
    for index in 0..<400 {
      let (row, column) = ((0..<400).count { y[index, $0] == 0 }, (0..<400).count { y[$0, index] == 0 })
      // 200 expected, with a deviation of 10; five of those.
      #expect((150...250).contains(row) && (150...250).contains(column))
    }
  }

  @Test(arguments: [8, 16, 37, 100]) func tilesAndWorkersDoNotChangeIt(columns: Int) {
    let whole = dropped(0.3, rows: 50, columns: columns, cut: .rows(by: 1000))
    for cut in [Cut.rows(by: 1), .rows(by: 32), .columns(by: 8), .columns(by: 24)] {
      for workers in [1, 2, 3, 8] {
        #expect(dropped(0.3, rows: 50, columns: columns, cut: cut, workers: workers) == whole, "\(cut)")
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
