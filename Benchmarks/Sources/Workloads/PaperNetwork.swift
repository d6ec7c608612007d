import Compression
import LinearAlgebra
import Network

/// The network of the paper, 784 – 1024 ×5 – 10, with weights whose SVDs are known. It is not trained: time does not depend on
/// what the weights are, as long as none is subnormal.
struct PaperNetwork: Sendable {
  static let widths = [784] + [Int](repeating: 1024, count: 5) + [10]
  /// Layers with factors.
  static let compressed = 5
  static let batch = 128

  /// Made once: its random numbers take a second.
  static let shared = PaperNetwork()

  /// All its layers dense.
  let dense: Network<Float>
  private let svds: [SVD<Float>]

  /// Weights of the size that they have at the start of a training: ‖W‖_F² = 2 · outputs (He et al. 2015).
  private init() {
    let initial = Network<Float>(widths: Self.widths, seed: 1)
    svds = (0..<Self.compressed).map { index in
      let (outputs, inputs) = (Self.widths[index + 1], Self.widths[index])
      let svd = SVD.falling(outputs, inputs, stream: "layer/\(index)")
      let size = svd.singularValues.reduce(0) { $0 + $1 * $1 }
      let scale = (2 * Float(outputs) / size).squareRoot()
      return SVD(u: svd.u, singularValues: svd.singularValues.map { $0 * scale }, vT: svd.vT)
    }
    dense = Network(layers: zip(initial.layers, svds.map(Optional.some) + [nil]).map { layer, svd in
      svd.map { .dense(Dense(weights: $0.product, bias: layer.bias)) } ?? layer
    })
  }

  /// W ≈ U S Vᵀ of rank D in the compressed layers.
  func truncated(to rank: Int) -> Network<Float> { NetworkSVD(of: dense, layers: svds).truncated(to: rank) }

  /// Images: count × 784.
  static func images(_ count: Int) -> Matrix<Float> {
    var stream = RandomStream(seed: 1, name: "benchmark/images")
    return .normal(rows: count, columns: widths[0], from: &stream)
  }
}
