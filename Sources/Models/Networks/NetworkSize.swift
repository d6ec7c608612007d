import Compression
import NeuralNetwork

/// The size of a network in a file.
public struct NetworkSize: Equatable, Sendable {
  /// Weights or factors, and the biases that the file has.
  public let parameters: Int
  /// Bytes of the file.
  public let bytes: Int
  /// Multiply–accumulates for one sample.
  public let macs: Int

  /// Counts a network as it is stored.
  public init(of file: NetworkFile) {
    let cost = Cost(of: file.network)
    let added = zip(file.network.layers, file.hasBias).reduce(0) { $0 + ($1.1 ? 0 : $1.0.outputs) }
    (parameters, bytes, macs) = (cost.parameters - added, file.size, cost.macs)
  }
}
