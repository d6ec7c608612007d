import Foundation

/// Whole files, written so that a reader never sees half of one.
///
/// A file under a symbolic link is replaced, and the link stays. The new file has the permissions of the earlier one, and its
/// owner where the system allows that; without an earlier one the umask decides. Another hard link to the earlier file keeps the
/// earlier contents, because the new file is another one; access control lists and extended attributes are not kept.
///
/// What is not a regular file is not replaced: devices, pipes and descriptors such as `/dev/stdout` are written to as they are.
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
  /// was, then what is not a regular file, then renames each, in the order given.
  /// - Throws: `FileError` with the system's reason.
  public static func write(_ files: [(path: String, bytes: [UInt8])]) throws(FileError) {
    try write(files.map { ($0.path, [$0.bytes]) })
  }

  /// Writes `text` as UTF-8; see `write(_:to:)` for bytes.
  public static func write(_ text: String, to path: String) throws(FileError) { try write(Array(text.utf8), to: path) }

  private static func write(_ files: [(path: String, pieces: [[UInt8]])]) throws(FileError) {
    var temporaries: [(temporary: String, path: String)] = []
    var streams: [(descriptor: Int32, path: String, pieces: [[UInt8]])] = []
    defer {
      for (temporary, _) in temporaries { unlink(temporary) }
      for stream in streams { close(stream.descriptor) }
    }
    var ends: [(end: String, path: String, pieces: [[UInt8]])] = []
    // A named pipe is waited for before anything is written.
    for (path, pieces) in files {
      switch try OutputTarget(path) {
      case .file(let end): ends.append((end, path, pieces))
      case .stream(let stream): streams.append((try OutputTarget.open(stream), path, pieces))
      case .descriptor(let own):
        let copy = fcntl(own, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw FileError(path: path, found: systemReason(), expected: OutputTarget.writable) }
        streams.append((copy, path, pieces))
      }
    }
    for (end, path, pieces) in ends {
      let temporary = try temporaryPath(for: end)
      temporaries.append((temporary, end))
      try writeTemporary(pieces, to: temporary, replacing: end, named: path)
    }
    for (descriptor, path, pieces) in streams { try writeStream(pieces, to: descriptor, named: path) }
    for (temporary, path) in temporaries { try rename(temporary, to: path) }
  }

  /// A name beside `path`, which is no symbolic link; makes the folder if it is missing.
  static func temporaryPath(for path: String) throws(FileError) -> String {
    let (folder, name) = split(path)
    try makeFolder(folder)
    // File systems allow names of 255 bytes.
    return folder + "/.tmp-\(getpid())-" + String(decoding: name.utf8.suffix(220), as: UTF8.self)
  }

  /// Checks before a long work that `path` can be written, as far as that can be known; makes its folder if it is missing.
  /// - Throws: `FileError` with the system's reason.
  public static func probe(file path: String) throws(FileError) {
    switch try OutputTarget(path) {
    case .file(let end): try probe(beside: end, named: path)
    case .stream where access(path, W_OK) != 0:
      throw FileError(path: path, found: systemReason(), expected: OutputTarget.writable)
    case .stream, .descriptor: break
    }
  }

  /// Makes `folder` if it is missing, and checks that files can be written to it.
  /// - Throws: `FileError` with the system's reason.
  public static func probe(folder: String) throws(FileError) {
    do { try probe(beside: folder + "/probe", named: folder) } catch {
      throw FileError(path: error.path, found: error.found, expected: "a folder that can be written")
    }
  }

  private static func probe(beside path: String, named name: String) throws(FileError) {
    let temporary = try temporaryPath(for: path)
    defer { unlink(temporary) }
    try writeTemporary([[0]], to: temporary, replacing: nil, named: name)
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
      throw FileError(path: path, found: systemReason(), expected: OutputTarget.writable)
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
}
