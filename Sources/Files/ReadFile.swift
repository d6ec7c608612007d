import Foundation

/// Reads a whole file.
/// - Parameter expected: a description of the file, for the error if it is missing.
/// - Throws: `FileError` that says why it cannot be read.
public func readFile(_ path: String, expected: String = "a file") throws(FileError) -> [UInt8] {
  guard fileExists(path) else { throw FileError(path: path, found: "no such file", expected: expected) }
  guard !isFolder(path) else { throw FileError(path: path, found: "a folder", expected: "a file") }
  guard let data = FileManager.default.contents(atPath: path) else {
    throw FileError(path: path, found: "a file that cannot be read", expected: "permission to read it")
  }
  return [UInt8](data)
}

/// Reads a whole file as UTF-8.
/// - Throws: `FileError` if it cannot be read or is not UTF-8.
public func readText(_ path: String, expected: String = "a file") throws(FileError) -> String {
  guard let text = String(validating: try readFile(path, expected: expected), as: UTF8.self) else {
    throw FileError(path: path, found: "bytes that are not UTF-8", expected: "text")
  }
  return text
}

/// Whether there is a file or folder under `path`.
public func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
