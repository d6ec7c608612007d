import LinearAlgebra

/// What follows a layer's product and bias.
public enum Activation<Scalar: BLASScalar>: Sendable {
  /// Nothing: the logits.
  case linear
  /// ReLU, then the dropout of this step.
  case relu(Dropout<Scalar>, step: Int)

  /// Adds the bias to a tile of the product and applies the activation.
  public func apply(to tile: BatchTile<Scalar>, bias: [Scalar]) {
    switch self {
    case .linear: tile.addBias(bias)
    case .relu(let dropout, let step):
      tile.addBiasThenReLU(bias)
      tile.apply(dropout, step: step)
    }
  }
}
