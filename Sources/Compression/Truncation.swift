import LinearAlgebra
import NeuralNetwork

/// The SVDs of the first layers of a dense network, by which it can be truncated to any rank.
public struct NetworkSVD<Scalar: BLASScalar>: Sendable {
  private let network: Network<Scalar>
  /// One SVD a compressed layer, from the first on.
  public let layers: [SVD<Scalar>]

  /// Factors the first `count` layers of a dense network, each by LAPACK, the layers shared by `workers`.
  /// - Throws: `LinearAlgebraError` where a weight is not finite or no driver converges.
  public init(of network: Network<Scalar>, compressing count: Int, workers: Workers) throws {
    precondition(0 <= count && count <= network.layers.count)
    let weights = network.layers.prefix(count).map { layer in
      guard case .dense(let dense) = layer else { preconditionFailure("a layer that is already factored") }
      return dense.weights
    }
    self.network = network
    layers = try workers.map(weights) { try LAPACKSVD.decompose($0) }
  }

  /// Takes SVDs that exist already, one a compressed layer.
  public init(of network: Network<Scalar>, layers: [SVD<Scalar>]) { (self.network, self.layers) = (network, layers) }

  /// The largest rank that any compressed layer has.
  public var fullRank: Int { layers.map(\.rank).max() ?? 0 }

  /// W ≈ U_D S_D V_Dᵀ in the compressed layers: D is `rank`, or a layer's full rank where that is smaller. The other layers
  /// and all biases stay as they are.
  public func truncated(to rank: Int) -> Network<Scalar> {
    truncated(to: [Int?](repeating: rank, count: layers.count))
  }

  /// The same with a rank for each of the first layers, at most its full rank; the layers of rank `nil`, and those behind, stay
  /// dense.
  public func truncated(to ranks: [Int?]) -> Network<Scalar> {
    precondition(ranks.allSatisfy { ($0 ?? 1) >= 1 } && ranks.dropFirst(layers.count).allSatisfy { $0 == nil })
    return Network(
      layers: network.layers.enumerated().map { index, layer in
        guard index < ranks.count, let rank = ranks[index] else { return layer }
        return .lowRank(LowRank(layers[index].truncated(to: min(rank, layers[index].rank)), bias: layer.bias))
      }, activation: network.activation)
  }
}
