import LinearAlgebra
import NeuralNetwork

/// Bytes that a training step in `Float` moves between caches and memory, counted from shapes: no part of the network stays in a
/// cache from one use to the next, which holds for weights of more than a few megabytes.
public enum Traffic {
  private static let bytes = 4.0

  /// A step of dense or low-rank layers. A weight is read in the forward pass and for the gradient of the input (but the
  /// first layer's), and in its step it and its momentum are read and written.
  public static func trainingStep(_ network: Network<Float>, batch: Int) -> Double {
    network.layers.enumerated().reduce(0) { sum, element in
      let (index, layer) = element
      let passes = index == 0 ? 1.0 : 2.0
      let weights =
        switch layer {
        case .dense(let layer): passes * size(layer.weights) + 4 * size(layer.weights)
        case .lowRank(let layer): passes * size(layer.vT) + 2 * size(layer.u) + 4 * (size(layer.vT) + size(layer.u))
        }
      return sum + bytes * weights + activations(layer, batch: batch)
    }
  }

  /// A step of dynamic SVD of the first `count` layers: W is read once by half a subspace iteration, and it and its momentum are
  /// read and written in its step; the factors stay in caches. The others are dense.
  public static func dynamicStep(_ network: Network<Float>, compressing count: Int, batch: Int) -> Double {
    network.layers.enumerated().reduce(0) { sum, element in
      let (index, layer) = element
      let passes = index < count ? 1.0 : 2.0
      return sum + bytes * (passes + 4) * Double(layer.inputs * layer.outputs) + activations(layer, batch: batch)
    }
  }

  /// y is written in the forward pass and read by the next layer, by the mask of ReLU and by the next layer's gradient; its own
  /// gradient is written, and read twice.
  private static func activations(_ layer: Layer<Float>, batch: Int) -> Double { bytes * 7 * Double(batch * layer.outputs) }

  private static func size(_ matrix: Matrix<Float>) -> Double { Double(matrix.rows * matrix.columns) }
}
