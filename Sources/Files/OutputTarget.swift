import Foundation

/// What a path for writing leads to, through symbolic links.
enum OutputTarget {
  /// A regular file, or none yet. The path is not a symbolic link, so that renaming a file to it keeps the link.
  case file(String)
  /// A device or a pipe, which a file must not replace.
  case stream(String)
  /// A descriptor that this process has open already: `/dev/stdout` for example.
  case descriptor(Int32)

  /// - Throws: `FileError` for a folder, a socket, a block device, or links in a circle.
  init(_ path: String) throws(FileError) {
    guard !path.utf8.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
      throw FileError(path: path, found: "the name of a folder", expected: "that of a file")
    }
    if let own = ownDescriptor(path) {
      let flags = fcntl(own, F_GETFL)
      guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
        throw FileError(path: path, found: "a descriptor that is not open for writing", expected: Self.writable)
      }
      self = .descriptor(own)
      return
    }
    guard let status = FileStatus(path) else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw FileError(path: path, found: systemReason(), expected: Self.writable)
      }
      self = .file(try Self.end(ofLinks: path))
      return
    }
    switch status {
    case _ where status.isFile: self = .file(try Self.end(ofLinks: path))
    case _ where status.isPipe || status.isCharacterDevice: self = .stream(path)
    default: throw FileError(path: path, found: status.description, expected: Self.writable)
    }
  }

  /// Opens a stream, and waits for the reader of a named pipe.
  /// - Throws: `FileError` with the system's reason.
  static func open(_ stream: String) throws(FileError) -> Int32 {
    let descriptor = Foundation.open(stream, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileError(path: stream, found: systemReason(), expected: writable) }
    return descriptor
  }

  static let writable = "a file that can be written"

  /// The path that is no symbolic link; there may be no file under it.
  private static func end(ofLinks path: String) throws(FileError) -> String {
    var end = path
    // As many as the system follows.
    for _ in 0...40 {
      guard let target = linkTarget(end) else { return end }
      // The text of such a link need not be a name.
      guard realPath(folder(of: end))?.starts(with: Array("/proc/".utf8)) != true else {
        throw FileError(path: path, found: "a descriptor of another process", expected: writable)
      }
      guard let name = String(validating: target, as: UTF8.self) else {
        throw FileError(path: path, found: "a symbolic link to a name that is not UTF-8", expected: writable)
      }
      end = name.hasPrefix("/") ? name : folder(of: end) + "/" + name
    }
    throw FileError(path: path, found: "too many symbolic links", expected: writable)
  }
}

/// The number of a descriptor of this process that `path` names, directly or through symbolic links: 1 for `/dev/stdout`.
///
/// To open such a path is to open the file anew, from its beginning, and is not possible for a socket.
public func ownDescriptor(_ path: String) -> Int32? {
  var path = path
  for _ in 0...40 {
    let (folder, name) = split(path)
    if let real = realPath(folder), ["/proc/self/fd", "/proc/thread-self/fd"].contains(where: { realPath($0) == real }),
      let number = Int32(name), "\(number)" == name
    {
      return number
    }
    guard let target = linkTarget(path) else { return nil }
    let link = String(decoding: target, as: UTF8.self)
    path = link.hasPrefix("/") ? link : folder + "/" + link
  }
  return nil
}

/// The bytes of the path without symbolic links; `nil` where there is nothing.
private func realPath(_ path: String) -> [UInt8]? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return Array(UnsafeBufferPointer(start: real, count: strlen(real))).map { UInt8(bitPattern: $0) }
}

/// The bytes in a symbolic link; `nil` if it is none.
private func linkTarget(_ path: String) -> ArraySlice<UInt8>? {
  var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
  let count = bytes.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
  return count > 0 ? bytes[..<count] : nil
}
