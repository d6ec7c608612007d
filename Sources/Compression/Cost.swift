import LinearAlgebra
import NeuralNetwork

/// What a network holds and does, counted.
public struct Cost: Equatable, Sendable {
  /// Numbers stored: weights or factors, and biases.
  public var parameters: Int
  /// Multiply–accumulates for one image; a bias adds none, the diagonal of S one an element.
  public var macs: Int

  /// Counts a network as it is: dense matrices, or factors with S as its diagonal or folded.
  public init<Scalar>(of network: Network<Scalar>) {
    (parameters, macs) = (0, 0)
    for layer in network.layers {
      let products =
        switch layer {
        case .dense(let dense): dense.weights.rows * dense.weights.columns
        case .lowRank(let factors):
          factors.rank * (factors.u.rows + factors.vT.columns) + (factors.singularValues?.count ?? 0)
        }
      parameters += products + layer.outputs
      macs += products
    }
  }
}

extension Network {
  /// The same network with every S multiplied into its factors.
  public var folded: Network {
    Network(
      layers: layers.map { layer in
        guard case .lowRank(let factors) = layer else { return layer }
        return .lowRank(factors.folded)
      })
  }
}
