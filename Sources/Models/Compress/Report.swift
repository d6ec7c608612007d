import Files
import NeuralNetwork

/// What a compression did: a row a layer, and the whole before and after.
public struct CompressionReport: Equatable, Sendable {
  /// One selected matrix.
  public struct Layer: Equatable, Sendable, Codable {
    public var tensor: String
    public var rows: Int
    public var columns: Int
    /// How the matrix was stored.
    public var type: String
    /// How it is stored now: the type of the factors, or its own.
    public var stored: String
    /// `nil` for a matrix that was copied.
    public var rank: Int?
    /// Why it was copied.
    public var reason: String?
    /// Relative, in the Frobenius norm: by the singular values, and of the factors as they are stored. 0 for a copy. `nil` for a
    /// layer that is fitted to data.
    public var predictedError: Double?
    public var measuredError: Double?
    /// Of the layer's outputs on samples that were held out (`Calibration.outputErrors`), and whether the layer is fitted to data;
    /// `nil` without data.
    public var outputError: Double?
    public var isFitted: Bool?
    /// SHA-256 of the matrix's bytes.
    public var digest: String

    enum CodingKeys: String, CodingKey {
      case tensor, rows, columns, type, stored, rank, reason
      case predictedError = "predicted_error"
      case measuredError = "measured_error"
      case outputError = "output_error"
      case isFitted = "fitted"
      case digest = "sha256"
    }
  }

  /// Elements, bytes, and multiply–accumulates.
  public struct Totals: Equatable, Sendable, Codable {
    /// Elements of all tensors.
    public var parameters: Int
    /// Bytes of the files.
    public var bytes: Int
    /// Of one product of a vector with each selected matrix.
    public var macs: Int
  }

  public var layers: [Layer]
  public var before: Totals
  public var after: Totals
  /// SHA-256 of the file that was written.
  public var digest: String
  /// `nil` without data.
  public var calibration: CalibrationReport?

  /// - Parameters:
  ///   - size: bytes of the file.
  ///   - addedBiases: elements of biases that the model does not have.
  init(
    of model: Model, layers: [Layer], size: Int, addedBiases: Int = 0, calibration: CalibrationReport? = nil, digest: String
  ) {
    let (dense, now) = (layers.reduce(0) { $0 + $1.parametersBefore }, layers.reduce(0) { $0 + $1.parameters })
    before = Totals(parameters: model.parameters, bytes: model.size, macs: dense)
    after = Totals(parameters: model.parameters - dense + now + addedBiases, bytes: size, macs: now)
    (self.layers, self.digest, self.calibration) = (layers, digest, calibration)
  }

  /// What the type of codes begins with, such as INT4.
  static let codes = "INT"
}

extension CompressionReport.Layer {
  /// A layer of a plan.
  /// - Parameter codeBits: the bits of its codes, where it is stored as such.
  init(_ layer: CompressionPlan.Layer, codeBits: Int? = nil) {
    let matrix = layer.matrix.matrix
    let stored = codeBits.map { "\(CompressionReport.codes)\($0)" }
    self.init(
      tensor: matrix.name, rows: matrix.rows, columns: matrix.columns, type: matrix.type.rawValue,
      stored: stored ?? (layer.rank == nil ? matrix.type : layer.stored).rawValue, rank: layer.rank, reason: layer.reason,
      digest: layer.matrix.digest)
  }

  /// With the sizes, which follow from the rest.
  fileprivate var json: JSON {
    guard case .object(let members) = JSON(encoding: self) else { preconditionFailure("a layer is an object") }
    let sizes = [
      ("parameters_before", parametersBefore), ("parameters", parameters), ("bytes_before", bytesBefore), ("bytes", bytes),
      ("macs_before", parametersBefore), ("macs", parameters),
    ]
    return .object(members.merging(sizes.map { ($0.0, JSON.number($0.1)) }) { first, _ in first })
  }

  /// Whether the sizes can be computed.
  fileprivate var isPossible: Bool {
    let extents = 1...Int(Int32.max)
    return [rows, columns, rank ?? 1].allSatisfy(extents.contains) && Self.bits(type) > 0 && Self.bits(stored) > 0
  }

  public var parametersBefore: Int { rows * columns }
  /// r (m + n) for factors. One product with a vector takes as many multiply–accumulates.
  public var parameters: Int { rank.map { $0 * (rows + columns) } ?? rows * columns }
  public var bytesBefore: Int { Self.bytes(parametersBefore, type) }
  /// Without the scales of codes.
  public var bytes: Int { Self.bytes(parameters, stored) }

  private static func bytes(_ elements: Int, _ type: String) -> Int { (elements * bits(type) + 7) / 8 }

  /// Bits of an element or code; 0 for a type that is not converted.
  private static func bits(_ type: String) -> Int {
    if type.hasPrefix(CompressionReport.codes) { return Int(type.dropFirst(CompressionReport.codes.count)) ?? 0 }
    guard let type = SafeTensors.ElementType(rawValue: type), type.isConverted else { return 0 }
    return type.bits
  }
}

extension CompressionReport {
  /// `out.lowrank.json` and `out.lowrank.csv`, beside `out.safetensors`.
  public static func paths(beside output: String) -> (json: String, csv: String) {
    let suffix = ".safetensors"
    let stem = output.hasSuffix(suffix) ? String(output.dropLast(suffix.count)) : output
    return (stem + ".lowrank.json", stem + ".lowrank.csv")
  }

  /// The report as JSON. The same compression gives the same text.
  public var json: JSON {
    var members: [String: JSON] = [
      "version": .number(1), "sha256": .string(digest), "before": JSON(encoding: before), "after": JSON(encoding: after),
      "layers": .array(layers.map(\.json)),
    ]
    if let calibration { members["calibration"] = JSON(encoding: calibration) }
    return .object(members)
  }

  /// The columns of the table.
  static let columns = [
    "tensor", "rows", "columns", "type", "stored", "rank", "predicted_error", "measured_error", "parameters_before",
    "parameters", "bytes_before", "bytes", "macs_before", "macs", "output_error",
  ]

  private static func text(_ error: Double?) -> String { error.map { "\($0)" } ?? "" }

  /// A row a layer. Edited, it is a `RankList`.
  public var csv: String {
    CSVTable(
      columns: Self.columns,
      rows: layers.map { layer in
        [
          layer.tensor, "\(layer.rows)", "\(layer.columns)", layer.type, layer.stored, layer.rank.map { "\($0)" } ?? "",
          Self.text(layer.predictedError), Self.text(layer.measuredError), "\(layer.parametersBefore)",
          "\(layer.parameters)",
          "\(layer.bytesBefore)", "\(layer.bytes)", "\(layer.parametersBefore)", "\(layer.parameters)",
          Self.text(layer.outputError),
        ]
      }
    ).text
  }

  /// Reads the JSON of a report.
  /// - Throws: `FileError` with the key that is wrong.
  public init(readingFrom path: String) throws(FileError) {
    let expected = "a report of lowrank compress"
    let json: JSON
    do { json = try JSON(parsing: try readFile(path, expected: expected)) } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: path, found: "\(error)", expected: expected)
    }
    guard json["version"] == .number(1) else {
      throw FileError(path: "\(path): version", found: json["version"]?.text ?? "no such key", expected: "1")
    }
    struct Contents: Decodable {
      var layers: [Layer]
      var before: Totals
      var after: Totals
      var sha256: String
      var calibration: CalibrationReport?
    }
    let contents: Contents = try json.decoded(path: path, expected: expected)
    if let layer = contents.layers.first(where: { !$0.isPossible }) {
      throw FileError(
        path: "\(path): layer '\(layer.tensor)'",
        found:
          "\(layer.rows)×\(layer.columns), \(layer.type) → \(layer.stored), rank \(layer.rank.map { "\($0)" } ?? "none")",
        expected: "a matrix")
    }
    (layers, before, after, digest) = (contents.layers, contents.before, contents.after, contents.sha256)
    calibration = contents.calibration
  }
}
