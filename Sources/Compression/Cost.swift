import LinearAlgebra
import NeuralNetwork

/// The size of a network: its parameters and its multiply–accumulates.
public struct Cost: Equatable, Sendable {
  /// Stored parameters: weights or factors, and biases.
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
