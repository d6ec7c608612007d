import LinearAlgebra

/// A fully connected network: linear layers, ReLU after each but the last, whose outputs are the logits of the classes.
public struct Network<Scalar: BLASScalar>: Equatable, Sendable {
  /// From the input on; the last one's outputs are the logits.
  public var layers: [Layer<Scalar>]

  /// Layers whose sizes fit each other.
  public init(layers: [Layer<Scalar>]) {
    precondition(!layers.isEmpty)
    precondition(zip(layers, layers.dropFirst()).allSatisfy { $0.outputs == $1.inputs }, "layers do not fit")
    self.layers = layers
  }

  /// A dense network of these widths, from inputs to classes; weights normal with variance 2 / inputs (He et al. 2015),
  /// biases zero. Stream `initialisation/<layer>` of `seed` for each layer.
  public init(widths: [Int], seed: UInt64) {
    precondition(widths.count >= 2)
    self.init(
      layers: zip(widths, widths.dropFirst()).enumerated().map { index, size in
        let (inputs, outputs) = size
        var stream = RandomStream(seed: seed, name: "initialisation/\(index)")
        let deviation = Scalar((2 / Double(inputs)).squareRoot())
        let weights = Matrix<Scalar>.normal(rows: outputs, columns: inputs, from: &stream).map { $0 * deviation }
        return .dense(Dense(weights: weights, bias: [Scalar](repeating: 0, count: outputs)))
      })
  }

  /// How many numbers an image has.
  public var inputs: Int { layers[0].inputs }
  /// How many classes are told apart.
  public var classes: Int { layers[layers.count - 1].outputs }

  /// Logits of a batch: x is batch × inputs, the result batch × classes. Of many batches, an `Inference` is made once.
  public func logits(_ x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> { Inference(self).logits(x, workers: workers) }
}
