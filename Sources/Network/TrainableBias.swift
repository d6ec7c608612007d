import LinearAlgebra

/// A bias with its momentum. Biases are not decayed.
public struct TrainableBias<Scalar: BLASScalar>: Sendable {
  /// b: one number an output.
  public private(set) var values: [Scalar]
  private var momentum: [Scalar]

  /// Biases with zero momentum.
  public init(_ values: [Scalar]) {
    self.values = values
    momentum = [Scalar](repeating: 0, count: values.count)
  }

  /// A step along the gradient: the sum of dY's rows.
  public mutating func update(outputGradient dY: Matrix<Scalar>, rule: MomentumRule<Scalar>) {
    rule.update(weights: &values, momentum: &momentum, gradient: dY.columnSums(), decays: false)
  }
}
