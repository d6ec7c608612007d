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

  /// A network made by hand: the logits of seven images are known, so is which of them are wrong. The first choice is right
  /// for three of seven, the second for two more, the last for the other two.
  @Test func knownAccuracy() {
    // z = (x₀, x₁, 0.6 − x₀): brightness of two pixels, and the contrary of one.
    let network = Network<Double>(layers: [
      .dense(Dense(weights: Matrix(rows: 3, columns: 2, elements: [1, 0, 0, 1, -1, 0]), bias: [0, 0, 0.6]))
    ])
    let images: [(pixels: [UInt8], label: UInt8, place: Int)] = [
      ([255, 51], 0, 1), ([255, 204], 1, 2), ([51, 204], 1, 1), ([51, 153], 0, 3), ([0, 0], 2, 1), ([102, 0], 2, 2),
      ([204, 255], 2, 3),
    ]
    let samples = Samples<Double>(
      width: 2, pixels: images.flatMap(\.pixels), labels: images.map(\.label), mean: 0, deviation: 1)
    // The places, to be believed.
    for image in images {
      let x = image.pixels.map { Double($0) / 255 }
      let z = [x[0], x[1], 0.6 - x[0]]
      #expect(z.count { $0 > z[Int(image.label)] } == image.place - 1, "\(image)")
    }
    for batchSize in [1, 2, 3, 7, 128] {
      let accuracy = network.accuracy(on: samples, workers: Workers(count: 2), batchSize: batchSize)
      #expect(accuracy == 300.0 / 7, "\(batchSize)")
    }
  }

  /// S is a part of the function, wherever it is stored: as the diagonal, split between the factors, and in training.
  @Test func singularValuesAreKept() throws {
    var stream = RandomStream(seed: 2, name: "factors")
    let layer = LowRank<Double>(
      u: .normal(rows: 10, columns: 3, from: &stream), singularValues: [9, 4, 0.25],
      vT: .normal(rows: 3, columns: 20, from: &stream), bias: (0..<10).map { _ in stream.normal() })
    let network = Network(layers: [.lowRank(layer)])
    let trained = Network(layers: [try network.layers[0].trainable().finished()])
    let logits = network.logits(images(0..<40), workers: Workers(count: 1))
    for row in [0, 39] {
      let x = (0..<20).map { images(0..<40)[row, $0] }
      for column in 0..<10 {
        let expected = (0..<3).reduce(layer.bias[column]) { sum, d in
          sum + layer.u[column, d] * [9, 4, 0.25][d] * (0..<20).reduce(0) { $0 + layer.vT[d, $1] * x[$1] }
        }
        #expect(abs(logits[row, column] - expected) < 1e-11)
      }
    }
    for other in [network.folded, trained] {
      #expect((other.logits(images(0..<40), workers: Workers(count: 1)) - logits).maxNorm < 1e-11)
    }
  }

  /// Weights that are replaced get the momentum that is added: without a gradient the next step goes along it.
  @Test func replacedWeights() {
    let zero = Matrix<Double>(rows: 2, columns: 3)
    var layer = TrainableDense(Dense(weights: zero, bias: [0, 0]))
    let weights = Matrix<Double>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    layer.replaceWeights(with: weights, addingMomentum: weights)
    #expect(layer.weights == weights)
    var dX: InterleavedBatch<Double>?
    layer.backward(
      outputGradient: InterleavedBatch(count: 4, width: 2), input: InterleavedBatch(count: 4, width: 3), inputGradient: &dX,
      rule: NesterovSGD(learningRate: 0.5, momentum: 0.5, weightDecay: 0), workers: Workers(count: 1)
    ) { _ in }
    // v = μ v, w − η μ v
    #expect(layer.weights == weights.map { $0 - 0.5 * 0.5 * 0.5 * $0 })
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

  /// The mean loss over all images, where the last batch is smaller.
  @Test(arguments: [230, 64, 7]) func lossAgainstLoops(batchSize: Int) {
    let network = Network<Double>(widths: [20, 9, 10], seed: 3).withRandomBiases()
    let logits = network.logits(images(0..<230), workers: Workers(count: 1))
    let losses = (0..<230).map { row in
      let z = (0..<10).map { logits[row, $0] }
      return Elementary.log(z.reduce(0) { $0 + Elementary.exp($1) }) - z[Int(samples.labels[row])]
    }
    let found = network.evaluation(on: samples, workers: Workers(count: 2), batchSize: batchSize)
    #expect(abs(found.loss - losses.reduce(0, +) / 230) < 1e-12)
    #expect(found.accuracy == network.accuracy(on: samples, workers: Workers(count: 1)))
  }

  /// A layer alone has the bits of a network of this layer, in any number of images and with any number of workers.
  @Test(arguments: [1, 127, 128, 129, 257], [1, 3, 8]) func outputsOfALayer(count: Int, threads: Int) throws {
    var stream = RandomStream(seed: 5, name: "layers")
    let x = Matrix<Float>.normal(rows: count, columns: 30, from: &stream)
    let dense = Dense<Float>(inputs: 30, outputs: 40, from: &stream)
    let bias = (0..<40).map { _ in Float(stream.normal()) }
    let factors = LowRank<Float>(
      u: .normal(rows: 40, columns: 3, from: &stream), singularValues: [3, 2, 1],
      vT: .normal(rows: 3, columns: 30, from: &stream),
      bias: bias)
    for layer in [Layer.dense(Dense(weights: dense.weights, bias: bias)), .lowRank(factors)] {
      let outputs = layer.outputs(of: x, workers: Workers(count: threads))
      for row in Set([0, count / 2, count - 1]) {
        let alone = layer.outputs(of: x.rowSlice(row..<row + 1), workers: Workers(count: 1))
        #expect(alone == outputs.rowSlice(row..<row + 1))
      }
      if count > 1 { #expect(outputs == Network(layers: [layer]).logits(x, workers: Workers(count: 2))) }
      #expect(layer.outputs(of: x, activation: .relu, workers: Workers(count: threads)) == outputs.map { max($0, 0) })
    }
  }
}
