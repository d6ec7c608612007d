import LinearAlgebra

/// A dense layer: y = x Wᵀ + b.
public struct Dense<Scalar: BLASScalar>: Equatable, Sendable {
  /// W: outputs × inputs.
  public var weights: Matrix<Scalar>
  /// b: one element an output.
  public var bias: [Scalar]

  /// W and b, of as many outputs.
  public init(weights: Matrix<Scalar>, bias: [Scalar]) {
    precondition(bias.count == weights.rows)
    (self.weights, self.bias) = (weights, bias)
  }

  /// He initialisation (He et al. 2015): W normal with variance 2 / inputs, from `stream`, row by row; b = 0. This keeps
  /// the variance of the activations through layers with ReLU.
  public init(inputs: Int, outputs: Int, from stream: inout RandomStream) {
    let deviation = Scalar((2 / Double(inputs)).squareRoot())
    weights = Matrix.normal(rows: outputs, columns: inputs, from: &stream).map { $0 * deviation }
    bias = [Scalar](repeating: 0, count: outputs)
  }
}
