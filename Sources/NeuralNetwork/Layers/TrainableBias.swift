import Files
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

  /// b and its momentum, as `bias` and `bias_momentum`.
  public func save(to state: inout LayerState<Scalar>) {
    state.append("bias", values)
    state.append("bias_momentum", momentum)
  }

  /// Takes what `save` wrote.
  /// - Throws: `FileError` where there is none of this length.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    values = try state.vector("bias", count: values.count)
    momentum = try state.vector("bias_momentum", count: momentum.count)
  }

  /// A step along the gradient: the sum of dY's vectors.
  public mutating func update(outputGradient dY: InterleavedBatch<Scalar>, rule: NesterovSGD<Scalar>, workers: Workers) {
    rule.update(weights: &values, momentum: &momentum, gradient: dY.sum(workers: workers), decays: false)
  }
}
