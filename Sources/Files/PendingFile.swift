import Foundation

/// A file of known size that is written piece by piece under a temporary name, and gets its own name at the end.
///
/// Without `commit`, nothing stays behind: an earlier file under the name is as it was.
public final class PendingFile {
  /// As the user named it.
  public let path: String
  /// The name until `commit`. Whoever ends the program without unwinding must remove this file.
  public let temporary: String
  /// Bytes of the whole file.
  public let size: Int
  /// Bytes written so far.
  public private(set) var count = 0
  private let end: String
  private var descriptor: Int32

  /// Makes the temporary file, and its folder if that is missing. Takes its room on the disk now, where the file system can.
  /// - Throws: `FileError` where `path` leads to something else than a regular file, the disk has less room than `size`, or with
  ///   the system's reason.
  public init(_ path: String, size: Int) throws(FileError) {
    guard case .file(let end) = try OutputTarget(path) else {
      throw FileError(path: path, found: "a device or a pipe", expected: "a regular file")
    }
    (self.path, self.end, self.size) = (path, end, size)
    temporary = try AtomicFile.temporaryPath(for: end)
    descriptor = try AtomicFile.create(temporary, replacing: end, named: path)
    // Where there is another reason, the writing will tell.
    let status = size > 0 ? posix_fallocate(descriptor, 0, off_t(size)) : 0
    if [ENOSPC, EDQUOT, EFBIG].contains(status) {
      throw FileError(path: path, found: String(cString: strerror(status)), expected: "room for \(size) bytes")
    }
  }

  deinit { discard() }

  /// Writes the next bytes.
  /// - Throws: `FileError` with the system's reason.
  public func append(_ bytes: [UInt8]) throws(FileError) {
    precondition(count + bytes.count <= size, "more bytes than were announced")
    do throws(FileError) { try AtomicFile.write([bytes], to: descriptor, named: path) } catch {
      throw FileError(path: path, found: "\(error.found), \(count) before them", expected: "room for \(size) bytes")
    }
    count += bytes.count
  }

  /// Writes the whole file.
  /// - Throws: `FileError` as `init(_:size:)` and `append(_:)`.
  public convenience init(_ path: String, text: String) throws(FileError) { try self.init(path, bytes: Array(text.utf8)) }

  /// Writes the whole file.
  /// - Throws: `FileError` as `init(_:size:)` and `append(_:)`.
  public convenience init(_ path: String, bytes: [UInt8]) throws(FileError) {
    try self.init(path, size: bytes.count)
    try append(bytes)
  }

  /// Flushes the file to the disk: what takes time of `commit`.
  /// - Throws: `FileError` with the system's reason.
  public func flush() throws(FileError) {
    precondition(count == size, "\(count) bytes of \(size)")
    guard fsync(descriptor) == 0 else { throw FileError(path: path, found: systemReason()) }
  }

  /// Gives the file, which has been flushed, its name, in one step that survives a power cut.
  /// - Throws: `FileError` with the system's reason; nothing stays behind then either.
  public func commit() throws(FileError) {
    precondition(count == size, "\(count) bytes of \(size)")
    try AtomicFile.rename(temporary, to: end)
    close(descriptor)
    descriptor = -1
  }

  private func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
    descriptor = -1
  }
}
