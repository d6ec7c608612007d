import LinearAlgebra
import NeuralNetwork

/// A batch of normal inputs with random labels.
public func sampleBatch<Scalar: BLASScalar>(
  count: Int, inputs: Int, classes: Int, seed: UInt64 = 1
) -> (images: Matrix<Scalar>, labels: [UInt8]) {
  var stream = RandomStream(seed: seed, name: "batch")
  let images = Matrix<Scalar>.normal(rows: count, columns: inputs, from: &stream)
  return (images, (0..<count).map { _ in UInt8(stream.below(classes)) })
}

/// Noise images in which class c has bright pixels in its own tenth of the width: learnt in a few epochs, not in one step.
public func sampleImages<Scalar: BLASScalar>(count: Int, width: Int, classes: Int = 10, seed: UInt64 = 1) -> Samples<Scalar>
{
  var stream = RandomStream(seed: seed, name: "images")
  let labels = (0..<count).map { _ in UInt8(stream.below(classes)) }
  let pixels = labels.flatMap { label in
    (0..<width).map { pixel in UInt8(stream.below(160) + (pixel * classes / width == Int(label) ? 95 : 0)) }
  }
  return Samples(width: width, pixels: pixels, labels: labels, mean: 0.4, deviation: 0.2)
}

/// The role of an array of parameters in its layer.
public enum ParameterKind: Sendable { case weights, u, vT, bias }

extension Network {
  /// All arrays of parameters, layer by layer: weights or factors, then bias.
  public var parameters: [(kind: ParameterKind, values: [Scalar])] {
    layers.flatMap { layer -> [(kind: ParameterKind, values: [Scalar])] in
      switch layer {
      case .dense(let dense): [(.weights, dense.weights.elements), (.bias, dense.bias)]
      case .lowRank(let factors): [(.u, factors.u.elements), (.vT, factors.vT.elements), (.bias, factors.bias)]
      }
    }
  }

  /// The network after `step` is added to element `index` of array `parameter` of `parameters`.
  public func moved(_ parameter: Int, _ index: Int, by step: Scalar) -> Network {
    var remaining = parameter
    var network = self
    for number in layers.indices {
      let count = if case .dense = layers[number] { 2 } else { 3 }
      guard remaining < count else {
        remaining -= count
        continue
      }
      switch network.layers[number] {
      case .dense(var dense):
        if remaining == 0 { dense.weights = dense.weights.moved(index, by: step) } else { dense.bias[index] += step }
        network.layers[number] = .dense(dense)
      case .lowRank(var factors):
        switch remaining {
        case 0: factors.u = factors.u.moved(index, by: step)
        case 1: factors.vT = factors.vT.moved(index, by: step)
        default: factors.bias[index] += step
        }
        network.layers[number] = .lowRank(factors)
      }
      break
    }
    return network
  }

  /// The network with normal biases in place of zeros, so that tests see errors in biases.
  public func withRandomBiases(seed: UInt64 = 2) -> Network {
    var stream = RandomStream(seed: seed, name: "biases")
    return Network(
      layers: layers.map { layer in
        guard case .dense(var dense) = layer else { return layer }
        dense.bias = dense.bias.map { _ in Scalar(stream.normal()) }
        return .dense(dense)
      })
  }
}

extension Matrix {
  fileprivate func moved(_ index: Int, by step: Scalar) -> Matrix {
    var matrix = self
    matrix[index / columns, index % columns] += step
    return matrix
  }
}
