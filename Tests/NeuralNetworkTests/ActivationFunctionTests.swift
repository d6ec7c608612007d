import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite struct ActivationFunctionTests {
  private static let arguments = stride(from: -12.0, through: 12, by: 0.037).map { $0 } + [-40, 40, -1e-9, 1e-9]

  /// By the C library, as PyTorch defines them.
  private static func reference(_ function: ActivationFunction, _ x: Double) -> Double {
    switch function {
    case .relu: max(0, x)
    case .tanh: Foundation.tanh(x)
    case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .identity: x
    }
  }

  /// The names are in options, files and PyTorch.
  @Test func names() {
    #expect(ActivationFunction.allCases.map(\.rawValue) == ["relu", "tanh", "gelu", "sigmoid", "identity"])
  }

  @Test(arguments: ActivationFunction.allCases) func values(function: ActivationFunction) {
    for x in Self.arguments {
      let expected = Self.reference(function, x)
      #expect(abs(function.value(x) - expected) <= 1e-12 * abs(expected) + 1e-14, "\(x)")
      let single = Self.reference(function, Double(Float(x)))
      #expect(abs(Double(function.value(Float(x))) - single) <= 1e-7 * abs(single) + 1e-14, "\(x)")
    }
    #expect(function.value(Double.nan).isNaN && function.value(Float.nan).isNaN)
  }

  /// Against central differences of the C library's functions. ReLU has no derivative at 0.
  @Test(arguments: ActivationFunction.allCases) func derivatives(function: ActivationFunction) {
    let h = 1e-5
    for x in Self.arguments where abs(x) > h {
      let expected = (Self.reference(function, x + h) - Self.reference(function, x - h)) / (2 * h)
      #expect(abs(function.derivative(x) - expected) < 1e-9, "\(x)")
    }
    #expect(ActivationFunction.relu.derivative(0) == 0)
  }

  /// The first layer of a network, whose last one is followed by nothing.
  private static func network(_ function: ActivationFunction) -> Network<Double> {
    var network = Network<Double>(widths: [20, 17, 9, 4], seed: 3).withRandomBiases()
    var stream = RandomStream(seed: 4, name: "factors")
    network.layers[1] = .lowRank(
      LowRank(
        u: .normal(rows: 9, columns: 3, from: &stream), singularValues: [3, 2, 1],
        vT: .normal(rows: 3, columns: 17, from: &stream), bias: network.layers[1].bias))
    network.activation = function
    return network
  }

  private static func naive(_ network: Network<Double>, _ image: [Double]) -> [Double] {
    network.layers.enumerated().reduce(image) { x, next in
      let w: Matrix<Double> =
        switch next.element {
        case .dense(let dense): dense.weights
        case .lowRank(let factors): factors.folded.u * factors.folded.vT
        }
      return (0..<w.rows).map { i in
        let y = (0..<w.columns).reduce(next.element.bias[i]) { $0 + w[i, $1] * x[$1] }
        return next.offset < 2 ? reference(network.activation, y) : y
      }
    }
  }

  @Test(arguments: ActivationFunction.allCases) func networksAgainstLoops(function: ActivationFunction) {
    let (network, x) = (Self.network(function), sampleBatch(count: 40, inputs: 20, classes: 4).images as Matrix<Double>)
    let logits = network.logits(x, workers: Workers(count: 2))
    for row in 0..<40 {
      let expected = Self.naive(network, (0..<20).map { x[row, $0] })
      for column in 0..<4 { #expect(abs(logits[row, column] - expected[column]) < 1e-11) }
    }
  }

  /// An image alone, in a batch and in pieces that workers share has the same bits.
  @Test(arguments: ActivationFunction.allCases) func oneImageABatchAndPieces(function: ActivationFunction) throws {
    let double = Self.network(function)
    let layers = double.layers.map { layer -> Layer<Float> in
      switch layer {
      case .dense(let dense): .dense(Dense(weights: dense.weights.map { Float($0) }, bias: dense.bias.map { Float($0) }))
      case .lowRank(let factors):
        .lowRank(
          LowRank(
            u: factors.u.map { Float($0) }, singularValues: factors.singularValues?.map { Float($0) },
            vT: factors.vT.map { Float($0) }, bias: factors.bias.map { Float($0) }))
      }
    }
    let inference = Inference(Network(layers: layers, activation: function))
    let x: Matrix<Float> = sampleBatch(count: 300, inputs: 20, classes: 4).images
    let logits = inference.logits(x, workers: Workers(count: 1))
    #expect(inference.logits(x, workers: Workers(count: 3)) == logits)
    for range in [0..<1, 5..<6, 299..<300, 7..<24, 0..<128, 100..<229] {
      #expect(inference.logits(x.rowSlice(range), workers: Workers(count: 2)) == logits.rowSlice(range), "\(range)")
    }
  }
}
