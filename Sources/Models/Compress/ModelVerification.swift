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

  /// The file's digest and sizes; each matrix of the original by its digest; the rows of the report; the errors of the factors,
  /// computed again; and every other tensor, byte for byte.
  /// - Throws: `FileError` where a file cannot be read.
  public func checks() throws -> [Check] {
    let (before, after) = (report.before, report.after)
    var checks = [
      Self.check(output.path, "SHA-256 of the file", try digest(of: output.files[0]), report.digest),
      Self.check(output.path, "bytes of the file", output.size, after.bytes),
      Self.check(original.path, "bytes before", original.size, before.bytes),
      Self.check(original.path, "parameters before", original.parameters, before.parameters),
      Self.check(output.path, "multiply–accumulates", report.layers.reduce(0) { $0 + $1.parameters }, after.macs),
      Self.check(
        original.path, "multiply–accumulates before", report.layers.reduce(0) { $0 + $1.parametersBefore }, before.macs),
    ]
    if let calibration = report.calibration, original.files.count == 1 {
      checks.append(
        Self.check(original.path, "SHA-256 of the file before", try digest(of: original.files[0]), calibration.before))
    }
    // Codes have no tensor a layer; that they are those of the report, the digest says.
    if report.layers.contains(where: { $0.stored.hasPrefix(CompressionReport.codes) }) { return checks }
    checks.append(Self.check(output.path, "parameters of the file", output.parameters, after.parameters))
    let factorings = try Factorings(in: output)
    let stored = Dictionary(output.tensors.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    let layers = Dictionary(factorings.layers.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    let rows = Dictionary(report.layers.map { (Array($0.tensor.utf8), $0) }) { first, _ in first }
    let names = Set(original.tensors.map { Array($0.name.utf8) })
    let fitted = Set(
      report.layers.filter { $0.isFitted == true }.flatMap { row in
        [row.tensor, FactorNaming.sequential.names(of: row.tensor).bias?.before].compactMap { $0.map { Array($0.utf8) } }
      })
    for row in report.layers where !names.contains(Array(row.tensor.utf8)) {
      checks.append(Check(subject: row.tensor, compared: "rank", difference: "found no such tensor, expected one to factor"))
    }
    let tensors = Batches(original.tensors) { 6 * $0.range.count }
    checks += try tensors.map(workers: workers) { tensor, workers -> [Check] in
      defer { progress.advance(0, tensor.range.count) }
      let name = Array(tensor.name.utf8)
      let (row, layer) = (rows[name], layers[name])
      let factors = layer.map { $0.factors.compactMap { stored[Array($0.utf8)] } }
      let bytes = try original.read(tensor)
      var own: [Check] = []
      if let row {
        own.append(Self.check(tensor.name, "SHA-256 before", SHA256.hexDigest(of: bytes.bytes), row.digest))
        own.append(
          Self.check(tensor.name, "shape", tensor.shape.description, [row.rows, row.columns].description))
        let types = "\(tensor.type.rawValue) → \((factors?.first?.type ?? tensor.type).rawValue)"
        own.append(Self.check(tensor.name, "types", types, "\(row.type) → \(row.stored)"))
      }
      if row != nil || layer != nil {
        func text(_ rank: Int?) -> String { rank.map { "\($0)" } ?? "dense" }
        own.append(Self.check(tensor.name, "rank", text(layer?.rank), text(row?.rank)))
      }
      if let factors {
        guard let error = try error(of: bytes, factors[0], factors[1], workers: workers) else {
          let found = "found factors of the shapes \(factors[0].shape) and \(factors[1].shape)"
          let difference = "\(found), expected some whose product has the shape \(bytes.shape)"
          return own + [Check(subject: tensor.name, compared: "measured error", difference: difference)]
        }
        if row?.isFitted != true { own.append(Self.check(tensor.name, "measured error", error, row?.measuredError ?? 0)) }
      } else if fitted.contains(name) {
        // Other numbers than before, which the digest of the file has.
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

  /// `nil` where the factors are not those of a matrix of this shape.
  private func error(
    of bytes: SafeTensors.Tensor, _ v: Model.Tensor, _ u: Model.Tensor, workers: Workers
  ) throws(FileError) -> Double? {
    guard bytes.shape.count == 2, let rank = v.shape.first, v.shape == [rank, bytes.shape[1]],
      u.shape == [bytes.shape[0], rank]
    else { return nil }
    func error<Scalar: BLASScalar>(in _: Scalar.Type) throws(FileError) -> Double {
      try Factors.error(
        of: try bytes.matrix(of: Scalar.self, place: output.path), first: try output.read(v), second: try output.read(u),
        place: output.place(v), workers: workers)
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
