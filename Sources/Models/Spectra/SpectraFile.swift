import Files
import LinearAlgebra
import NeuralNetwork

/// Spectra of matrices in a safetensors file: a tensor of F64 each, under the matrix's name. The metadata has the digest of each
/// matrix, by which a spectrum is found again.
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
    var key: String { "\(digest) \(rows) \(columns) \(type.rawValue)" }
  }

  public private(set) var entries: [Entry] = []

  /// The key of the metadata.
  private static let key = "lowrank.spectra"
  private static let version = 1

  /// No spectra.
  public init() {}

  /// Those of the surveyed matrices whose spectrum is known.
  public init(of surveyed: [SurveyedMatrix]) {
    entries = surveyed.compactMap { matrix in
      matrix.spectrum.map {
        Entry(
          name: matrix.matrix.name, digest: matrix.digest, rows: matrix.matrix.rows, columns: matrix.matrix.columns,
          type: matrix.matrix.type, spectrum: $0)
      }
    }
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
    for (matrix, (name, tensor)) in zip(matrices, file.tensors) {
      let values: [Double] = try tensor.elements(as: Double.self, place: "\(path): tensor '\(name)'")
      guard matrix["tensor"]?.string?.isIdentical(to: name) == true, let digest = matrix["sha256"]?.string,
        let shape = matrix["shape"]?.naturals, shape.count == 2,
        let type = matrix["type"]?.string.flatMap(SafeTensors.ElementType.init), values.count == min(shape[0], shape[1]),
        tensor.shape == [values.count]
      else { throw wrong("metadata that do not fit '\(name)'") }
      guard zip(values, values.dropFirst()).allSatisfy({ $0 >= $1 }), values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
        throw FileError(
          path: "\(path): tensor '\(name)'", found: "values that are not singular values", expected: "descending ones")
      }
      entries.append(
        Entry(name: name, digest: digest, rows: shape[0], columns: shape[1], type: type, spectrum: Spectrum(values)))
    }
  }

  /// Writes the file. The same spectra give the same bytes.
  /// - Throws: `FileError` with the system's reason.
  public func write(to path: String) throws(FileError) {
    var file = SafeTensors()
    for entry in entries {
      file.append(entry.name, shape: [entry.spectrum.values.count], elements: entry.spectrum.values, as: .float64)
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

  /// The spectra by `Entry.key`.
  var byMatrix: [String: Spectrum] { Dictionary(entries.map { ($0.key, $0.spectrum) }) { first, _ in first } }
}
