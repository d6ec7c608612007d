import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing

@Suite struct CrossEntropyTests {
  @Test func equalLogits() {
    var gradient = Matrix<Double>(rows: 2, columns: 4)
    let loss = CrossEntropy.loss(logits: Matrix(rows: 2, columns: 4, repeating: 3), labels: [0, 3], gradient: &gradient)
    #expect(abs(loss - log(4)) < 1e-15)
    #expect(gradient == Matrix(rows: 2, columns: 4, elements: [-0.375, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, -0.375]))
  }

  /// Exponentials of the logits themselves would overflow.
  @Test func largeLogits() {
    var gradient = Matrix<Float>(rows: 2, columns: 2)
    let logits = Matrix<Float>(rows: 2, columns: 2, elements: [10_000, 9_000, -10_000, 10_000])
    let loss = CrossEntropy.loss(logits: logits, labels: [0, 0], gradient: &gradient)
    #expect(loss == 10_000)
    #expect(gradient.elements == [0, 0, -0.5, 0.5])
  }
}
