import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite struct EvaluationTests {
  let samples: Samples<Double> = sampleImages(count: 230, width: 20)

  private func images(_ range: Range<Int>) -> Matrix<Double> {
    var batch = InterleavedBatch<Double>(count: range.count, width: samples.width)
    samples.gather(ArraySlice(range), into: &batch, workers: Workers(count: 1))
    return batch.matrix
  }

  /// The network against two layers in loops.
  @Test func logitsAgainstLoops() {
    let network = Network<Double>(widths: [20, 9, 10], seed: 3).withRandomBiases()
    let batch = images(0..<230)
    let logits = network.logits(batch, workers: Workers(count: 2))
    guard case .dense(let first) = network.layers[0], case .dense(let second) = network.layers[1] else {
      return #expect(Bool(false))
    }
    for row in 0..<230 {
      let hidden = (0..<9).map { i in
        max(0, first.bias[i] + (0..<20).reduce(0) { $0 + first.weights[i, $1] * batch[row, $1] })
      }
      for column in 0..<10 {
        let expected = second.bias[column] + (0..<9).reduce(0) { $0 + second.weights[column, $1] * hidden[$1] }
        #expect(abs(logits[row, column] - expected) < 1e-13)
      }
    }
  }

  /// An image's logits have the same bits alone, in a batch of any size and with any number of workers, dense or low-rank.
  @Test func logitsDoNotDependOnTheBatch() throws {
    let dense = Network<Double>(widths: [20, 60, 50, 10], seed: 3).withRandomBiases()
    let svd = try LAPACKSVD.decompose(Matrix<Double>.identity(60)).truncated(to: 7)
    let factors = { (singularValues: [Double]?) in
      var layers = dense.layers
      var stream = RandomStream(seed: 1, name: "factors")
      layers[0] = .lowRank(
        LowRank(
          u: svd.u, singularValues: singularValues, vT: .normal(rows: 7, columns: 20, from: &stream), bias: layers[0].bias))
      return Network(layers: layers)
    }
    for network in [dense, factors([7, 6, 5, 4, 3, 2, 1]), factors(nil)] {
      let inference = Inference(network)
      let logits = inference.logits(images(0..<230), workers: Workers(count: 1))
      #expect(inference.logits(images(0..<230), workers: Workers(count: 3)) == logits)
      for range in [0..<1, 229..<230, 3..<20, 100..<229] {
        for workers in [1, 2] {
          #expect(inference.logits(images(range), workers: Workers(count: workers)) == logits.rowSlice(range), "\(range)")
        }
      }
    }
  }

  /// The accuracy does not depend on the batch size or on threads.
  @Test func accuracyDoesNotDependOnBatches() {
    let network = Network<Double>(widths: [20, 30, 10], seed: 4)
    let accuracy = network.accuracy(on: samples, workers: Workers(count: 1))
    #expect((0...100).contains(accuracy))
    #expect(network.accuracy(on: samples, workers: Workers(count: 2), batchSize: 7) == accuracy)
  }

  /// Logits that are NaN are wrong answers.
  @Test func nanIsWrong() {
    var network = Network<Double>(widths: [20, 10], seed: 5)
    network.layers[0] = .dense(
      Dense(weights: Matrix(rows: 10, columns: 20, repeating: .nan), bias: [Double](repeating: 0, count: 10)))
    #expect(network.accuracy(on: samples, workers: Workers(count: 1)) == 0)
  }

  @Test func pixelsAreNormalised() {
    let samples = Samples<Float>(width: 2, pixels: [0, 255, 51, 102], labels: [1, 2], mean: 0.2, deviation: 0.5)
    var batch = InterleavedBatch<Float>(count: 2, width: 2)
    samples.gather([1, 0], into: &batch, workers: Workers(count: 1))
    #expect(batch.matrix.elements == [0, 0.4, -0.4, 1.6])
  }
}
