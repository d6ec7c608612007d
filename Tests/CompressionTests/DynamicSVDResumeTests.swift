import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// Dynamic SVD that is stopped, saved and resumed gives the bits of one that is not. The state has F and R, the start of the
/// subspace iteration, its left vectors, whether it needs a whole iteration, and the number of its calls.
@Suite struct DynamicSVDResumeTests {
  @Test func inPieces() throws {
    for steps: Int in [1, 2, 5, 9] {
      for renewal: Renewal in [Renewal.eachStep, .every(steps: 4)] {
        #expect(try outcome(renewal, steps: steps) == outcome(renewal, steps: nil), "\(renewal), \(steps)")
      }
    }
  }

  /// Each array of the state is needed: with one of them as at the start, the training gives another network.
  @Test func everyArrayMatters() throws {
    for name: String in [
      "weight", "weight_momentum", "bias", "bias_momentum", "residual", "residual_scale", "residual_scale_momentum",
      "subspace_start", "subspace_left", "subspace_needs_whole_iteration", "subspace_calls",
    ] {
      let renewal: Renewal = name.hasPrefix("residual") ? .every(steps: 4) : .eachStep
      var backpropagation = Backpropagation(layers: layers(renewal), workers: Workers(count: 1))
      // The first two steps make whole iterations; then the vectors turn little. So step 5 begins from the left vectors, step 6
      // from the right ones.
      let steps = name == "subspace_left" ? 5 : 6
      try train(&backpropagation, steps: 0..<steps)
      let saved = backpropagation.layers.map(\.state)
      let initial = layers(renewal)[0].state
      var mixed = SafeTensors()
      for (tensor, value) in saved[0].tensors where tensor != name { mixed.append(tensor, value) }
      if let value = initial[name] { mixed.append(name, value) }
      let networks = try [saved[0], mixed].map { first in
        var restored = layers(renewal)
        for (index, state) in ([first] + saved.dropFirst()).enumerated() {
          try restored[index].restore(from: LayerState(from: state, prefix: "", path: "x"))
        }
        var again = Backpropagation(layers: restored, workers: Workers(count: 1))
        try train(&again, steps: steps..<20)
        return try again.network()
      }
      try train(&backpropagation, steps: steps..<20)
      #expect(try networks[0] == backpropagation.network() && networks[1] != networks[0], "\(name)")
    }
  }

  private func train(_ backpropagation: inout Backpropagation<Float>, steps: Range<Int>) throws {
    let (images, labels): (Matrix<Float>, [UInt8]) = sampleBatch(count: 20, inputs: 30, classes: 10)
    let rule = NesterovSGD<Float>(learningRate: 0.002, momentum: 0.9, weightDecay: 1e-3)
    for step in steps { _ = try backpropagation.step(images, labels: labels, rule: rule, step: step) }
  }

  private func layers(_ renewal: Renewal) -> [any TrainableLayer<Float>] {
    Network<Float>(widths: [30, 40, 26, 10], seed: 3)
      .dynamicSVD(rank: 4, compressing: 2, renewal: renewal, oversampling: 3, seed: 1)
  }

  private func outcome(_ renewal: Renewal, steps: Int?) throws -> TrainingOutcome<Float> {
    let plan = TrainingPlan(
      epochs: 2, batchSize: 32, learningRate: 0.05, warmupEpochs: 0, momentum: 0.9, weightDecay: 1e-3, dropout: 0.1)
    let training = TrainingLoop<Float>(
      plan: plan, samples: sampleImages(count: 300, width: 30), validation: sampleImages(count: 100, width: 30, seed: 2),
      seed: 3, streams: "test", workers: Workers(count: 2))
    return try training.outcome(of: { layers(renewal) }, inPiecesOf: steps)
  }
}

extension TrainableLayer {
  fileprivate var state: SafeTensors {
    var state = LayerState<Scalar>()
    save(to: &state)
    return state.tensors
  }
}
