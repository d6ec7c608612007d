import LinearAlgebra

/// A dense layer in training.
public struct TrainableDense<Scalar: BLASScalar>: TrainableLayer {
  /// W: outputs × inputs.
  public private(set) var weights: Matrix<Scalar>
  private var momentum: Matrix<Scalar>
  private var bias: TrainableBias<Scalar>
  private var scratch = Scratch<Scalar>()

  /// A layer with zero momentum.
  public init(_ layer: Dense<Scalar>) {
    weights = layer.weights
    momentum = Matrix(rows: weights.rows, columns: weights.columns)
    bias = TrainableBias(layer.bias)
  }

  /// Goes on from other weights of the same shape, with the momentum of the old ones.
  public mutating func replaceWeights(with weights: Matrix<Scalar>) {
    precondition(weights.rows == outputs && weights.columns == inputs)
    self.weights = weights
  }

  public var inputs: Int { weights.columns }
  public var outputs: Int { weights.rows }

  public mutating func forward(
    _ x: Matrix<Scalar>, into y: inout Matrix<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    let bias = bias.values
    y.setProduct(x, weights, transposeB: true, cut: .columns(by: Tiling.columns), workers: workers) { tile in
      activation.apply(to: tile, bias: bias)
    }
  }

  public mutating func backward(
    outputGradient dY: Matrix<Scalar>, input x: Matrix<Scalar>, inputGradient dX: inout Matrix<Scalar>?,
    rule: MomentumRule<Scalar>, workers: Workers, then finish: (Tile<Scalar>) -> Void
  ) {
    dX?.setProduct(dY, weights, cut: .columns(by: Tiling.columns), workers: workers, then: finish)
    rule.update(
      weights: &weights, momentum: &momentum, outputGradient: dY, input: x, scratch: &scratch, workers: workers)
    bias.update(outputGradient: dY, rule: rule)
  }

  /// b
  public var biasValues: [Scalar] { bias.values }

  public func finished() -> Layer<Scalar> { .dense(Dense(weights: weights, bias: bias.values)) }
}
