import Foundation

extension AtomicFile {
  /// Writes and flushes a new file, with the permissions and the owner of the one that it is to replace.
  /// - Parameter name: the file's name in errors.
  static func writeTemporary(
    _ pieces: [[UInt8]], to temporary: String, replacing path: String?, named name: String
  ) throws(FileError) {
    let descriptor = try create(temporary, replacing: path, named: name)
    defer { close(descriptor) }
    try write(pieces, to: descriptor, named: name)
    guard fsync(descriptor) == 0 else { throw FileError(path: name, found: systemReason()) }
  }

  /// Makes a new file for writing, with the permissions and the owner of the one that it is to replace.
  /// - Returns: its descriptor, which the caller closes.
  static func create(_ temporary: String, replacing path: String?, named name: String) throws(FileError) -> Int32 {
    let earlier = path.flatMap { FileStatus($0) }
    // A process that was killed may have left one of this name.
    unlink(temporary)
    // The umask is for new files. Until it has its owner and group, a replacement is the owner's alone.
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, earlier == nil ? 0o666 : 0o600)
    guard descriptor >= 0 else {
      throw FileError(path: name, found: systemReason(), expected: OutputTarget.writable)
    }
    if let earlier {
      // Only an administrator may give a file away; the group alone may be possible. A failure is ignored, but another group
      // does not get the permissions of the earlier one.
      let isGiven = fchown(descriptor, earlier.owner, earlier.group) == 0
      let hasGroup = isGiven || fchown(descriptor, uid_t.max, earlier.group) == 0
      _ = fchmod(descriptor, earlier.mode & (hasGroup ? 0o777 : 0o707))
    }
    return descriptor
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
