import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// T, by which the logits are divided before labels are drawn. A trained network is certain of almost all of its training images,
  /// and would give no gradient there.
  static let temperature = 2.0

  /// G = E g gᵀ of each layer, m×m: g is T times the gradient, with respect to the layer's outputs y before ReLU, of the
  /// cross-entropy of a label with q = softmax(logits / T), from which it is drawn. At the logits g = q − one-hot(label).
  func gradientCovariances(seed: UInt64) -> [Matrix<Double>] {
    var gradient = drawnGradient(seed: seed)
    var covariances: [Matrix<Double>] = []
    for layer in network.layers.indices.reversed() {
      // About zero, not about the mean.
      let origin = [Double](repeating: 0, count: gradient.columns)
      covariances.append(Moments.covariance(of: gradient, mean: origin, workers: workers))
      guard layer > 0 else { break }
      // g ← (g W) f′(z), with f(z) the layer's inputs.
      let transposed = Layer.dense(
        Dense(
          weights: weights(layer).transposed.map(Float.init),
          bias: [Float](repeating: 0, count: network.layers[layer].inputs)))
      gradient = transposed.outputs(of: gradient, workers: workers).multiplied(by: slopes(layer))
    }
    return covariances.reversed()
  }

  /// f′(z) of the layer's inputs f(z): images × n.
  private func slopes(_ layer: Int) -> Matrix<Float> {
    let activation = network.activation
    // ReLU is above 0 where its argument is.
    let z =
      activation == .relu
      ? inputs[layer] : network.layers[layer - 1].outputs(of: inputs[layer - 1], workers: workers)
    return z.map { Float(activation.derivative(Double($0))) }
  }

  /// q − one-hot(label): images × classes. A single output has no classes; it counts as the mean of a normal distribution of variance 1,
  /// whose gradient is ± 1 to second order.
  private func drawnGradient(seed: UInt64) -> Matrix<Float> {
    if logits.columns == 1 { return logits.map { _ in 1 } }
    var stream = RandomStream(seed: seed, name: "calibration/labels")
    var elements: [Float] = []
    for image in 0..<logits.rows {
      let q = softmax(logits, row: image, temperature: Self.temperature)
      var (left, label) = (stream.uniform(), 0)
      while label < q.count - 1, left >= q[label] {
        left -= q[label]
        label += 1
      }
      elements += q.enumerated().map { Float($1 - ($0 == label ? 1 : 0)) }
    }
    return Matrix(rows: logits.rows, columns: logits.columns, elements: elements)
  }
}

extension Matrix<Float> {
  /// The elements, each times that of `x`.
  fileprivate func multiplied(by x: Matrix<Float>) -> Matrix<Float> {
    Matrix(rows: rows, columns: columns, elements: zip(elements, x.elements).map { $1 == 0 ? 0 : $0 * $1 })
  }
}

/// softmax(z / `temperature`) of a row of logits, in double precision.
func softmax(_ logits: Matrix<Float>, row: Int, temperature: Double = 1) -> [Double] {
  let z = (0..<logits.columns).map { Double(logits[row, $0]) / temperature }
  let largest = z.max() ?? 0
  let exponentials = z.map { Elementary.exp($0 - largest) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}
