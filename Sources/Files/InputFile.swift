import Foundation

/// A file that is open for reading, whole or in parts.
///
/// Parts are read into memory of their own, not mapped: a mapped file that another program cuts short ends this one (SIGBUS).
public final class InputFile: Sendable {
  /// As the user named it.
  public let path: String
  /// Length in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32
  /// What came from a pipe, which has no parts; `nil` for a regular file.
  private let piped: [UInt8]?

  /// Most bytes that are taken from a pipe, which may have no end.
  private static let pipeLimit = 1 << 30

  /// Opens a file.
  /// - Parameters:
  ///   - expected: a description of the file, for the error if it is missing.
  ///   - acceptsPipes: whether it may be a pipe, which is read to its end here. A named pipe is waited for until somebody writes
  ///     to it.
  /// - Throws: `FileError` if there is none, if it is a folder, device or socket, or with the system's reason.
  public init(_ path: String, expected: String = "a file", acceptsPipes: Bool = false) throws(FileError) {
    // Before it is opened: that would wait for a pipe's writer, and do things to some devices.
    guard let status = FileStatus(path) else {
      throw FileError(path: path, found: errno == ENOENT ? "no such file" : systemReason(), expected: expected)
    }
    // Standard input may be a socket, or another user's pipe: it can be read, and not opened anew.
    let own = status.isFile ? nil : ownDescriptor(path)
    guard status.isFile || (acceptsPipes && (status.isPipe || (status.isSocket && own != nil))) else {
      let regular = status.isFolder ? "a file" : acceptsPipes ? "a regular file or a pipe" : "a regular file"
      throw FileError(path: path, found: status.description, expected: regular)
    }
    let opened = own.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard opened >= 0 else {
      throw FileError(path: path, found: systemReason(), expected: errno == EACCES ? "permission to read it" : expected)
    }
    do throws(FileError) { piped = status.isFile ? nil : try Self.allBytes(of: opened, path: path) } catch {
      close(opened)
      throw error
    }
    // Another file may have been renamed to the path since.
    (self.path, descriptor, size) = (path, opened, piped?.count ?? FileStatus(descriptor: opened)?.size ?? status.size)
  }

  deinit { close(descriptor) }

  /// All bytes of the file.
  /// - Throws: `FileError` with the system's reason, or where there is too little memory.
  public func contents() throws(FileError) -> [UInt8] {
    if let piped { return piped }
    // More may follow: files in /proc have the length 0.
    var bytes = try read(0..<size)
    bytes += try Self.allBytes(of: descriptor, from: size, path: path)
    return bytes
  }

  /// The bytes of `range`, which lies within `size`.
  /// - Throws: `FileError` where the file has become shorter, the system fails, or there is too little memory.
  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    if let piped { return Array(piped[range]) }
    try Memory.require(range.count, place: path)
    let bytes = try Self.bytes(of: descriptor, range: range, path: path)
    guard bytes.count == range.count else {
      throw FileError(
        path: path, found: "\(range.lowerBound + bytes.count) bytes", expected: "\(size), as when it was opened")
    }
    return bytes
  }

  /// The bytes from `start` to the end; a pipe has none to leave out.
  private static func allBytes(of descriptor: Int32, from start: Int? = nil, path: String) throws(FileError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let next = start.map { $0 + all.count..<$0 + all.count + 1 << 16 } ?? 0..<1 << 16
      let more = try bytes(of: descriptor, range: next, path: path, isPipe: start == nil)
      if more.isEmpty { return all }
      // An array that grows is copied.
      if all.count + more.count > all.capacity { try Memory.require(3 * all.count + more.count, place: path) }
      all += more
      guard all.count <= pipeLimit else {
        throw FileError(path: path, found: "more than \(pipeLimit) bytes from a pipe", expected: "a regular file")
      }
    }
  }

  /// The bytes of `range`, or fewer at the end; of a pipe, the next ones.
  private static func bytes(
    of descriptor: Int32, range: Range<Int>, path: String, isPipe: Bool = false
  ) throws(FileError) -> [UInt8] {
    var hasFailed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let (target, left) = (buffer.baseAddress! + filled, range.count - filled)
        let step =
          isPipe
          ? Foundation.read(descriptor, target, left)
          : pread(descriptor, target, left, off_t(range.lowerBound + filled))
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
