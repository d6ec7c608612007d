import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// Calibration of networks with other activations than ReLU.
@Suite struct ActivationCalibrationTests {
  static let samples: Samples<Float> = sampleImages(count: 160, width: 12, classes: 4)

  static func network(_ function: ActivationFunction) -> Network<Float> {
    Network(layers: Network<Float>(widths: [12, 10, 8, 4], seed: 4).withRandomBiases().layers, activation: function)
  }

  func calibration(_ function: ActivationFunction, images: Int = 160) throws -> Calibration {
    try Calibration(
      of: Self.network(function), samples: Self.samples, indices: Array(0..<images), seed: 9, workers: Workers(count: 2))
  }

  /// The logits of the outputs y of layer `first`, in double precision.
  private func logits(_ y: [Double], of layer: Int, _ network: Network<Float>) -> [Double] {
    (layer + 1..<network.layers.count).reduce(y) { y, next in
      guard case .dense(let dense) = network.layers[next] else { return [] }
      let x = y.map { network.activation.value($0) }
      return (0..<dense.bias.count).map { i in
        x.indices.reduce(Double(dense.bias[i])) { $0 + Double(dense.weights[i, $1]) * x[$1] }
      }
    }
  }

  /// G of each layer against central differences of the loss with respect to its outputs.
  @Test(arguments: ActivationFunction.allCases) func gradientCovariances(function: ActivationFunction) throws {
    let (images, network) = (24, Self.network(function))
    let calibration = try calibration(function, images: images)
    let found = calibration.gradientCovariances(seed: 9)
    var batch = InterleavedBatch<Float>(count: images, width: 12)
    Self.samples.gather(Array(0..<images)[...], into: &batch, workers: Workers(count: 1))
    var expected = network.layers.map { Matrix<Double>(rows: $0.outputs, columns: $0.outputs) }
    var stream = RandomStream(seed: 9, name: "calibration/labels")
    for image in 0..<images {
      // The outputs of each layer, before what follows it.
      var (x, outputs) = ((0..<12).map { Double(batch.matrix[image, $0]) }, [[Double]]())
      for (index, layer) in network.layers.enumerated() {
        guard case .dense(let dense) = layer else { continue }
        outputs.append(
          (0..<dense.bias.count).map { i in
            x.indices.reduce(Double(dense.bias[i])) { $0 + Double(dense.weights[i, $1]) * x[$1] }
          })
        x = outputs[index].map { function.value($0) }
      }
      func probabilities(_ z: [Double]) -> [Double] {
        let powers = z.map { Elementary.exp(($0 - (z.max() ?? 0)) / Calibration.temperature) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
      let q = probabilities(outputs[2])
      var (left, label) = (stream.uniform(), 0)
      while label < 3, left >= q[label] { (left, label) = (left - q[label], label + 1) }
      for layer in 0..<3 {
        let gradient = outputs[layer].indices.map { i in
          func loss(_ step: Double) -> Double {
            var y = outputs[layer]
            y[i] += step
            return -Calibration.temperature * Elementary.log(probabilities(logits(y, of: layer, network))[label])
          }
          return (loss(1e-4) - loss(-1e-4)) / 2e-4
        }
        for i in gradient.indices {
          for j in gradient.indices { expected[layer][i, j] += gradient[i] * gradient[j] / Double(images) }
        }
      }
    }
    for (layer, (a, b)) in zip(found, expected).enumerated() {
      #expect((a - b).maxNorm < 1e-4 * b.maxNorm, "layer \(layer)")
    }
  }

  /// At full rank the logits are the original's, but for the ridge.
  @Test(arguments: ActivationFunction.allCases) func matchedAtFullRank(function: ActivationFunction) throws {
    let (calibration, network) = (try calibration(function), Self.network(function))
    let matched = try calibration.matched(ranks: [10, 8, 4])
    #expect(matched.activation == function && matched.layers.map(\.rank) == [10, 8, 4])
    let x = Self.samples.matrix(Array(0..<160), workers: Workers(count: 1))
    func logits(_ network: Network<Float>) -> Matrix<Double> {
      network.logits(x, workers: Workers(count: 1)).map(Double.init)
    }
    let (a, b) = (logits(matched), logits(network))
    #expect(squares(a - b) < 1e-3 * squares(b))
    // With another activation the same factors do something else.
    let other = Network(layers: matched.layers, activation: function == .tanh ? .sigmoid : .tanh)
    #expect(squares(logits(other) - b) > 1e-2 * squares(b))
    #expect(try calibration.matched(ranks: [10, 8, 4], bits: 8).network.activation == function)
    #expect(try calibration.whitened(ranks: [10, 8, 4]).activation == function)
    #expect(calibration.divergence(of: network) == 0)
  }
}
