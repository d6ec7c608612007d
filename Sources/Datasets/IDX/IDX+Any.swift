import Files

extension IDX {
  /// The types of elements that the format has, by the third byte of a file; only bytes are read.
  private static let types: [UInt8: String] = [
    0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers", 0x0D: "32-bit floating point",
    0x0E: "64-bit floating point",
  ]

  /// Decodes a file of bytes with any number of dimensions, the slowest first.
  /// - Throws: `FileError` for a file of another format or type, or a length that does not fit the dimensions.
  static func bytes(of file: [UInt8], path: String) throws(FileError) -> (extents: [Int], elements: [UInt8]) {
    guard file.count >= 4, file[0] == 0, file[1] == 0, file[2] == 0x08 || types[file[2]] != nil, file[3] > 0 else {
      let found = file.isEmpty ? "an empty file" : "a file that does not begin like IDX"
      throw FileError(path: path, found: found, expected: "an IDX file, perhaps compressed by gzip, or .safetensors")
    }
    if let type = types[file[2]] {
      throw FileError(
        path: path, found: "an IDX file of \(type)", expected: "bytes; numbers are read from .safetensors with x and y")
    }
    let header = 4 + 4 * Int(file[3])
    guard file.count >= header else {
      throw FileError(path: path, found: "\(file.count) bytes", expected: "a header of \(header) bytes")
    }
    let extents = (0..<Int(file[3])).map { Int(word(of: file, at: 4 + 4 * $0)) }
    let size = extents.reduce(Int?(1)) { size, extent in
      guard let (product, overflow) = size?.multipliedReportingOverflow(by: extent), !overflow else { return nil }
      return product
    }
    guard let size, size == file.count - header else {
      throw FileError(
        path: path, found: "\(file.count - header) bytes behind the header",
        expected: "\(size.map { "\($0)" } ?? "more than can be"), for \(extents.map { "\($0)" }.joined(separator: "×"))")
    }
    return (extents, Array(file[header...]))
  }
}
