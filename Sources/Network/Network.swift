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
    self.init(layers: zip(widths, widths.dropFirst()).enumerated().map { index, size in
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

  /// Logits of a batch: x is batch × inputs, the result batch × classes.
  public func logits(_ x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> {
    var activation = x
    for (index, layer) in layers.enumerated() {
      let bias = layer.bias
      activation = layer.product(activation, workers: workers) { tile in
        if index == layers.count - 1 { tile.add(bias: bias) } else { tile.addThenReLU(bias: bias) }
      }
    }
    return activation
  }
}

extension Layer {
  /// x Wᵀ, or its factors: batch × outputs.
  fileprivate func product(
    _ x: Matrix<Scalar>, workers: Workers, then finish: (Tile<Scalar>) -> Void
  ) -> Matrix<Scalar> {
    var y = Matrix<Scalar>(rows: x.rows, columns: outputs)
    switch self {
    case .dense(let layer):
      y.setProduct(
        x, layer.weights, transposeB: true, cut: .columns(by: Tiling.columns), workers: workers, then: finish)
    case .lowRank(let layer):
      var hidden = Matrix<Scalar>(rows: x.rows, columns: layer.rank)
      y.setProduct(
        x, vT: layer.vT, singularValues: layer.singularValues, u: layer.u, hidden: &hidden, workers: workers, then: finish)
    }
    return y
  }
}
