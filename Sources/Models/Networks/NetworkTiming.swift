import LinearAlgebra
import NeuralNetwork
import Results

/// How long a network takes on this machine, from inputs in memory to logits: seconds.
public struct NetworkTiming: Equatable, Sendable {
  /// For one sample.
  public let one: Quartiles
  /// For `batch` samples.
  public let batch: Quartiles

  /// Samples of a batch.
  public static let batch = 1000

  /// Times networks in turns.
  public static func measure(_ networks: [Network<Float>], workers: Workers) -> [NetworkTiming] {
    let works = networks.map { (Inference($0), inputs(of: $0.inputs)) }
    let ones = Turns.quartiles(
      of: works.map { inference, x in
        let image = Array(x.elements[..<x.columns])
        return { _ = inference.logits(image, workers: workers) }
      }, seconds: 0.03, rounds: 11...501)
    let batches = Turns.quartiles(
      of: works.map { inference, x in { _ = inference.logits(x, workers: workers) } }, seconds: 0.1, rounds: 5...51)
    return zip(ones, batches).map { NetworkTiming(one: $0, batch: $1) }
  }

  /// A batch. The time does not depend on the values, as long as they are ordinary ones.
  private static func inputs(of width: Int) -> Matrix<Float> {
    Matrix(rows: batch, columns: width) { Float(($0 + $1) % 7) / 8 }
  }
}

/// How long a factored layer takes on this machine, and the dense layer of its shape.
public struct LayerTiming: Sendable {
  /// The index of the layer.
  public let layer: Int
  public let factored: NetworkTiming
  public let dense: NetworkTiming

  /// Whether the factors are slower: all of the middle half of their times is above that of the dense layer's.
  public static func isSlower(_ factored: Quartiles, than dense: Quartiles) -> Bool { factored.lower > dense.upper }

  /// Elements of a dense layer above which there is nothing to compare: making one for it takes long.
  private static let largest = 1 << 26

  /// Times the factored layers of a network, each against a dense one. Layers of one shape and rank are timed once.
  public static func measure(_ network: Network<Float>, workers: Workers) -> [LayerTiming] {
    var known: [[Int]: (factored: NetworkTiming, dense: NetworkTiming)] = [:]
    return network.layers.enumerated().compactMap { index, layer in
      guard let rank = layer.rank, layer.inputs * layer.outputs <= largest else { return nil }
      let key = [layer.inputs, layer.outputs, rank]
      if known[key] == nil {
        let weights = Matrix<Float>(rows: layer.outputs, columns: layer.inputs) { Float(($0 + $1) % 5) / 8 }
        let dense = Layer.dense(Dense(weights: weights, bias: layer.bias))
        let times = NetworkTiming.measure([layer, dense].map { Network(layers: [$0]) }, workers: workers)
        known[key] = (times[0], times[1])
      }
      return known[key].map { LayerTiming(layer: index, factored: $0.factored, dense: $0.dense) }
    }
  }
}
