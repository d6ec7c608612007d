import Files
import LinearAlgebra
import NeuralNetwork

/// Spectra of matrices in a safetensors file: a tensor of F64 each, in order `0`, `1`, …. The metadata has name and digest of each
/// matrix; by the digest a spectrum is found again. The file may have those of several models.
public struct SpectraFile: Sendable {
  /// The spectrum of one matrix.
  public struct Entry: Sendable {
    public let name: String
    /// SHA-256 of the matrix's bytes, as hexadecimal digits.
    public let digest: String
    public let rows: Int
    public let columns: Int
    /// How the matrix is stored.
    public let type: SafeTensors.ElementType
    /// All singular values.
    public let spectrum: Spectrum

    /// What a matrix is known by.
    var key: String { SpectraFile.key(digest: digest, rows: rows, columns: columns, type: type) }
  }

  public private(set) var entries: [Entry] = []

  /// The key of the metadata.
  private static let key = "lowrank.spectra"
  private static let version = 1

  /// No spectra.
  public init() {}

  /// Those of the surveyed matrices whose spectrum is known.
  public init(of surveyed: [SurveyedMatrix]) { _ = add(surveyed) }

  /// Adds the spectra of surveyed matrices to those that are there.
  /// - Returns: whether one is new.
  public mutating func add(_ surveyed: [SurveyedMatrix]) -> Bool {
    let before = entries.count
    var keys = Set(entries.map(\.key))
    for matrix in surveyed {
      guard let spectrum = matrix.spectrum, keys.insert(matrix.key).inserted else { continue }
      entries.append(
        Entry(
          name: matrix.matrix.name, digest: matrix.digest, rows: matrix.matrix.rows, columns: matrix.matrix.columns,
          type: matrix.matrix.type, spectrum: spectrum))
    }
    return entries.count > before
  }

  /// Reads a file, which may be missing: then there are no spectra.
  /// - Throws: `FileError` where it is a file of another kind, which must not be written over, or is damaged.
  public init(readingFrom path: String) throws(FileError) {
    guard fileExists(path) else { return }
    let file = try SafeTensors(readingFrom: path)
    func wrong(_ found: String) -> FileError {
      FileError(path: path, found: found, expected: "a file that --spectra writes, or none")
    }
    guard let text = file.metadata[Self.key] else { throw wrong("a safetensors file without spectra") }
    guard let json = try? JSON(parsing: text.utf8), json["version"] == .number(Self.version),
      case .array(let matrices)? = json["matrices"], matrices.count == file.tensors.count
    else { throw wrong("metadata that are damaged, or of another version") }
    // By their numbers: empty tensors may lie in another order.
    for (number, matrix) in matrices.enumerated() {
      let name = "\(number)"
      guard let tensor = file[name] else { throw wrong("no tensor '\(name)'") }
      let values: [Double] = try tensor.elements(as: Double.self, place: "\(path): tensor '\(name)'")
      guard let matrixName = matrix["tensor"]?.string, let digest = matrix["sha256"]?.string,
        let shape = matrix["shape"]?.naturals, shape.count == 2,
        let type = matrix["type"]?.string.flatMap(SafeTensors.ElementType.init), values.count == min(shape[0], shape[1]),
        tensor.shape == [values.count]
      else { throw wrong("metadata that do not fit '\(name)'") }
      guard zip(values, values.dropFirst()).allSatisfy({ $0 >= $1 }), values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
        throw FileError(
          path: "\(path): tensor '\(name)'", found: "values that are not singular values", expected: "descending ones")
      }
      entries.append(
        Entry(name: matrixName, digest: digest, rows: shape[0], columns: shape[1], type: type, spectrum: Spectrum(values)))
    }
  }

  /// Writes the file. The same spectra give the same bytes.
  /// - Throws: `FileError` with the system's reason.
  public func write(to path: String) throws(FileError) {
    var file = SafeTensors()
    for (number, entry) in entries.enumerated() {
      file.append("\(number)", shape: [entry.spectrum.values.count], elements: entry.spectrum.values, as: .float64)
    }
    let matrices = entries.map { entry in
      JSON.object([
        "tensor": .string(entry.name), "sha256": .string(entry.digest),
        "shape": .array([.number(entry.rows), .number(entry.columns)]),
        "type": .string(entry.type.rawValue),
      ])
    }
    file.metadata = [
      Self.key: JSON.object(["version": .number(Self.version), "matrices": .array(matrices)]).text
    ]
    try AtomicFile.write(pieces: file.pieces, to: path)
  }

  /// What a matrix is known by.
  static func key(digest: String, rows: Int, columns: Int, type: SafeTensors.ElementType) -> String {
    "\(digest) \(rows) \(columns) \(type.rawValue)"
  }

  /// The spectra by `Entry.key`.
  var byMatrix: [String: Spectrum] { Dictionary(entries.map { ($0.key, $0.spectrum) }) { first, _ in first } }
}
