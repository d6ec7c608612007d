import Compression
import LinearAlgebra
import NeuralNetwork

extension Workload {
  /// D of the low-rank and dynamic steps, and what the subspace iteration carries along, as in experiments/paper.yaml.
  private static let (rank, oversampling) = (20, 10)

  /// One step of each training, with its dropout in experiments/paper.yaml.
  static func trainingSteps(threads: Int) -> [Workload] {
    let batch = PaperNetwork.batch
    return [
      step("dense", threads: threads, dropout: 0.2) { paper in
        (paper.dense.trainable, FLOPs.trainingStep(paper.dense, batch: batch))
      },
      step("low-rank, D = \(rank)", threads: threads, dropout: 0) { paper in
        let network = paper.truncated(to: rank)
        return (network.trainable, FLOPs.trainingStep(network, batch: batch))
      },
      step("dynamic SVD, D = \(rank)", threads: threads, dropout: 0.1) { paper in
        let layers = paper.dense.dynamicSVD(
          rank: rank, compressing: PaperNetwork.compressed, renewal: .eachStep, oversampling: oversampling, seed: 1)
        let flops = FLOPs.dynamicStep(
          paper.dense, compressing: PaperNetwork.compressed, rank: rank, oversampling: oversampling, batch: batch)
        return (layers, flops)
      },
    ]
  }

  private static func step(
    _ name: String, threads: Int, dropout: Double,
    _ make: @escaping @Sendable (PaperNetwork) -> (layers: [any TrainableLayer<Float>], flops: Double)
  ) -> Workload {
    Workload(
      name: "training step: \(name)", threads: threads, flops: { make(.shared).flops },
      prepare: {
        var backpropagation = Backpropagation(
          layers: make(.shared).layers, dropout: dropout, seed: 1, workers: Workers(count: threads))
        let images = InterleavedBatch(rowsOf: PaperNetwork.images(PaperNetwork.batch))
        let labels = (0..<images.count).map { UInt8($0 % 10) }
        // With a rate of zero the whole step is computed and the weights stay: each run times the same step.
        let rule = NesterovSGD<Float>(learningRate: 0, momentum: 0.9, weightDecay: 5e-4)
        var count = 0
        return {
          defer { count += 1 }
          return try backpropagation.step(images, labels: labels, rule: rule, step: count)
        }
      })
  }
}

extension Network {
  /// All layers as they are, ready to be trained.
  fileprivate var trainable: [any TrainableLayer<Scalar>] { layers.map { $0.trainable() } }
}
