import Files
import LinearAlgebra

/// A dense layer in training.
public struct TrainableDense<Scalar: BLASScalar>: TrainableLayer {
  private var panels: PanelMatrix<Scalar>
  private var momentum: PanelMatrix<Scalar>
  private var bias: TrainableBias<Scalar>

  /// A layer with zero momentum.
  public init(_ layer: Dense<Scalar>) {
    panels = PanelMatrix(layer.weights)
    momentum = PanelMatrix(rows: panels.rows, columns: panels.columns)
    bias = TrainableBias(layer.bias)
  }

  /// W: outputs × inputs.
  public var weights: Matrix<Scalar> { panels.matrix }

  /// Goes on from other weights of the same shape, with the momentum of the old ones and `added`.
  public mutating func replaceWeights(with weights: Matrix<Scalar>, addingMomentum added: Matrix<Scalar>) {
    precondition([weights, added].allSatisfy { $0.rows == outputs && $0.columns == inputs })
    (panels, momentum) = (PanelMatrix(weights), PanelMatrix(momentum.matrix + added))
  }

  public var inputs: Int { panels.columns }
  public var outputs: Int { panels.rows }

  /// y ← `activation`(x Wᵀ + b).
  public mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    let bias = bias.values
    y.setProduct(x, panels, transposeW: true, leavingOutZeros: true, workers: workers) {
      activation.apply(to: $0, bias: bias)
    }
  }

  /// dX ← dY W, and a step of W along dYᵀ x and of b.
  public mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void
  ) {
    dX?.setProduct(dY, panels, leavingOutZeros: true, workers: workers, then: finish)
    panels.step(momentum: &momentum, outputGradient: dY, input: x, rule: rule, workers: workers)
    bias.update(outputGradient: dY, rule: rule, workers: workers)
  }

  /// W as `weight`, b as `bias`, with their momentum.
  public func save(to state: inout LayerState<Scalar>) {
    state.append("weight", panels.matrix)
    state.append("weight_momentum", momentum.matrix)
    bias.save(to: &state)
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    panels = PanelMatrix(try state.matrix("weight", rows: outputs, columns: inputs))
    momentum = PanelMatrix(try state.matrix("weight_momentum", rows: outputs, columns: inputs))
    try bias.restore(from: state)
  }

  /// b
  public var biasValues: [Scalar] { bias.values }

  /// W and b.
  public func finished() -> Layer<Scalar> { .dense(Dense(weights: weights, bias: bias.values)) }
}
