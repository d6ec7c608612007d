import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

/// Backpropagation against central differences, in double precision, for every element of every kind of parameter.
///
/// A step with η = 1, μ = 0, λ = 0 subtracts the gradient from the weights, so the tested code is that of the training.
@Suite struct GradientTests {
  static let batch = 7
  static let (images, labels): (Matrix<Double>, [UInt8]) = sampleBatch(count: batch, inputs: 6, classes: 3)

  @Test func dense() throws {
    try check(network: Network(widths: [6, 8, 5, 3], seed: 3).withRandomBiases(), dropout: 0)
  }

  @Test func denseWithDropout() throws {
    try check(network: Network(widths: [6, 16, 9, 3], seed: 4).withRandomBiases(), dropout: 0.3)
  }

  @Test func lowRank() throws {
    var stream = RandomStream(seed: 5, name: "low rank")
    func factors(_ inputs: Int, _ outputs: Int, rank: Int) -> Layer<Double> {
      .lowRank(
        LowRank(
          u: .normal(rows: outputs, columns: rank, from: &stream), singularValues: nil,
          vT: .normal(rows: rank, columns: inputs, from: &stream), bias: (0..<outputs).map { _ in stream.normal() }))
    }
    let layers = [factors(6, 8, rank: 2), factors(8, 5, rank: 3), Network<Double>(widths: [5, 3], seed: 6).layers[0]]
    try check(network: Network(layers: layers), dropout: 0)
    try check(network: Network(layers: layers), dropout: 0.2)
  }

  /// Weight decay adds λ w to the gradient of weights and nothing to that of biases.
  @Test func weightDecay() throws {
    let network = Network<Double>(widths: [6, 4, 3], seed: 7).withRandomBiases()
    let decayed = try stepped(network, dropout: 0, rule: NesterovSGD(learningRate: 1, momentum: 0, weightDecay: 0.125))
    let plain = try stepped(network, dropout: 0, rule: NesterovSGD(learningRate: 1, momentum: 0, weightDecay: 0))
    for ((before, decayed), plain) in zip(zip(network.parameters, decayed.parameters), plain.parameters) {
      for index in before.values.indices {
        let expected = plain.values[index] - (before.kind == .bias ? 0 : 0.125 * before.values[index])
        #expect(abs(decayed.values[index] - expected) < 1e-14)
      }
    }
  }

  private func check(network: Network<Double>, dropout: Double) throws {
    let after = try stepped(network, dropout: dropout, rule: NesterovSGD(learningRate: 1, momentum: 0, weightDecay: 0))
    var (checked, largest) = (0, 0.0)
    for (number, (before, after)) in zip(network.parameters, after.parameters).enumerated() {
      for index in before.values.indices {
        let gradient = before.values[index] - after.values[index]
        let h = 1e-5
        let difference =
          try (loss(network.moved(number, index, by: h), dropout) - loss(network.moved(number, index, by: -h), dropout))
          / (2 * h)
        #expect(abs(gradient - difference) < 1e-8, "\(before.kind) of parameter array \(number), element \(index)")
        checked += 1
        largest = max(largest, abs(gradient))
      }
    }
    #expect(checked > 60 && largest > 1e-2, "the gradients must not all be zero")
  }

  private func stepped(_ network: Network<Double>, dropout: Double, rule: NesterovSGD<Double>) throws -> Network<Double> {
    var backpropagation = Backpropagation(
      layers: network.layers.map { $0.trainable() }, dropout: dropout, seed: 8, workers: Workers(count: 2))
    _ = try backpropagation.step(Self.images, labels: Self.labels, rule: rule, step: 11)
    return try backpropagation.network()
  }

  private func loss(_ network: Network<Double>, _ dropout: Double) throws -> Double {
    var backpropagation = Backpropagation(
      layers: network.layers.map { $0.trainable() }, dropout: dropout, seed: 8, workers: Workers(count: 1))
    let rule = NesterovSGD<Double>(learningRate: 0, momentum: 0, weightDecay: 0)
    return try backpropagation.step(Self.images, labels: Self.labels, rule: rule, step: 11)
  }
}
