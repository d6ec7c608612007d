import Files
import LinearAlgebra
import NeuralNetwork

/// Checks a compressed model against the model that it was made from, and against its own report.
public struct ModelVerification: Sendable {
  /// One thing that was compared.
  public struct Check: Sendable {
    /// What it is about: the file, or a tensor.
    public let subject: String
    /// What was compared.
    public let compared: String
    /// What was found and expected; `nil` where both agree.
    public let difference: String?
  }

  private let output: Model
  private let original: Model
  private let report: CompressionReport
  private let workers: Workers
  private let progress: ModelProgress

  /// Opens both models and the report beside the output.
  /// - Throws: `FileError` where a file is missing or damaged.
  public init(of output: String, against original: String, workers: Workers, progress: ModelProgress) throws(FileError) {
    self.output = try Model(readingFrom: output)
    self.original = try Model(readingFrom: original)
    report = try CompressionReport(readingFrom: CompressionReport.paths(beside: output).json)
    (self.workers, self.progress) = (workers, progress)
  }

  /// Bytes that are read.
  public var size: Int { original.size }

  /// The file's digest and size; each matrix of the original by its digest; the errors of the factors, computed again; and every
  /// other tensor, byte for byte.
  /// - Throws: `FileError` where a file cannot be read.
  public func checks() throws -> [Check] {
    var checks = [
      Self.check(output.path, "SHA-256 of the file", try digest(of: output.files[0]), report.digest),
      Self.check(output.path, "bytes of the file", output.size, report.after.bytes),
      Self.check(original.path, "bytes before", original.size, report.before.bytes),
    ]
    let factorings = try Factorings(in: output)
    let stored = Dictionary(output.tensors.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    let layers = Dictionary(factorings.layers.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    let rows = Dictionary(report.layers.map { (Array($0.tensor.utf8), $0) }) { first, _ in first }
    let tensors = Batches(original.tensors) { 6 * $0.range.count }
    checks += try tensors.map(workers: workers) { tensor, workers -> [Check] in
      defer { progress.advance(0, tensor.range.count) }
      let name = Array(tensor.name.utf8)
      let bytes = try original.read(tensor)
      var own: [Check] = []
      if let row = rows[name] {
        own.append(Self.check(tensor.name, "SHA-256 before", SHA256.hexDigest(of: bytes.bytes), row.digest))
        own.append(
          Self.check(tensor.name, "rank", layers[name].map { "\($0.rank)" } ?? "dense", row.rank.map { "\($0)" } ?? "dense"))
      }
      if let layer = layers[name], let v = stored[Array(layer.factors[0].utf8)], let u = stored[Array(layer.factors[1].utf8)]
      {
        let error = try error(of: bytes, v, u, workers: workers)
        if let row = rows[name] { own.append(Self.check(tensor.name, "measured error", error, row.measuredError)) }
      } else {
        // A bias may have another name.
        let bias = factorings.layers.first { layer in
          layer.bias != nil
            && FactorNaming.allCases.contains { $0.names(of: layer.name).bias?.before.utf8.elementsEqual(name) ?? false }
        }?.bias
        guard let copy = stored[Array((bias ?? tensor.name).utf8)] ?? stored[name] else {
          return own + [Check(subject: tensor.name, compared: "bytes", difference: "found no such tensor, expected a copy")]
        }
        let isSame = try output.read(copy) == bytes
        own.append(
          Check(subject: tensor.name, compared: "bytes", difference: isSame ? nil : "found other bytes, expected a copy"))
      }
      return own
    }.flatMap { $0 }
    return checks
  }

  private func digest(of file: InputFile) throws -> String {
    let digest = SHA256.Running()
    for start in stride(from: 0, to: file.size, by: 4 << 20) {
      digest.append(try file.read(start..<min(start + 4 << 20, file.size)))
    }
    return SHA256.hexadecimal(digest.digest())
  }

  private func error(
    of bytes: SafeTensors.Tensor, _ v: Model.Tensor, _ u: Model.Tensor, workers: Workers
  ) throws(FileError) -> Double {
    func error<Scalar: BLASScalar>(in _: Scalar.Type) throws(FileError) -> Double {
      let (first, second) = (try output.read(v), try output.read(u))
      guard let rank = first.shape.first, first.shape == [rank, bytes.shape[1]], second.shape == [bytes.shape[0], rank]
      else {
        throw FileError(
          path: output.place(v), found: "factors of the shapes \(first.shape) and \(second.shape)",
          expected: "some whose product has the shape \(bytes.shape)")
      }
      return try Factors.error(
        of: try bytes.matrix(of: Scalar.self, place: output.path), first: first, second: second, place: output.place(v),
        workers: workers)
    }
    return bytes.type == .float64 ? try error(in: Double.self) : try error(in: Float.self)
  }

  private static func check<Value: Equatable>(_ subject: String, _ compared: String, _ found: Value, _ expected: Value)
    -> Check
  {
    Check(
      subject: subject, compared: compared, difference: found == expected ? nil : "found \(found), expected \(expected)")
  }
}
