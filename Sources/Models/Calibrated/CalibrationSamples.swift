import Datasets
import Files
import LinearAlgebra
import NeuralNetwork

/// The samples that statistics are of, and others that only tell what these led to. Labels are not used.
public struct CalibrationSamples: Sendable {
  /// Indices of the samples that the statistics are of.
  public let images: [Int]
  /// Indices of others, a fifth of all at most: ranks are exchanged on them, and errors are of them.
  public let heldOut: [Int]

  /// The least number of samples.
  private static let least = 10

  /// Takes the first of a permutation of all samples, drawn from the stream `calibration`, and holds out those behind them.
  /// - Parameters:
  ///   - images: how many at most.
  ///   - heldOut: how many at most.
  /// - Throws: `FileError` where there are fewer than 10 samples.
  public init(of data: DataFile, images: Int, heldOut: Int, seed: UInt64) throws(FileError) {
    guard data.count >= Self.least else {
      throw FileError(path: data.path, found: "\(data.count) samples", expected: "\(Self.least) or more for statistics")
    }
    var stream = RandomStream(seed: seed, name: "calibration")
    let order = stream.permutation(data.count)
    let held = min(heldOut, data.count / 5)
    let used = min(images, data.count - held)
    self.images = Array(order.prefix(used))
    self.heldOut = Array(order.dropFirst(used).prefix(held))
  }

  /// What is perhaps not meant: fewer samples than a layer has inputs, and classes that are not among them.
  public func warnings(for network: Network<Float>, data: DataFile) -> [String] {
    var warnings: [String] = []
    let widest = network.layers.map(\.inputs).max() ?? 0
    if images.count < widest {
      warnings.append(
        "\(data.path): found \(images.count) samples for statistics, expected \(widest) or more, the inputs of the widest layer: "
          + "ranks and weights fit these few samples")
    }
    if let labels = data.labels {
      let known = Set(images.map { labels[$0] })
      let missing = (0..<min(network.classes, 256)).filter { !known.contains(UInt8($0)) }
      if !missing.isEmpty {
        let shown = missing.prefix(20).map(String.init).joined(separator: ", ") + (missing.count > 20 ? ", …" : "")
        warnings.append(
          "\(data.path): found no sample of \(missing.count == 1 ? "class" : "classes") \(shown) among the \(images.count) for "
            + "statistics, expected some of each class")
      }
    }
    return warnings
  }
}
