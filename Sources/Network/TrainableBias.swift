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

  /// A step along the gradient: the sum of dY's vectors.
  public mutating func update(outputGradient dY: InterleavedBatch<Scalar>, rule: MomentumRule<Scalar>, workers: Workers) {
    rule.update(weights: &values, momentum: &momentum, gradient: dY.sum(workers: workers), decays: false)
  }
}
