import Files
import LinearAlgebra
import NeuralNetwork

/// A study file with files of its own that runs in a fraction of a second, and those files; tests change its properties.
public struct OwnStudy: Sendable {
  public static let plan =
    "epochs: 1, batch_size: 32, learning_rate: 0.02, warmup_epochs: 0, momentum: 0.9, weight_decay: 0, dropout: 0"

  public var dataset = "{name: mine, training: train.safetensors, test: test.safetensors}"
  public var validationImages = 60
  public var network = "{file: net.safetensors}"
  public var normalisation: String? = "{mean: 0.4, deviation: 0.2}"
  public var baseline: String?
  public var part1: String? = "{ranks: [2, full]}"
  public var part2: String? = "{ranks: [2], \(plan)}"
  public var part3: String? = "{ranks: [2], step: {oversampling: 2, \(plan)}}"
  public var part4: String? = "{ranks: [2, 3], bits: [32, 4], ablation: {ranks: [2], images: [80], allocations: [energy]}}"
  /// Lines appended at the end.
  public var more = ""

  public init() {}

  /// The baseline is trained.
  public static let trained = {
    var study = OwnStudy()
    (study.network, study.baseline) = ("{hidden: [10, 8]}", "{\(plan)}")
    return study
  }()

  /// The file's text.
  public var yaml: String {
    let sections = [
      ("normalisation", normalisation), ("baseline", baseline), ("part1", part1), ("part2", part2), ("part3", part3),
      ("part4", part4),
    ]
    return """
      dataset: \(dataset)
      seed: 1
      validation_images: \(validationImages)
      network: \(network)
      calibration: {images: 140, held_out: 100, allocation: exchanged}

      """ + sections.map { key, value in value.map { "\(key): \($0)\n" } ?? "" }.joined() + more
  }

  /// Samples of 12 elements and three classes as `train.safetensors`, `test.safetensors`.
  public static func writeData(
    to folder: String, training: Int = 300, test: Int = 80, classes: Int = 3, width: Int = 12, seed: UInt64 = 1
  ) throws {
    for (name, count, seed) in [("train", training, seed), ("test", test, seed + 1)] {
      let samples: Samples<Float> = sampleImages(count: count, width: width, classes: classes, seed: seed)
      try write(samples.pixels, labels: samples.labels, width: width, to: "\(folder)/\(name).safetensors")
    }
  }

  /// Samples of bytes and their labels, if there are some.
  public static func write(_ pixels: [UInt8], labels: [UInt8]?, width: Int, to path: String) throws {
    var file = SafeTensors()
    file.append("x", shape: [pixels.count / width, width], bytes: pixels)
    if let labels { file.append("y", shape: [labels.count], bytes: labels) }
    try AtomicFile.write(file.encoded, to: path)
  }

  /// A network as PyTorch names its layers, `fc1` and so on.
  @discardableResult
  public static func writeNetwork(
    to path: String, widths: [Int] = [12, 10, 8, 3], seed: UInt64 = 1, metadata: [String: String] = [:]
  ) throws -> Network<Float> {
    let network = Network<Float>(widths: widths, seed: seed).withRandomBiases()
    var file = SafeTensors()
    file.metadata = metadata
    for (index, layer) in network.layers.enumerated() {
      guard case .dense(let dense) = layer else { continue }
      file.append("fc\(index + 1).weight", dense.weights, as: .float32)
      file.append("fc\(index + 1).bias", shape: [dense.bias.count], elements: dense.bias, as: .float32)
    }
    try AtomicFile.write(file.encoded, to: path)
    return network
  }
}
