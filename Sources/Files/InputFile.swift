import Foundation

/// A file that is open for reading, until this value goes.
public struct InputFile: ~Copyable {
  /// For the system's calls.
  public let descriptor: Int32
  /// Length of a regular file in bytes when it was opened; 0 for a pipe.
  public let size: Int
  private let path: String

  /// Most bytes that are taken from a pipe, which may have no end.
  static let pipeLimit = 1 << 30

  /// Opens a file.
  /// - Parameters:
  ///   - expected: a description of the file, for the error if it is missing.
  ///   - acceptsPipes: whether it may be a pipe. A named pipe is waited for until somebody writes to it.
  /// - Throws: `FileError` if there is none, if it is a folder, device or socket, or with the system's reason.
  public init(_ path: String, expected: String = "a file", acceptsPipes: Bool = false) throws(FileError) {
    // Before it is opened: that would wait for a pipe's writer, and do things to some devices.
    guard let status = FileStatus(path) else {
      throw FileError(path: path, found: errno == ENOENT ? "no such file" : systemReason(), expected: expected)
    }
    // Standard input is a socket under some servers; it can be read, and not opened.
    let own = status.isSocket ? ownDescriptor(path) : nil
    guard status.isFile || (acceptsPipes && (status.isPipe || own != nil)) else {
      let regular = status.isFolder ? "a file" : acceptsPipes ? "a regular file or a pipe" : "a regular file"
      throw FileError(path: path, found: status.description, expected: regular)
    }
    let opened = own.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard opened >= 0 else {
      throw FileError(path: path, found: systemReason(), expected: errno == EACCES ? "permission to read it" : expected)
    }
    (self.path, descriptor, size) = (path, opened, status.isFile ? status.size : 0)
  }

  deinit { close(descriptor) }

  /// The next bytes: `count`, or fewer at the end.
  /// - Throws: `FileError` with the system's reason.
  func read(upTo count: Int) throws(FileError) -> [UInt8] {
    var hasFailed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let step = Foundation.read(descriptor, buffer.baseAddress! + filled, count - filled)
        if step < 0 && mayGoOn(descriptor, for: POLLIN) { continue }
        hasFailed = step < 0
        if step <= 0 { return }
        filled += step
      }
    }
    guard !hasFailed else { throw FileError(path: path, found: systemReason(), expected: "bytes that can be read") }
    return bytes
  }
}

/// Whether a read or write that just failed is to be tried again: it was interrupted, or another process has made the descriptor,
/// which is shared, one that does not wait. Then this waits.
func mayGoOn(_ descriptor: Int32, for event: Int32) -> Bool {
  if errno == EINTR { return true }
  guard errno == EAGAIN else { return false }
  var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
  _ = poll(&state, 1, -1)
  return true
}
