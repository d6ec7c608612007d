import Foundation

extension AtomicFile {
  /// Writes and flushes a new file, with the permissions and the owner of the one that it is to replace.
  /// - Parameter name: the file's name in errors.
  static func writeTemporary(
    _ pieces: [[UInt8]], to temporary: String, replacing path: String?, named name: String
  ) throws(FileError) {
    let earlier = path.flatMap { FileStatus($0) }
    // The umask is for new files. The permissions are there from the beginning: nobody else reads a private file meanwhile.
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, earlier?.mode ?? 0o666)
    guard descriptor >= 0 else {
      throw FileError(path: name, found: systemReason(), expected: OutputTarget.writable)
    }
    defer { close(descriptor) }
    try write(pieces, to: descriptor, named: name)
    if let earlier {
      // Only an administrator may give a file away; the group alone may be possible. What is not possible is no error.
      if fchown(descriptor, earlier.owner, earlier.group) != 0 { _ = fchown(descriptor, uid_t.max, earlier.group) }
      _ = fchmod(descriptor, earlier.mode)
    }
    guard fsync(descriptor) == 0 else { throw FileError(path: name, found: systemReason()) }
  }

  /// Writes to a device or a pipe. A pipe whose reader has gone is an error, and does not end the program.
  static func writeStream(_ pieces: [[UInt8]], to descriptor: Int32, named name: String) throws(FileError) {
    let handler = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, handler) }
    try write(pieces, to: descriptor, named: name)
  }

  /// Writes all of `pieces`, one behind the other, wherever `descriptor` leads.
  /// - Parameter name: the file's name in errors.
  /// - Throws: `FileError` with the system's reason, and the number of bytes before it.
  public static func write(_ pieces: [[UInt8]], to descriptor: Int32, named name: String) throws(FileError) {
    var before = 0
    for bytes in pieces {
      var offset = 0
      while offset < bytes.count {
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
        if written < 0 && mayGoOn(descriptor, for: POLLOUT) { continue }
        guard written > 0 else {
          let isFull = [ENOSPC, EDQUOT, EFBIG].contains(errno)
          let found = "\(systemReason()) after \(before + offset) bytes"
          let all = "\(pieces.reduce(0) { $0 + $1.count }) bytes"
          throw FileError(path: name, found: found, expected: isFull ? "room for \(all)" : "\(all) to be written")
        }
        offset += written
      }
      before += bytes.count
    }
  }
}
