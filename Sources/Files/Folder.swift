import Foundation

/// Makes a folder and those above it, if they are missing. The umask decides the permissions.
/// - Throws: `FileError` that names the one that is in the way, with the system's reason.
public func makeFolder(_ path: String) throws(FileError) {
  if isFolder(path) { return }
  let above = folder(of: path)
  if above != path { try makeFolder(above) }
  if mkdir(path, 0o777) != 0 {
    let reason = systemReason()
    let inTheWay = errno == EEXIST ? FileStatus(path) ?? FileStatus(withoutFollowing: path) : nil
    // Another process may have made it in the meantime.
    guard inTheWay?.isFolder ?? false else {
      throw FileError(path: path, found: inTheWay?.description ?? reason, expected: "a folder that can be written")
    }
  }
  try AtomicFile.flush(folder: above)
}

/// - Throws: `FileError` where `path` is not a folder.
public func requireFolder(_ path: String, expected: String) throws(FileError) {
  guard !isFolder(path) else { return }
  let found = FileStatus(path)?.description ?? (errno == ENOENT ? "no such folder" : systemReason())
  throw FileError(path: path, found: found, expected: expected)
}

/// The folder that a file or folder is in: `.` where the path has none.
func folder(of path: String) -> String { split(path).folder }

/// The folder that a file or folder is in, and its name there.
///
/// Foundation's `URL` would make the path absolute, which fails where the current folder's name is not UTF-8.
public func split(_ path: String) -> (folder: String, name: String) {
  let slash = UInt8(ascii: "/")
  var bytes = Array(path.utf8)
  while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
  guard let end = bytes.lastIndex(of: slash) else { return (".", String(decoding: bytes, as: UTF8.self)) }
  var folder = bytes[...end]
  while folder.count > 1, folder.last == slash { folder.removeLast() }
  return (String(decoding: folder, as: UTF8.self), String(decoding: bytes[(end + 1)...], as: UTF8.self))
}

/// The names in a folder, in the order of their bytes.
/// - Throws: `FileError` where it cannot be read, with the system's reason. Names that are not UTF-8 are left out.
public func folderNames(_ path: String) throws(FileError) -> [String] {
  try requireFolder(path, expected: "a folder")
  guard let folder = opendir(path) else {
    throw FileError(path: path, found: systemReason(), expected: "a folder that can be read")
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      name.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
    }
    if let name, name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.precedes($1) }
}
