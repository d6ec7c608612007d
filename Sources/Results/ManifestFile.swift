import Files

/// A file in JSON that says what made the tables beside it.
public protocol ManifestFile: Codable, Sendable {
  /// The format that is written, and the only one that is read.
  static var currentFormat: Int { get }
  /// The file's.
  var format: Int { get }
}

extension ManifestFile {
  /// Reads a manifest.
  /// - Throws: `FileError` if it is not JSON, or not a manifest of this format.
  public static func read(from path: String) throws(FileError) -> Self {
    let expected = "a manifest that a run writes"
    let bytes = try readFile(path, expected: expected)
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch {
      throw FileError(path: path, found: "\(error)", expected: "a manifest in JSON")
    }
    let manifest: Self = try json.decoded(path: path, expected: expected)
    guard manifest.format == currentFormat else {
      throw FileError(path: path, found: "format \(manifest.format)", expected: "\(currentFormat)")
    }
    return manifest
  }

  /// Reads a manifest, if there is one.
  public static func readIfPresent(from path: String) throws(FileError) -> Self? {
    fileExists(path) ? try read(from: path) : nil
  }

  /// Writes the manifest.
  /// - Throws: `FileError` if it cannot be written.
  public func write(to path: String) throws(FileError) { try AtomicFile.write(encoded, to: path) }

  /// JSON, keys sorted, so that equal manifests are equal files.
  public var encoded: [UInt8] { Array((JSON(encoding: self).prettyText + "\n").utf8) }
}
