import Files
import LinearAlgebra

/// A layer in training: weights, their momentum, and how they are run and updated.
public protocol TrainableLayer<Scalar>: Sendable {
  associatedtype Scalar: BLASScalar
  var inputs: Int { get }
  var outputs: Int { get }

  /// Whether `prepare` does anything.
  var isRenewed: Bool { get }

  /// Called before each step, counted from 0, on the step's own weights.
  /// - Throws: what renewing the weights may throw.
  mutating func prepare(step: Int) throws

  /// The part of the next `prepare` that workers can share: called before it, or not; the bits do not depend on that.
  mutating func beginPreparing(workers: Workers)

  /// y ← `activation`(x Wᵀ + b) for a batch.
  mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers)

  /// dX ← dY W unless `inputGradient` is `nil` (`finish` follows, tile by tile), and a step along the gradients.
  mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void)

  /// What is kept of the layer when training ends.
  /// - Throws: what factoring the weights may throw.
  func finished() throws -> Layer<Scalar>

  /// Writes all that the next step depends on, but for what the layer was made from.
  func save(to state: inout LayerState<Scalar>)

  /// Goes on, bit for bit, where the layer of the same making was that wrote `state`.
  /// - Throws: `FileError` that names the tensor that is missing or does not fit; then the layer is good for nothing.
  mutating func restore(from state: LayerState<Scalar>) throws(FileError)
}

/// What follows a layer's product and bias.
public enum Activation<Scalar: BLASScalar>: Sendable {
  /// Nothing: the logits.
  case linear
  /// ReLU and dropout, of this step.
  case relu(Dropout<Scalar>, step: Int)

  /// Bias and activation of a tile of the product.
  public func apply(to tile: BatchTile<Scalar>, bias: [Scalar]) {
    switch self {
    case .linear: tile.add(bias: bias)
    case .relu(let dropout, let step):
      tile.addThenReLU(bias: bias)
      tile.apply(dropout, step: step)
    }
  }
}

extension TrainableLayer {
  public var isRenewed: Bool { false }
  /// Nothing is renewed.
  public mutating func prepare(step: Int) {}
  /// All of it is one thread's.
  public mutating func beginPreparing(workers: Workers) {}
}

extension Layer {
  /// The layer, ready to be trained, its momentum zero. S of a low-rank layer is folded into its factors.
  public func trainable() -> any TrainableLayer<Scalar> {
    switch self {
    case .dense(let layer): TrainableDense(layer)
    case .lowRank(let layer): TrainableLowRank(layer)
    }
  }
}
