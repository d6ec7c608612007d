import LinearAlgebra
import NeuralNetwork

/// The results of a training run, for comparison bit by bit.
public struct TrainingOutcome<Scalar: BLASScalar>: Equatable {
  public let network: Network<Scalar>
  public let epochs: [TrainingEpoch]
  /// After each step.
  public let losses: [Double]
}

private struct Stop: Error {}

extension TrainingLoop {
  /// Runs the training in pieces of `steps` progress reports (steps and ends of epochs) each. Between pieces it is stopped,
  /// encoded as a checkpoint, and resumed with new layers. `nil` runs it in one piece.
  public func outcome(
    of make: () -> [any TrainableLayer<Scalar>], inPiecesOf steps: Int?
  ) throws -> TrainingOutcome<Scalar> {
    var saved: [UInt8]?
    var (epochs, losses): ([TrainingEpoch], [Double]) = ([], [])
    while true {
      var (layers, progress): ([any TrainableLayer<Scalar>], TrainingProgress?) = (make(), nil)
      if let saved {
        let checkpoint = try Checkpoint(decoding: saved, path: "x")
        try checkpoint.restore(&layers, path: "x")
        progress = checkpoint.progress
      }
      var count = 0
      do {
        let result = try run(layers, from: progress) {
          losses.append($0.meanLoss)
        } onEpoch: {
          epochs.append($0)
        } onProgress: { progress, layers in
          count += 1
          guard count == steps else { return }
          saved =
            Checkpoint(
              run: "run", network: "network", progress: progress, seconds: 1.5, history: epochs.map { ($0, 0.5) },
              layers: layers
            ).encoded
          throw Stop()
        }
        return TrainingOutcome(network: result.network, epochs: epochs, losses: losses)
      } catch is Stop {}
    }
  }
}
