import Files

/// A published file as it lies in a folder: compressed as published, compressed anew, or not compressed.
struct StoredFile {
  let path: String
  /// Verified, and compressed or not.
  private let bytes: [UInt8]
  private let decompressedBytes: Int

  /// Reads and verifies a file.
  /// - Throws: `FileError` if it cannot be read, or has not the contents of `file`.
  init(_ file: PublishedFile, path: String) throws(FileError) {
    (self.path, bytes, decompressedBytes) = (path, try readFile(path), file.decompressedBytes)
    let found = SHA256.hexDigest(of: bytes)
    if found == file.sha256 || found == file.decompressedSHA256 { return }
    if Gzip.isCompressed(bytes), let contents = try? contents(),
      SHA256.hexDigest(of: contents) == file.decompressedSHA256
    {
      return
    }
    throw FileError(
      path: path, found: bytes.isEmpty ? "an empty file" : "\(bytes.count) bytes with SHA-256 \(found)",
      expected: path.hasSuffix(".gz")
        ? "\(file.bytes) with \(file.sha256)" : "\(file.decompressedBytes) with \(file.decompressedSHA256)")
  }

  /// The contents, decompressed.
  /// - Throws: `FileError` as `Gzip.decompress`.
  func contents() throws(FileError) -> [UInt8] {
    Gzip.isCompressed(bytes) ? try Gzip.decompress(bytes, path: path, limit: decompressedBytes) : bytes
  }
}

extension PublishedFile {
  /// The names that it may have: as published and with a dot, as some copies have it, each compressed and not.
  private var names: [String] {
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(".gz".count)) : name
    let dotted = plain.replacing("-idx", with: ".idx")
    return [name, plain, dotted + ".gz", dotted]
  }

  /// The first in `folder` that has the published contents; `nil` if there is none under any of its names.
  /// - Throws: `FileError` for the first, if there are some and none has the published contents.
  func find(in folder: String) throws(FileError) -> StoredFile? {
    var first: FileError?
    for path in names.map({ folder + "/" + $0 }) where fileExists(path) {
      do { return try StoredFile(self, path: path) } catch { first = first ?? error }
    }
    if let first { throw first }
    return nil
  }

  /// Finds it in `folder`.
  /// - Throws: `FileError` if it is missing, cannot be read, or has not the published contents.
  func read(from folder: String) throws(FileError) -> StoredFile {
    if let found = try find(in: folder) { return found }
    throw FileError(
      path: folder + "/" + name, found: "no such file", expected: "one of MNIST's four files, as published or unpacked")
  }
}
