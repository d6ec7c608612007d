import Datasets
import Files
import LinearAlgebra
import NeuralNetwork
import Results
import TestSupport

@testable import Models

/// A network, its data and the options by which it is compressed.
struct SampleNetwork {
  var network: SafeTensors
  var data: SafeTensors
  var activation = ActivationFunction.relu
  /// Without biases in the file.
  static let widths = [40, 36, 32, 12]
  static let names = ["fc1", "fc2", "out"]

  /// - Parameter biases: which layers have one.
  init(
    widths: [Int] = Self.widths, biases: [Bool] = [true, true, true], type: SafeTensors.ElementType = .float32,
    activation: ActivationFunction = .relu, samples: Int = 400
  ) {
    let trained = Network<Float>(widths: widths, seed: 3).withRandomBiases()
    var layers = trained.layers
    for index in layers.indices where !biases[index] {
      guard case .dense(let dense) = layers[index] else { continue }
      layers[index] = .dense(Dense(weights: dense.weights, bias: dense.bias.map { _ in 0 }))
    }
    var file = SafeTensors()
    for (index, name) in Self.names.enumerated() {
      guard case .dense(let dense) = layers[index] else { continue }
      file.append("\(name).weight", dense.weights, as: type)
      if biases[index] { file.append("\(name).bias", shape: [dense.bias.count], elements: dense.bias, as: type) }
    }
    file.metadata = ["format": "pt"]
    // Inputs of a falling spectrum.
    var stream = RandomStream(seed: 5, name: "inputs")
    let mixing = decaying(widths[0], widths[0], by: 0.85).map(Float.init)
    let x = Matrix<Float>.normal(rows: samples, columns: widths[0], from: &stream) * mixing
    let logits = Network(layers: layers, activation: activation).logits(x, workers: Workers(count: 1))
    let labels = (0..<samples).map { row in
      UInt8((0..<logits.columns).max { logits[row, $0] < logits[row, $1] } ?? 0)
    }
    var data = SafeTensors()
    data.append("x", x, as: .float32)
    data.append("y", shape: [samples], bytes: labels)
    (network, self.data, self.activation) = (file, data, activation)
  }

  /// Writes both, and compresses the network.
  func compress(
    in folder: String, _ options: CalibrationOptions, threads: Int = 1, include: [String] = ["*"],
    out: String = "out.safetensors"
  ) throws -> CompressionReport {
    let model = try network.model(in: folder)
    try data.write(to: "\(folder)/data.safetensors")
    let file = try NetworkFile(readingFrom: model.path, activation: activation)
    let source = try OwnData(at: "\(folder)/data.safetensors")
    let data = try DataFile(readingFrom: "\(folder)/data.safetensors")
    let compression = try CalibratedCompression(
      CalibratedCompression.Problem(
        model: model, file: file, selection: try Selection(of: model, include: include), data: data, dataName: source.name,
        normalisation: Normalisation(), options: options), workers: Workers(count: threads), progress: { _ in })
    let (bytes, report) = try compression.run(test: data)
    #if DEBUG
      precondition(bytes.count == compression.size)
    #endif
    try AtomicFile.write(bytes, to: "\(folder)/\(out)")
    try AtomicFile.write(report.json.prettyText, to: CompressionReport.paths(beside: "\(folder)/\(out)").json)
    try AtomicFile.write(report.csv, to: CompressionReport.paths(beside: "\(folder)/\(out)").csv)
    return report
  }
}

extension CalibrationOptions {
  /// Options for few samples.
  static func few(
    _ extent: Extent, _ allocation: Results.Allocation = .gradient, _ stored: StoredType = .same,
    naming: FactorNaming = .sequential
  ) -> CalibrationOptions {
    var options = CalibrationOptions(extent: extent, allocation: allocation, stored: stored)
    (options.images, options.heldOut, options.naming) = (300, 80, naming)
    return options
  }
}
