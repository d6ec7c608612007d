import Compression
import Datasets
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results

/// Compresses a fully connected network by what its layers do with data (`Calibration.matched`). No label is used.
public struct CalibratedCompression {
  /// A network, its data and what is asked for.
  public struct Problem: Sendable {
    public let model: Model
    public let file: NetworkFile
    public let selection: Selection
    public let data: DataFile
    public let dataName: String
    public let normalisation: Normalisation
    public let options: CalibrationOptions

    /// - Parameter selection: of the network's matrices; the others are not factored.
    public init(
      model: Model, file: NetworkFile, selection: Selection, data: DataFile, dataName: String,
      normalisation: Normalisation, options: CalibrationOptions
    ) {
      (self.model, self.file, self.selection, self.data) = (model, file, selection, data)
      (self.dataName, self.normalisation, self.options) = (dataName, normalisation, options)
    }
  }

  public let samples: CalibrationSamples
  /// The plan: a layer of the network each.
  public let layers: [CompressionPlan.Layer]
  /// Bytes of the file that results.
  public let size: Int
  private let problem: Problem
  private let workers: Workers
  private let calibration, heldOut: Calibration
  private let layout: NetworkLayout
  private let ranks: [Int?]
  private let searched: Network<Float>?

  /// Takes the statistics and chooses the ranks.
  /// - Parameter progress: is told what is done.
  /// - Throws: `FileError` where data do not fit the network, a layer cannot be compressed, or a size cannot be met.
  public init(_ problem: Problem, workers: Workers, progress: @escaping (String) -> Void) throws {
    let (model, file, data, options) = (problem.model, problem.file, problem.data, problem.options)
    try data.requireFit(to: file)
    try data.require(problem.normalisation)
    let matrices = try Self.matrices(problem)
    (self.problem, self.workers) = (problem, workers)
    samples = try CalibrationSamples(of: data, images: options.images, heldOut: options.heldOut, seed: options.seed)
    try Memory.require(Self.bytes(file.network, samples: samples), place: "the statistics of \(data.path)")
    layout = NetworkLayout(
      model: model, file: file,
      description: NetworkDescription(
        activation: file.network.activation, layers: file.names, normalisation: problem.normalisation),
      stored: options.stored, naming: options.naming,
      matrices: try Survey(of: model, workers: workers, progress: ModelProgress { _, _ in })
        .matrices(matrices, withSpectra: false))
    progress("statistics of \(samples.images.count) samples")
    let all = data.samples(normalisation: problem.normalisation)
    func calibration(_ indices: [Int]) throws -> Calibration {
      try Calibration(of: file.network, samples: all, indices: indices, seed: options.seed, workers: workers)
    }
    do {
      self.calibration = try calibration(samples.images)
      heldOut = try calibration(samples.heldOut)
      let layers = matrices.enumerated().filter { $0.element.isSelected }.map { index, matrix in
        let stored = options.stored.codeBits ?? options.stored.type(of: matrix.type).bits
        return CalibratedRanks.Layer(
          index: index, tensor: matrix.name,
          size: RankAllocation.Layer(
            rows: matrix.rows, columns: matrix.columns, factorCost: stored,
            denseCost: options.stored.codeBits ?? matrix.type.bits, multiple: options.multiple))
      }
      let layout = layout
      (ranks, searched) = try CalibratedRanks(
        layers: layers, calibration: self.calibration, options: options
      ) { step in
        let divergence = String(format: "%.4f", step.divergence)
        progress("exchange of ranks: \(step.networks) networks, divergence \(divergence) nats")
      }.ranks(of: model, size: { ranks throws(FileError) in try layout.size(ranks) }, heldOut: heldOut)
    } catch let error as CalibrationError {
      throw Self.named(error, file)
    }
    layers = zip(layout.plan(ranks), matrices).map { layer, matrix in
      let reason = layer.rank == nil ? matrix.reason ?? Self.reason(matrix, options) : nil
      return CompressionPlan.Layer(matrix: layer.matrix, stored: layer.stored, rank: layer.rank, reason: reason)
    }
    size = try layout.size(ranks)
  }

  /// Why a layer that may be factored stays dense.
  private static func reason(_ matrix: Selection.Matrix, _ options: CalibrationOptions) -> String {
    switch options.extent {
    case .rank(let rank) where options.allocation == .uniform: "rank \(rank) would not be smaller"
    case .listed(let list):
      list.ranks.first { $0.name.isIdentical(to: matrix.name) }?.rank.map { "rank \($0) would not be smaller" }
        ?? "listed as dense"
    case .energy: "no smaller rank keeps as much"
    case .rank, .size: matrix.breakEvenRank == 0 ? "no rank would be smaller" : "dense within the budget"
    }
  }

  /// The matrices of the layers, from the input on.
  private static func matrices(_ problem: Problem) throws(FileError) -> [Selection.Matrix] {
    let file = problem.file
    if file.quantised != nil || file.network.layers.contains(where: { if case .lowRank = $0 { true } else { false } }) {
      throw FileError(
        path: file.path, found: "a network of factors or codes", expected: "the dense one that it was made from")
    }
    if problem.options.stored.codeBits != nil, let other = file.others.first {
      throw FileError(
        path: file.path, found: "the tensor '\(other)' beside the layers",
        expected: "layers alone for --store \(problem.options.stored.rawValue), whose file has nothing else")
    }
    let byName = Dictionary(problem.selection.matrices.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    return file.names.map { name in
      guard let matrix = byName[Array((name.isEmpty ? "weight" : name + ".weight").utf8)] else {
        preconditionFailure("a layer without its matrix")
      }
      return matrix
    }
  }

  /// The inputs of all layers, those in the compressed network, and covariances.
  private static func bytes(_ network: Network<Float>, samples: CalibrationSamples) -> Int {
    let inputs = network.layers.map(\.inputs)
    let widest = max(inputs.max() ?? 0, network.layers.map(\.outputs).max() ?? 0)
    let count = samples.images.count + samples.heldOut.count
    return 2 * count * inputs.reduce(0, +) * MemoryLayout<Float>.size
      + (2 * inputs.count + 8) * widest * widest * MemoryLayout<Double>.size
  }

  /// The error with the file's name of the layer.
  private static func named(_ error: CalibrationError, _ file: NetworkFile) -> FileError {
    func place(_ layer: Int) -> String { "\(file.path): \(file.names[layer])" }
    return switch error {
    case .notFinite: preconditionFailure("a network with an element that is not finite was read")
    case .overflow(let layer):
      FileError(
        path: place(layer), found: "outputs that are not finite", expected: "weights that do not overflow in 32 bits")
    case .constantOutputs(let layer, let images):
      FileError(
        path: place(layer), found: "the same outputs for all \(images) samples", expected: "outputs that differ")
    case .failed(let layer, .overflow(precision: "Float16")):
      FileError(
        path: place(layer), found: "values beyond the range of 16 bits, which scales and biases of codes have",
        expected: "--store bf16 or f32")
    case .failed(let layer, let error): FileError(error, place: place(layer))
    }
  }

  /// Fits the network with the ranks, and encodes it.
  /// - Parameter test: the samples for test, evaluated here alone.
  /// - Returns: the bytes of the file and the report, both of the network as it is stored.
  /// - Throws: `FileError` where the network cannot be stored.
  public func run(test: DataFile?) throws -> (bytes: [UInt8], report: CompressionReport) {
    let bytes: [UInt8]
    do {
      if let bits = problem.options.stored.codeBits {
        bytes = layout.bytes(try calibration.matched(ranks: ranks, bits: bits))
      } else {
        bytes = try layout.bytes(try searched ?? calibration.matched(ranks: ranks), ranks: ranks)
      }
    } catch let error as CalibrationError {
      throw Self.named(error, problem.file)
    }
    precondition(bytes.count == size, "\(bytes.count) bytes, planned \(size)")
    let after = try NetworkFile(decoding: bytes, path: problem.file.path)
    let errors = heldOut.outputErrors(of: after.network)
    let own = problem.data.samples(normalisation: problem.normalisation).selecting(samples.heldOut)
    let report = CalibrationReport(
      data: problem.dataName, sha256: problem.data.sha256, samples: samples.images.count, seed: problem.options.seed,
      allocation: problem.options.allocation.rawValue, activation: problem.file.network.activation.rawValue,
      mean: problem.normalisation.mean, deviation: problem.normalisation.deviation, before: problem.file.digest,
      divergence: heldOut.divergence(of: after.network), logitsError: errors[errors.count - 1],
      heldOut: part(own, after.network),
      test: test.map { part($0.samples(normalisation: problem.normalisation), after.network) })
    let codeBits = problem.options.stored.codeBits
    let rows = layers.enumerated().map { index, layer in
      var row = CompressionReport.Layer(layer, codeBits: codeBits)
      (row.outputError, row.isFitted) = (errors[index], codeBits != nil || NetworkLayout.isFitted(index, ranks))
      return row
    }
    let added = rows.indices.filter { !problem.file.hasBias[$0] && rows[$0].isFitted == true }
    return (
      bytes,
      CompressionReport(
        of: problem.model, layers: rows, size: size, addedBiases: added.reduce(0) { $0 + rows[$1].rows },
        calibration: report,
        digest: SHA256.hexDigest(of: bytes))
    )
  }

  private func part(_ samples: Samples<Float>, _ after: Network<Float>) -> CalibrationReport.Part {
    let (a, b) = (
      problem.file.network.predictions(on: samples, workers: workers), after.predictions(on: samples, workers: workers)
    )
    // A single output has no classes.
    let hasLabels = !samples.labels.isEmpty && after.classes > 1
    return CalibrationReport.Part(
      samples: samples.count, accuracyBefore: hasLabels ? samples.accuracy(of: a) : nil,
      accuracyAfter: hasLabels ? samples.accuracy(of: b) : nil, changed: zip(a, b).count { $0 != $1 })
  }
}
