import Compression
import LinearAlgebra
import NeuralNetwork

/// The network of the paper, 784 – 1024 ×5 – 10, with weights whose SVDs are known. It is not trained, so fewer activations are zero
/// than in a trained network, and a training step, which leaves zeros out, takes longer. No weight is subnormal.
struct PaperNetwork: Sendable {
  static let widths = [784] + [Int](repeating: 1024, count: 5) + [10]
  /// Layers with factors.
  static let compressed = 5
  static let batch = 128

  static let shared = PaperNetwork()

  /// With all layers dense.
  let dense: Network<Float>
  private let svds: [SVD<Float>]

  /// Weights of the size that they have at the start of a training: ‖W‖_F² = 2 · outputs (He et al. 2015).
  private init() {
    // W2 … W5 are of one shape, and copies of one matrix: making random singular vectors is slow.
    let first = SVD.falling(Self.widths[1], Self.widths[0], stream: "layer/0").ofInitialSize
    let others = SVD.falling(Self.widths[2], Self.widths[1], stream: "layer/1").ofInitialSize
    svds = [first] + [SVD](repeating: others, count: Self.compressed - 1)
    // Each has a product of its own: layers that shared memory would share cache lines.
    let compressed = svds.map { Layer.dense(Dense(weights: $0.product, bias: [Float](repeating: 0, count: $0.u.rows))) }
    dense = Network(layers: compressed + Network(widths: Array(Self.widths.suffix(2)), seed: 1).layers)
  }

  /// W ≈ U S Vᵀ of rank D in the compressed layers.
  func truncated(to rank: Int) -> Network<Float> { NetworkSVD(of: dense, layers: svds).truncated(to: rank) }

  /// Images: count × 784.
  static func images(_ count: Int) -> Matrix<Float> {
    var stream = RandomStream(seed: 1, name: "benchmark/images")
    return .normal(rows: count, columns: widths[0], from: &stream)
  }
}

extension SVD where Scalar == Float {
  /// Scaled to ‖U S Vᵀ‖_F² = 2 · rows.
  fileprivate var ofInitialSize: SVD {
    let size = singularValues.reduce(0) { $0 + $1 * $1 }
    let scale = (2 * Float(u.rows) / size).squareRoot()
    return SVD(u: u, singularValues: singularValues.map { $0 * scale }, vT: vT)
  }
}
