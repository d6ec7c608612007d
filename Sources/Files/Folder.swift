import Foundation

/// Makes a folder and those above it, if they are missing.
/// - Throws: `FileError` that names the one that is in the way, with the system's reason.
public func makeFolder(_ path: String) throws(FileError) {
  if isFolder(path) { return }
  let above = folder(of: path)
  if above != path { try makeFolder(above) }
  // Another process may have made it in the meantime.
  guard mkdir(path, 0o755) == 0 || (errno == EEXIST && isFolder(path)) else {
    throw FileError(path: path, found: systemReason(), expected: "a folder that can be written")
  }
  try AtomicFile.flush(folder: above)
}

/// The folder that a file or folder is in.
func folder(of path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

func isFolder(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

/// Why the last system call failed.
func systemReason() -> String { String(cString: strerror(errno)) }
