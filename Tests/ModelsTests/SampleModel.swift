import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork

@testable import Models

/// Hears of no progress.
let unheard = ModelProgress { _, _ in }

/// An m×n matrix with the singular values scale · decayⁱ.
func decaying(
  _ rows: Int, _ columns: Int, by decay: Double = 0.7, scale: Double = 1, seed: UInt64 = 1
) -> Matrix<Double> {
  var stream = RandomStream(seed: seed, name: "decaying")
  let values = (0..<min(rows, columns)).map { scale * pow(decay, Double($0)) }
  return .prescribing(values, rows: rows, columns: columns, from: &stream)
}

extension SafeTensors {
  /// A small network with all that a model may hold beside its layers.
  static func sample(_ type: ElementType = .float32, metadata: [String: String] = ["format": "pt"]) -> SafeTensors {
    var file = SafeTensors()
    file.append("tok_embed.weight", decaying(40, 24, seed: 1), as: type)
    file.append("fc1.weight", decaying(32, 24, seed: 2), as: type)
    file.append("fc1.bias", shape: [32], elements: (0..<32).map(Float.init), as: type)
    file.append("fc2.weight", decaying(28, 32, by: 0.9, seed: 3), as: type)
    file.append("fc2.bias", shape: [28], elements: (0..<28).map { -Float($0) }, as: type)
    file.append("conv.weight", shape: [4, 3, 3, 3], elements: (0..<108).map(Float.init), as: type)
    file.append("head.weight", decaying(5, 28, seed: 4), as: type)
    file.append("scale", shape: [], elements: [2.5 as Float], as: type)
    file.append("empty", shape: [0, 30], elements: [Float](), as: type)
    file.append("ids", Tensor(type: .int64, shape: [20, 20], bytes: (0..<3200).map { UInt8(truncatingIfNeeded: $0) }))
    file.append("mask", Tensor(type: .bool, shape: [3], bytes: [1, 0, 1]))
    file.metadata = metadata
    return file
  }

  /// Only these tensors.
  func keeping(_ names: Set<String>) -> SafeTensors {
    var file = SafeTensors()
    for (name, tensor) in tensors where names.contains(name) { file.append(name, tensor) }
    file.metadata = metadata
    return file
  }

  func write(to path: String) throws { try AtomicFile.write(pieces: pieces, to: path) }

  /// The file, opened as a model.
  func model(in folder: String, _ name: String = "model.safetensors") throws -> Model {
    try write(to: "\(folder)/\(name)")
    return try Model(readingFrom: "\(folder)/\(name)")
  }
}

extension Model {
  /// The selected matrices, with spectra.
  func surveyed(include: [String] = [], workers: Int = 1) throws -> [SurveyedMatrix] {
    try Survey(of: self, workers: Workers(count: workers), progress: unheard)
      .matrices(try Selection(of: self, include: include).selected, withSpectra: true)
  }

  /// Writes a plan's file.
  func write(_ plan: CompressionPlan, to path: String, workers: Int = 1) throws -> CompressionReport {
    let file = try PendingFile(path, size: plan.size)
    let report = try Compressor(plan, of: self, workers: Workers(count: workers), progress: unheard).write(to: file)
    try file.commit()
    return report
  }
}

extension RankList {
  /// A list as a file has it.
  init(_ ranks: [(String, Int?)], in folder: String) throws {
    let rows = ranks.map { [$0.0, $0.1.map { "\($0)" } ?? ""] }
    try AtomicFile.write(CSVTable(columns: ["tensor", "rank"], rows: rows).text, to: "\(folder)/listed.csv")
    try self.init(readingFrom: "\(folder)/listed.csv")
  }
}

extension SurveyedMatrix {
  /// A matrix of no model.
  init(
    _ name: String = "w", _ rows: Int, _ columns: Int, _ type: SafeTensors.ElementType = .float32, values: [Double]? = nil
  ) {
    self.init(
      matrix: Selection.Matrix(tensor: 0, name: name, type: type, rows: rows, columns: columns, reason: nil), digest: "",
      spectrum: values.map { Spectrum($0) }, unusable: nil)
  }
}

/// ‖A − U V‖_F / ‖A‖_F in `Double`, by definition.
func naiveError(_ a: Matrix<Double>, _ u: Matrix<Double>, _ v: Matrix<Double>) -> Double {
  var (difference, all) = (0.0, 0.0)
  for i in 0..<a.rows {
    for j in 0..<a.columns {
      let product = (0..<v.rows).reduce(0.0) { $0 + u[i, $1] * v[$1, j] }
      difference += (a[i, j] - product) * (a[i, j] - product)
      all += a[i, j] * a[i, j]
    }
  }
  return (difference / all).squareRoot()
}

extension CompressionReport.Layer {
  /// The errors of a compression without data.
  var predicted: Double { predictedError ?? .nan }
  var measured: Double { measuredError ?? .nan }
}
