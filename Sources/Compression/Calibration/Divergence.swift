import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// The mean Kullback–Leibler divergence Σ p ln (p / q) in nats of a network's predictions q from the original's p, over the
  /// images. It needs no labels. A single output counts as the mean of a normal distribution of variance 1: ½ E (z − ẑ)².
  public func divergence(of other: Network<Float>) -> Double {
    var x = inputs[0]
    for (index, layer) in other.layers.enumerated() {
      x = layer.outputs(of: x, activation: other.activation(after: index), workers: workers)
    }
    return divergence(ofLogits: x)
  }

  /// The same from the logits: images × classes.
  func divergence(ofLogits others: Matrix<Float>) -> Double {
    precondition(others.rows == logits.rows && others.columns == logits.columns)
    if logits.columns == 1 {
      let squares = zip(logits.elements, others.elements).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) }
      return squares.reduce(0, +) / 2 / Double(logits.rows)
    }
    let pieces = stride(from: 0, to: logits.rows, by: 256).map { $0..<min(logits.rows, $0 + 256) }
    let sums = workers.map(pieces) { rows in
      rows.reduce(0.0) { sum, row in
        let (p, q) = (logSoftmax(logits, row: row), logSoftmax(others, row: row))
        return zip(p, q).reduce(sum) { $0 + Elementary.exp($1.0) * ($1.0 - $1.1) }
      }
    }
    return sums.reduce(0, +) / Double(logits.rows)
  }
}

/// ln softmax(z) of a row of logits, in double precision.
private func logSoftmax(_ logits: Matrix<Float>, row: Int) -> [Double] {
  let z = (0..<logits.columns).map { Double(logits[row, $0]) }
  let largest = z.max() ?? 0
  let sum = z.reduce(0) { $0 + Elementary.exp($1 - largest) }
  return z.map { $0 - largest - Elementary.log(sum) }
}
