import Foundation

/// Whole files, written so that a reader never sees half of one.
public enum AtomicFile {
  /// Writes `bytes` under a temporary name in the same folder, flushes them to the disk, and renames.
  ///
  /// Missing folders are made. On any failure the temporary file is removed and an earlier file under `path` stays.
  /// - Throws: `FileError` with the system's reason (a full disk, a folder that cannot be written, …).
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) { try write(pieces: [bytes], to: path) }

  /// Writes a file whose bytes are `pieces`, one behind the other; as `write(_:to:)`.
  /// - Throws: `FileError` with the system's reason.
  public static func write(pieces: [[UInt8]], to path: String) throws(FileError) { try write([(path, pieces)]) }

  /// Writes files that belong together: first all under temporary names, so that a full disk leaves every earlier file as it
  /// was, then renames each, in the order given.
  /// - Throws: `FileError` with the system's reason.
  public static func write(_ files: [(path: String, bytes: [UInt8])]) throws(FileError) {
    try write(files.map { ($0.path, [$0.bytes]) })
  }

  private static func write(_ files: [(path: String, pieces: [[UInt8]])]) throws(FileError) {
    var temporaries: [(temporary: String, path: String)] = []
    defer { for (temporary, _) in temporaries { unlink(temporary) } }
    for (path, pieces) in files {
      let temporary = try temporaryPath(for: path)
      temporaries.append((temporary, path))
      do { try writeAll(pieces, to: temporary) } catch {
        throw FileError(path: path, found: error.found, expected: error.expected)
      }
    }
    for (temporary, path) in temporaries { try rename(temporary, to: path) }
  }

  /// Writes `text` as UTF-8; see `write(_:to:)` for bytes.
  public static func write(_ text: String, to path: String) throws(FileError) { try write(Array(text.utf8), to: path) }

  /// A name beside `path` that another program can write to before `rename(_:to:)`; makes the folder if it is missing.
  ///
  /// It keeps the extension, which tells some programs the format.
  public static func temporaryPath(for path: String) throws(FileError) -> String {
    let folder = folder(of: path)
    try makeFolder(folder)
    return folder + "/.tmp-\(getpid())-" + URL(fileURLWithPath: path).lastPathComponent
  }

  /// Makes `folder` if it is missing, and checks that files can be written to it.
  /// - Throws: `FileError` with the system's reason.
  public static func probe(folder: String) throws(FileError) {
    let path = try temporaryPath(for: folder + "/probe")
    defer { unlink(path) }
    do { try writeAll([[0]], to: path) } catch {
      throw FileError(path: folder, found: error.found, expected: "a folder that can be written")
    }
  }

  /// Removes the temporary files of killed processes in `folder`. No other process may be writing there.
  /// - Parameter names: of the files that were to be written; `nil` for all.
  public static func removeLeftovers(in folder: String, of names: [String]? = nil) {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for file in present where file.hasPrefix(".tmp-") {
      let name = file.dropFirst(".tmp-".count).drop { $0 != "-" }.dropFirst()
      if names?.contains(String(name)) ?? true { unlink("\(folder)/\(file)") }
    }
  }

  /// Moves a finished temporary file to its final name, replacing an earlier file in one step that survives a power cut.
  public static func rename(_ temporary: String, to path: String) throws(FileError) {
    guard Foundation.rename(temporary, path) == 0 else {
      throw FileError(path: path, found: systemReason(), expected: "a file that can be written")
    }
    try flush(folder: folder(of: path))
  }

  /// Flushes a folder to the disk: the names of its files, which flushing a file does not write.
  ///
  /// Some file systems cannot (EINVAL), nor can a folder without permission to read (EACCES); this is no error.
  /// - Throws: `FileError` with the system's reason.
  static func flush(folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 && errno == EACCES { return }
    guard descriptor >= 0 else { throw FileError(path: folder, found: systemReason(), expected: "a folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError(path: folder, found: systemReason(), expected: "a folder that can be flushed")
    }
  }

  private static func writeAll(_ pieces: [[UInt8]], to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, found: systemReason(), expected: "a file that can be written") }
    defer { close(descriptor) }
    var before = 0
    for bytes in pieces {
      var offset = 0
      while offset < bytes.count {
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
          throw FileError(
            path: path, found: "\(systemReason()) after \(before + offset) bytes",
            expected: "room for \(pieces.reduce(0) { $0 + $1.count }) bytes")
        }
        offset += written
      }
      before += bytes.count
    }
    guard fsync(descriptor) == 0 else { throw FileError(path: path, found: systemReason()) }
  }
}
