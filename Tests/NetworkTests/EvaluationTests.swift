import LinearAlgebra
import Network
import Testing
import TestSupport

@Suite struct EvaluationTests {
  let samples: Samples<Double> = sampleImages(count: 230, width: 20)

  /// Two layers by hand, against the network.
  @Test func logitsAgainstLoops() {
    let network = Network<Double>(widths: [20, 9, 10], seed: 3).withRandomBiases()
    var batch = Matrix<Double>(rows: 230, columns: 20)
    samples.gather(Array(0..<230)[...], into: &batch)
    let logits = network.logits(batch, workers: Workers(count: 2))
    guard case .dense(let first) = network.layers[0], case .dense(let second) = network.layers[1] else {
      return #expect(Bool(false))
    }
    for row in 0..<230 {
      let hidden = (0..<9).map { i in max(0, first.bias[i] + (0..<20).reduce(0) { $0 + first.weights[i, $1] * batch[row, $1] }) }
      for column in 0..<10 {
        let expected = second.bias[column] + (0..<9).reduce(0) { $0 + second.weights[column, $1] * hidden[$1] }
        #expect(abs(logits[row, column] - expected) < 1e-13)
      }
    }
  }

  /// The share does not depend on how the images are cut into batches, or on threads.
  @Test func accuracyDoesNotDependOnBatches() {
    let network = Network<Double>(widths: [20, 30, 10], seed: 4)
    let accuracy = network.accuracy(on: samples, workers: Workers(count: 1))
    #expect((0...100).contains(accuracy))
    #expect(network.accuracy(on: samples, workers: Workers(count: 2), batchSize: 7) == accuracy)
  }

  /// A network whose logits are NaN is right about nothing.
  @Test func noNumberIsNoAnswer() {
    var network = Network<Double>(widths: [20, 10], seed: 5)
    network.layers[0] = .dense(
      Dense(weights: Matrix(rows: 10, columns: 20, repeating: .nan), bias: [Double](repeating: 0, count: 10)))
    #expect(network.accuracy(on: samples, workers: Workers(count: 1)) == 0)
  }

  @Test func pixelsAreNormalised() {
    let samples = Samples<Float>(width: 2, pixels: [0, 255, 51, 102], labels: [1, 2], mean: 0.2, deviation: 0.5)
    var batch = Matrix<Float>(rows: 2, columns: 2)
    samples.gather([1, 0], into: &batch)
    #expect(batch.elements == [0, 0.4, -0.4, 1.6])
  }
}
