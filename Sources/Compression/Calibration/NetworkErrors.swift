import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// The error of the outputs of each layer in another network of the same layers, before the activation function, with all errors of
  /// the layers before it: √(Σ ‖y − ŷ‖² / Σ ‖y − E y‖²). The last one is that of the logits.
  public func outputErrors(of other: Network<Float>) -> [Double] {
    precondition(other.layers.map(\.outputs) == network.layers.map(\.outputs) && other.inputs == network.inputs)
    var x = inputs[0]
    return other.layers.enumerated().map { index, layer in
      let (y, approximation) = (
        network.layers[index].outputs(of: inputs[index], workers: workers), layer.outputs(of: x, workers: workers)
      )
      x = approximation.map(other.activation(after: index).value)
      return relativeError(of: approximation, to: y)
    }
  }

  private func relativeError(of approximation: Matrix<Float>, to y: Matrix<Float>) -> Double {
    let mean = Moments.mean(of: y, workers: workers)
    let pieces = stride(from: 0, to: y.rows, by: 256).map { $0..<min(y.rows, $0 + 256) }
    let sums = workers.map(pieces) { rows in
      var (errors, all) = (0.0, 0.0)
      for row in rows {
        for column in 0..<y.columns {
          let value = Double(y[row, column])
          let (error, deviation) = (value - Double(approximation[row, column]), value - mean[column])
          errors += error * error
          all += deviation * deviation
        }
      }
      return (errors, all)
    }
    let (errors, all) = sums.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    return all > 0 ? (errors / all).squareRoot() : errors > 0 ? .infinity : 0
  }
}
