import Files
import Foundation

/// A file in JSON that says what made the tables beside it.
public protocol ManifestFile: Codable, Sendable {
  /// Of the file; another one is not read.
  static var currentFormat: Int { get }
  /// The file's.
  var format: Int { get }
}

extension ManifestFile {
  /// Reads a manifest.
  /// - Throws: `FileError` if it is not JSON, or not a manifest of this format.
  public static func read(from path: String) throws(FileError) -> Self {
    let bytes = try readFile(path, expected: "a manifest that a run writes")
    do {
      // Foundation's reader takes one of two members of the same name, and says nothing.
      _ = try JSON(parsing: bytes)
      let manifest = try JSONDecoder().decode(Self.self, from: Data(bytes))
      guard manifest.format == currentFormat else {
        throw FileError(path: path, found: "format \(manifest.format)", expected: "\(currentFormat)")
      }
      return manifest
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: path, found: "something else", expected: "a manifest in JSON (\(reason(error)))")
    }
  }

  /// Reads a manifest, if there is one.
  public static func readIfPresent(from path: String) throws(FileError) -> Self? {
    fileExists(path) ? try read(from: path) : nil
  }

  /// Writes the manifest.
  /// - Throws: `FileError` if it cannot be written.
  public func write(to path: String) throws(FileError) { try AtomicFile.write(encoded, to: path) }

  /// JSON, keys sorted, so that equal manifests are equal files.
  public var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a manifest holds a number JSON cannot") }
    return [UInt8](data) + [UInt8(ascii: "\n")]
  }
}

private func reason(_ error: any Error) -> String {
  switch error {
  case DecodingError.keyNotFound(let key, _): "no key '\(key.stringValue)'"
  case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
    "wrong type at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
  case DecodingError.dataCorrupted(let context): context.debugDescription
  default: "\(error)"
  }
}
