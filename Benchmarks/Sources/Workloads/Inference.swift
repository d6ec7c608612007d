import LinearAlgebra
import NeuralNetwork

extension Workload {
  /// Logits of a batch, by the dense network and by truncated ones.
  static func inference(threads: Int) -> [Workload] {
    [1, 128, 1000].flatMap { batch in
      [nil, 10, 20, 50, 100].map { rank in
        let network = { @Sendable in rank.map { PaperNetwork.shared.truncated(to: $0) } ?? PaperNetwork.shared.dense }
        return Workload(
          name: "inference: batch \(batch), \(rank.map { "D = \($0)" } ?? "dense")", threads: threads,
          flops: { FLOPs.inference(network(), batch: batch) },
          prepare: {
            let (inference, images) = (Inference(network()), PaperNetwork.images(batch))
            return { inference.logits(images, workers: Workers(count: threads)) }
          })
      }
    }
  }
}
