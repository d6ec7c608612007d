import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// Dynamic SVD stopped, saved and begun again has the bits of one in one piece: F and R, the start of the subspace iteration,
/// its left vectors, whether they turn and the number of its calls included.
@Suite struct DynamicSVDResumeTests {
  @Test(arguments: [Renewal.eachStep, .every(steps: 4)], [1, 2, 5, 9])
  func inPieces(renewal: Renewal, steps: Int) throws {
    #expect(try outcome(renewal, steps: steps) == outcome(renewal, steps: nil))
  }

  /// With one of the arrays as it was in the beginning it would be another training: each of them is needed.
  @Test(arguments: [
    "weight", "weight_momentum", "bias", "bias_momentum", "residual", "residual_scale", "residual_scale_momentum",
    "subspace_start",
    "subspace_left", "subspace_needs_whole_iteration", "subspace_calls",
  ])
  func everyArrayMatters(name: String) throws {
    let renewal: Renewal = name.hasPrefix("residual") ? .every(steps: 4) : .eachStep
    var trainer = Backpropagation(layers: layers(renewal), workers: Workers(count: 1))
    // After five steps (the first two make a whole iteration, and the vectors turn little) the next one goes from the left, after
    // six from the right.
    let steps = name == "subspace_left" ? 5 : 6
    try train(&trainer, steps: 0..<steps)
    let saved = trainer.layers.map(\.state)
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
    try train(&trainer, steps: steps..<20)
    #expect(try networks[0] == trainer.network() && networks[1] != networks[0])
  }

  private func train(_ trainer: inout Backpropagation<Float>, steps: Range<Int>) throws {
    let (images, labels): (Matrix<Float>, [UInt8]) = sampleBatch(count: 20, inputs: 30, classes: 10)
    let rule = NesterovSGD<Float>(learningRate: 0.002, momentum: 0.9, weightDecay: 1e-3)
    for step in steps { _ = try trainer.step(images, labels: labels, rule: rule, step: step) }
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
