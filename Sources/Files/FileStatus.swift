import Foundation

/// What lies under a path, as the system describes it. `nil`, with `errno` set, where there is nothing or it cannot be told.
///
/// Foundation's `FileManager` gives no reasons, and takes a folder without permission for one that is missing.
struct FileStatus {
  private let record: stat

  /// Through symbolic links.
  init?(_ path: String) {
    var record = stat()
    guard stat(path, &record) == 0 else { return nil }
    self.record = record
  }

  /// Of an open file.
  init?(descriptor: Int32) {
    var record = stat()
    guard fstat(descriptor, &record) == 0 else { return nil }
    self.record = record
  }

  /// Of a symbolic link itself.
  init?(withoutFollowing path: String) {
    var record = stat()
    guard lstat(path, &record) == 0 else { return nil }
    self.record = record
  }

  private var type: mode_t { record.st_mode & S_IFMT }

  var isFile: Bool { type == S_IFREG }
  var isFolder: Bool { type == S_IFDIR }
  var isPipe: Bool { type == S_IFIFO }
  var isSocket: Bool { type == S_IFSOCK }
  var isCharacterDevice: Bool { type == S_IFCHR }

  /// Length in bytes.
  var size: Int { Int(record.st_size) }
  /// The permissions.
  var mode: mode_t { record.st_mode & 0o7777 }
  var owner: uid_t { record.st_uid }
  var group: gid_t { record.st_gid }

  /// Whether both are about one file.
  func isSame(as other: FileStatus) -> Bool {
    record.st_dev == other.record.st_dev && record.st_ino == other.record.st_ino
  }

  /// In words, for an error.
  var description: String {
    switch type {
    case S_IFREG: "a file"
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFLNK: "a symbolic link to nothing"
    default: "a device"
    }
  }
}

/// Whether there is a file or folder under `path`. If it cannot be told, the answer is yes: reading it then gives the reason.
public func fileExists(_ path: String) -> Bool { FileStatus(path) != nil || (errno != ENOENT && errno != ENOTDIR) }

/// Whether a regular file lies under `path`: not a folder, device, pipe or socket.
public func isRegularFile(_ path: String) -> Bool { FileStatus(path)?.isFile ?? false }

/// Length of the file under `path` in bytes; `nil` if there is none.
public func fileSize(_ path: String) -> Int? { FileStatus(path)?.size }

/// Whether a folder lies under `path`.
public func isFolder(_ path: String) -> Bool { FileStatus(path)?.isFolder ?? false }

/// Whether two paths lead to one file, through links of any kind.
public func isSameFile(_ path: String, _ other: String) -> Bool {
  guard let a = FileStatus(path), let b = FileStatus(other) else { return false }
  return a.isSame(as: b)
}

/// Why the last system call failed.
func systemReason() -> String { String(cString: strerror(errno)) }
