import Files
import LinearAlgebra

/// A layer in training: weights, their momentum, and how they are run and updated.
public protocol TrainableLayer<Scalar>: Sendable {
  associatedtype Scalar: BLASScalar
  var inputs: Int { get }
  var outputs: Int { get }

  /// Whether `prepare` does anything.
  var isRenewed: Bool { get }

  /// Called before each step, counted from 0: renews what the forward pass uses.
  /// - Throws: what the renewal throws.
  mutating func prepare(step: Int) throws

  /// The part of the next `prepare` that workers can share. Calling it first is optional; the bits do not depend on that.
  mutating func beginPreparing(workers: Workers)

  /// y ← `activation`(x Wᵀ + b) for a batch.
  mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers)

  /// dX ← dY W unless `inputGradient` is `nil` (`finish` follows, tile by tile), and a step along the gradients.
  mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void)

  /// The layer that is kept when training ends.
  /// - Throws: what factoring the weights throws.
  func finished() throws -> Layer<Scalar>

  /// Writes all that the next step depends on, except the arguments of the initialiser.
  func save(to state: inout LayerState<Scalar>)

  /// Takes the state that a layer with the same initialiser arguments wrote; training continues with the same bits.
  /// - Throws: `FileError` that names the tensor that is missing or does not fit; the layer must not be used then.
  mutating func restore(from state: LayerState<Scalar>) throws(FileError)
}

extension TrainableLayer {
  public var isRenewed: Bool { false }
  /// Does nothing.
  public mutating func prepare(step: Int) {}
  /// Does nothing: `prepare` does all of it on one thread.
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
