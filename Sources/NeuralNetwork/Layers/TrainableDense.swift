import Files
import LinearAlgebra

/// A dense layer in training.
public struct TrainableDense<Scalar: BLASScalar>: TrainableLayer {
  private var w: TrainableWeights<Scalar>
  private var bias: TrainableBias<Scalar>

  /// A layer with zero momentum.
  public init(_ layer: Dense<Scalar>) { (w, bias) = (TrainableWeights(layer.weights), TrainableBias(layer.bias)) }

  public var inputs: Int { w.columns }
  public var outputs: Int { w.rows }
  /// W: outputs × inputs.
  public var weights: Matrix<Scalar> { w.matrix }
  /// b
  public var biasValues: [Scalar] { bias.values }

  /// Replaces W by weights of the same shape, and adds to its momentum.
  public mutating func replaceWeights(with weights: Matrix<Scalar>, addingMomentum added: Matrix<Scalar>) {
    w.replace(with: weights, addingMomentum: added)
  }

  /// y ← `activation`(x Wᵀ + b).
  public mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    let bias = bias.values
    y.setProduct(x, w.panels, transposeW: true, leavingOutZeros: true, workers: workers) {
      activation.apply(to: $0, bias: bias)
    }
  }

  /// dX ← dY W, and a step of W along dYᵀ x and of b.
  public mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void
  ) {
    dX?.setProduct(dY, w.panels, leavingOutZeros: true, workers: workers, then: finish)
    w.update(outputGradient: dY, input: x, rule: rule, workers: workers)
    bias.update(outputGradient: dY, rule: rule, workers: workers)
  }

  /// W as `weight`, b as `bias`, with their momentum.
  public func save(to state: inout LayerState<Scalar>) {
    w.save("weight", to: &state)
    bias.save(to: &state)
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    try w.restore("weight", from: state)
    try bias.restore(from: state)
  }

  /// W and b.
  public func finished() -> Layer<Scalar> { .dense(Dense(weights: weights, bias: bias.values)) }
}
