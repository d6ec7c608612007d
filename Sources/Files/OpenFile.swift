import Foundation

/// A regular file that is open, of which parts are read.
///
/// Parts are read into memory of their own, not mapped: a mapped file that another program cuts short ends this one (SIGBUS).
public final class OpenFile: Sendable {
  /// As the user named it.
  public let path: String
  /// Length in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32

  /// Opens the file for reading. `/dev/stdin` is one where standard input comes from a file.
  /// - Throws: `FileError` where it cannot be read, or is a folder, a pipe or a device: these have no parts.
  public init(_ path: String) throws(FileError) {
    // A pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let found = errno == ENOENT ? "no such file" : systemReason()
      throw FileError(path: path, found: found, expected: "a file that can be read")
    }
    var status = stat()
    let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    guard kind == S_IFREG else {
      close(descriptor)
      let found = [S_IFDIR: "a folder", S_IFIFO: "a pipe", S_IFSOCK: "a socket"][kind] ?? "a device"
      throw FileError(path: path, found: found, expected: "a regular file, of which parts are read")
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// The bytes of `range`.
  /// - Throws: `FileError` where the file has become shorter, the system fails, or there is too little memory.
  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    try Memory.require(range.count, place: path)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let read = pread(descriptor, buffer.baseAddress! + count, range.count - count, off_t(range.lowerBound + count))
        if read < 0 && errno == EINTR { continue }
        guard read > 0 else {
          let found = read < 0 ? systemReason() : "\(range.lowerBound + count) bytes"
          failure = FileError(path: path, found: found, expected: "\(size) bytes, as when it was opened")
          return
        }
        count += read
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
