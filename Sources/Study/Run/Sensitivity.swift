import Compression
import LinearAlgebra
import NeuralNetwork
import Results

/// What a layer alone costs by its rank: the accuracy and the loss on validation images of the baseline with that layer `whitened`.
struct Sensitivity {
  /// A layer at a rank.
  struct Point {
    /// Counted from 0.
    let layer: Int
    let rank: Int
    /// In percent.
    let accuracy: Double
    /// Mean cross-entropy, in nats.
    let loss: Double
  }

  /// Those below a layer's break-even mn / (m + n) are measured.
  static let ranks = [1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90]

  let points: [Point]
  /// Of the baseline itself.
  private let loss: Double
  private let shapes: [(rows: Int, columns: Int)]

  /// - Throws: `Interruption`; as `Calibration.whitened`.
  init(of baseline: Calibration, on samples: Samples<Float>, workers: Workers, observer: StudyObserver) throws {
    observer.message("sensitivity: each layer alone at each rank, on the validation images")
    shapes = baseline.shapes
    loss = baseline.network.evaluation(on: samples, workers: workers).loss
    var points: [Point] = []
    for rank in Self.ranks {
      let ranks = shapes.map { rank * ($0.rows + $0.columns) < $0.rows * $0.columns ? rank : nil }
      guard ranks.contains(where: { $0 != nil }) else { break }
      // Each layer is compressed by itself, so that all are made at once.
      let compressed = try baseline.whitened(ranks: ranks).layers
      for layer in shapes.indices where ranks[layer] != nil {
        if observer.isInterrupted() { throw Interruption() }
        var network = baseline.network
        network.layers[layer] = compressed[layer]
        let (accuracy, loss) = network.evaluation(on: samples, workers: workers)
        points.append(Point(layer: layer, rank: rank, accuracy: accuracy, loss: loss))
      }
    }
    self.points = points
  }

  /// By how much the loss rises, [layer][r] for r = 0 … min(m, n): linear between the measured ranks, falling, and 0 at full rank.
  var errors: [[Double]] {
    shapes.enumerated().map { layer, shape in
      let full = min(shape.rows, shape.columns)
      var known = points.filter { $0.layer == layer }.map { (rank: $0.rank, error: max(0, $0.loss - loss)) }
      known.sort { $0.rank < $1.rank }
      known.append((full, 0))
      // Noise may make a larger rank look worse.
      for index in known.indices.dropLast().reversed() {
        known[index].error = max(known[index].error, known[index + 1].error)
      }
      known.insert((0, known[0].error), at: 0)
      return (0...full).map { rank in
        let next = known.firstIndex { $0.rank >= rank } ?? known.count - 1
        guard next > 0, known[next].rank > rank else { return known[next].error }
        let (below, above) = (known[next - 1], known[next])
        let share = Double(rank - below.rank) / Double(above.rank - below.rank)
        return below.error + share * (above.error - below.error)
      }
    }
  }
}
