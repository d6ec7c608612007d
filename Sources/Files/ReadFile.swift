/// Reads a whole file.
/// - Parameters:
///   - expected: a description of the file, for the error if it is missing.
///   - acceptsPipes: whether it may be a pipe, such as `/dev/stdin`. Set it only for files that the user names and that are read
///     once: a pipe gives its bytes once, and a named one that nobody writes to is waited for.
/// - Throws: `FileError` that says why it cannot be read.
public func readFile(
  _ path: String, expected: String = "a file", acceptsPipes: Bool = false
) throws(FileError) -> [UInt8] {
  try InputFile(path, expected: expected, acceptsPipes: acceptsPipes).contents()
}

/// Reads a whole file as UTF-8, without the byte order mark that some editors put before it.
/// - Throws: `FileError` if it cannot be read or is not UTF-8.
public func readText(
  _ path: String, expected: String = "a file", acceptsPipes: Bool = false
) throws(FileError) -> String {
  let bytes = try readFile(path, expected: expected, acceptsPipes: acceptsPipes)
  let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  guard let text = String(validating: bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0), as: UTF8.self) else {
    throw FileError(path: path, found: "bytes that are not UTF-8", expected: "text")
  }
  return text
}
