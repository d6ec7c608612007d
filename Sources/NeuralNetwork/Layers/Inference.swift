import LinearAlgebra

/// A network prepared for evaluation: its weights in panels, low-rank layers as factors.
///
/// A batch is cut into pieces of a few images, and one worker takes a piece through all layers: the output of a layer is in cache
/// when the next one reads it, and workers wait for each other once a batch. The logits of an image have the same bits in any
/// batch, and with any number of workers.
public struct Inference<Scalar: BLASScalar>: Sendable {
  /// Length of an input vector: pixels of an image.
  public let inputs: Int
  /// Number of classes: length of an output vector.
  public let classes: Int
  private let layers: [PanelLayer<Scalar>]
  private let activations: [ActivationFunction]

  /// Images in a piece: eight blocks of sixteen, so that each panel of weights is read once for many images.
  private static var piece: Int { 128 }

  /// Copies the weights into panels.
  public init(_ network: Network<Scalar>) {
    (inputs, classes, layers) = (network.inputs, network.classes, network.layers.map(PanelLayer.init))
    activations = network.layers.indices.map(network.activation(after:))
  }

  /// Logits: x is images × inputs, the result images × classes.
  public func logits(_ x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> {
    precondition(x.columns == inputs)
    if x.rows == 1 { return Matrix(rows: 1, columns: classes, elements: logits(x.elements, workers: workers)) }
    if x.rows <= Self.piece { return logits(InterleavedBatch(rowsOf: x), workers: workers).matrix }
    let pieces = stride(from: 0, to: x.rows, by: Self.piece).map { $0..<min(x.rows, $0 + Self.piece) }
    let logits = workers.map(pieces) {
      self.logits(InterleavedBatch(rowsOf: x.rowSlice($0)), workers: Workers(count: 1)).matrix
    }
    return Matrix(rows: x.rows, columns: classes, elements: logits.flatMap(\.elements))
  }

  /// Logits of a batch that is in cache: the workers share each layer.
  public func logits(_ x: InterleavedBatch<Scalar>, workers: Workers) -> InterleavedBatch<Scalar> {
    zip(layers, activations).reduce(x) { x, next in
      let (layer, activation) = next
      return layer.product(x, workers: workers) { activation.apply(to: $0, bias: layer.bias) }
    }
  }

  /// Logits of one image.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func logits(_ image: [Scalar], workers: Workers) -> [Scalar] {
    var x = image
    for (layer, activation) in zip(layers, activations) {
      x = layer.product(x, workers: workers)
      for i in x.indices { x[i] = activation.value(x[i] + layer.bias[i]) }
    }
    return x
  }
}

extension Layer {
  /// y = f(x Wᵀ + b), with f the activation: x is images × inputs, y images × outputs. The bits of an image do not depend on the
  /// others, or on the workers.
  public func outputs(
    of x: Matrix<Scalar>, activation: ActivationFunction = .identity, workers: Workers
  ) -> Matrix<Scalar> {
    let (layer, size) = (PanelLayer(self), 128)
    let pieces = stride(from: 0, to: x.rows, by: size).map { $0..<min(x.rows, $0 + size) }
    let outputs = workers.map(pieces) { piece in
      layer.product(InterleavedBatch(rowsOf: x.rowSlice(piece)), workers: Workers(count: 1)) {
        activation.apply(to: $0, bias: layer.bias)
      }.matrix
    }
    return Matrix(rows: x.rows, columns: self.outputs, elements: outputs.flatMap(\.elements))
  }
}

/// A layer's weights or factors in panels.
private struct PanelLayer<Scalar: BLASScalar>: Sendable {
  /// W, or Vᵀ and U, in the order in which they are multiplied by.
  private let matrices: [PanelMatrix<Scalar>]
  /// The diagonal of S, applied after V; `nil` where it is folded into the factors, and for a dense layer.
  private let singularValues: [Scalar]?
  let bias: [Scalar]

  init(_ layer: Layer<Scalar>) {
    bias = layer.bias
    switch layer {
    case .dense(let layer): (matrices, singularValues) = ([PanelMatrix(layer.weights)], nil)
    case .lowRank(let layer):
      (matrices, singularValues) = ([PanelMatrix(layer.vT), PanelMatrix(layer.u)], layer.singularValues)
    }
  }

  /// x Wᵀ, or ((x V) diag(S)) Uᵀ; `finish` follows each tile.
  func product(
    _ x: InterleavedBatch<Scalar>, workers: Workers, then finish: (BatchTile<Scalar>) -> Void
  ) -> InterleavedBatch<Scalar> {
    var result = x
    for (index, matrix) in matrices.enumerated() {
      var y = InterleavedBatch<Scalar>(count: x.count, width: matrix.rows)
      y.setProduct(result, matrix, transposeW: true, workers: workers) { tile in
        if index == matrices.count - 1 { finish(tile) } else if let singularValues { tile.scale(by: singularValues) }
      }
      result = y
    }
    return result
  }

  /// W x, or U (diag(S) (Vᵀ x)).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func product(_ x: [Scalar], workers: Workers) -> [Scalar] {
    var result = x
    for (index, matrix) in matrices.enumerated() {
      var y = [Scalar](repeating: 0, count: matrix.rows)
      matrix.multiply(result, into: &y, workers: workers)
      if index < matrices.count - 1, let singularValues { for i in y.indices { y[i] *= singularValues[i] } }
      result = y
    }
    return result
  }
}
