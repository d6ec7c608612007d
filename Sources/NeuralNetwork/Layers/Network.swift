import LinearAlgebra

/// A fully connected network: linear layers, an activation function after each but the last, whose outputs are the logits of the
/// classes.
public struct Network<Scalar: BLASScalar>: Equatable, Sendable {
  /// From the input on; the last one's outputs are the logits.
  public var layers: [Layer<Scalar>]
  /// What follows each layer but the last. Networks that are trained have ReLU.
  public var activation: ActivationFunction

  /// Layers whose sizes fit each other.
  public init(layers: [Layer<Scalar>], activation: ActivationFunction = .relu) {
    precondition(!layers.isEmpty)
    precondition(zip(layers, layers.dropFirst()).allSatisfy { $0.outputs == $1.inputs }, "layers do not fit")
    (self.layers, self.activation) = (layers, activation)
  }

  /// A dense network of these widths, from inputs to classes, with He initialisation: see `Dense`. Each layer has the
  /// stream `initialisation/<layer>` of `seed`.
  public init(widths: [Int], seed: UInt64) {
    precondition(widths.count >= 2)
    self.init(
      layers: zip(widths, widths.dropFirst()).enumerated().map { index, size in
        var stream = RandomStream(seed: seed, name: "initialisation/\(index)")
        return .dense(Dense(inputs: size.0, outputs: size.1, from: &stream))
      })
  }

  /// Length of an input vector: pixels of an image.
  public var inputs: Int { layers[0].inputs }
  /// Number of classes: length of an output vector.
  public var classes: Int { layers[layers.count - 1].outputs }

  /// The same network with S multiplied into the factors of every low-rank layer.
  public var folded: Network {
    Network(
      layers: layers.map { if case .lowRank(let factors) = $0 { .lowRank(factors.folded) } else { $0 } },
      activation: activation)
  }

  /// What follows layer `index`: nothing follows the last.
  public func activation(after index: Int) -> ActivationFunction { index < layers.count - 1 ? activation : .identity }

  /// Checks that all weights, factors and biases are finite.
  /// - Throws: `LinearAlgebraError.notFinite`.
  func requireFinite() throws(LinearAlgebraError) {
    for array in layers.flatMap(\.arrays) {
      try Matrix(rows: 1, columns: array.elements.count, elements: array.elements).requireFinite()
    }
  }

  /// Logits of a batch: x is batch × inputs, the result batch × classes. For many batches, make one `Inference`.
  public func logits(_ x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> { Inference(self).logits(x, workers: workers) }
}
