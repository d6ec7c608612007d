import Files
import LinearAlgebra
import NeuralNetwork

/// Writes the file of a plan: tensors in their order, a piece at a time.
public struct Compressor: Sendable {
  private let model: Model
  private let plan: CompressionPlan
  private let workers: Workers
  private let progress: ModelProgress

  /// Bytes that are copied at once.
  private static let piece = 4 << 20

  /// - Parameter progress: is told of each tensor.
  public init(_ plan: CompressionPlan, of model: Model, workers: Workers, progress: ModelProgress) {
    (self.plan, self.model, self.workers, self.progress) = (plan, model, workers, progress)
  }

  /// Computes the factors and writes all tensors to `file`, which has the size of the plan. The bytes depend on the model's tensors
  /// and metadata and on the plan alone.
  /// - Returns: what came of each layer.
  /// - Throws: `FileError` that names the tensor which cannot be factored, or the file that cannot be read or written.
  public func write(to file: PendingFile) throws -> CompressionReport {
    let digest = SHA256.Running()
    func append(_ bytes: [UInt8]) throws(FileError) {
      digest.append(bytes)
      try file.append(bytes)
    }
    try append(plan.output.header)
    var factors: [Int: Factors] = [:]
    var errors: [Int: (Double?, Double?)] = [:]
    let layers = plan.output.sources.compactMap { source -> Int? in
      if case .factors(let layer) = source { layer } else { nil }
    }
    var groups = Batches(layers) { Work.factors(plan.layers[$0].matrix.matrix, rank: plan.layers[$0].rank ?? 1) }.groups[...]
    for source in plan.output.sources {
      switch source {
      case .bias: preconditionFailure("a bias without data")
      case .copy(let tensor): try copy(model.tensors[tensor], append)
      case .factors(let layer):
        if factors[layer] == nil, let group = groups.popFirst() {
          let own = try Batches(group) { _ in 0 }.map(workers: workers) {
            try self.factors(of: plan.layers[$0], workers: $1)
          }
          for (index, factor) in zip(group, own) { factors[index] = factor }
        }
        guard let own = factors.removeValue(forKey: layer) else { preconditionFailure("a layer without its factors") }
        errors[layer] = (own.predictedError, own.measuredError)
        try append(own.first.bytes)
        try append(own.second.bytes)
      }
    }
    let rows = plan.layers.enumerated().map { index, layer in
      var row = CompressionReport.Layer(layer)
      (row.predictedError, row.measuredError) = errors[index] ?? (0, 0)
      return row
    }
    return CompressionReport(of: model, layers: rows, size: plan.size, digest: SHA256.hexadecimal(digest.digest()))
  }

  private func copy(_ tensor: Model.Tensor, _ append: ([UInt8]) throws(FileError) -> Void) throws {
    for start in stride(from: tensor.range.lowerBound, to: tensor.range.upperBound, by: Self.piece) {
      try append(try model.files[tensor.file].read(start..<min(start + Self.piece, tensor.range.upperBound)))
    }
    progress.advance(0, tensor.range.count)
  }

  private func factors(of layer: CompressionPlan.Layer, workers: Workers) throws -> Factors {
    let tensor = model.tensors[layer.matrix.matrix.tensor]
    let (place, rank) = (model.place(tensor), layer.rank ?? 1)
    try Memory.require(Work.factors(layer.matrix.matrix, rank: rank), place: place)
    func factors<Scalar: BLASScalar>(in _: Scalar.Type) throws(FileError) -> Factors {
      let matrix: Matrix<Scalar> = try model.read(tensor).matrix(of: Scalar.self, place: place)
      return try Factors(of: matrix, rank: rank, stored: layer.stored, place: place, workers: workers)
    }
    defer { progress.advance(1, tensor.range.count) }
    return tensor.type == .float64 ? try factors(in: Double.self) : try factors(in: Float.self)
  }
}
