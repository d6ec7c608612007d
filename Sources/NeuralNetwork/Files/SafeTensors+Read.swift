import Files

extension SafeTensors {
  /// Headers are a few kilobytes; the format allows 100 MB.
  private static let longestHeader = 100_000_000

  /// Reads a file of tensors.
  /// - Throws: `FileError` that names what is wrong in the header: its length, a type, a shape, an offset.
  public init(readingFrom path: String) throws(FileError) {
    try self.init(decoding: try readFile(path, acceptsPipes: true), path: path)
  }

  /// Decodes the bytes of a file; `path` is for the errors.
  public init(decoding file: [UInt8], path: String) throws(FileError) {
    guard file.count >= 8 else {
      throw FileError(path: path, found: "\(file.count) bytes", expected: "a safetensors file, 8 bytes or more")
    }
    let length = file[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let longest = min(file.count - 8, Self.longestHeader)
    guard length <= UInt64(longest) else {
      throw FileError(
        path: path, found: "a header of \(length) bytes", expected: "at most \(longest) in a file of \(file.count) bytes")
    }
    let header = file[8..<8 + Int(length)]
    let data = file[(8 + Int(length))...]
    var entries: [(name: String, entry: Entry)] = []
    for (name, value) in try Self.members(of: header, path: path) {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path: path)
      } else {
        entries.append((name, try Entry(value, place: "\(path): tensor '\(name)'", available: data.count)))
      }
    }
    // An empty tensor has the offset of the next one, and is sorted before it.
    entries.sort {
      ($0.entry.range.lowerBound, $0.entry.range.upperBound, $0.name) < (
        $1.entry.range.lowerBound, $1.entry.range.upperBound, $1.name
      )
    }
    for (first, second) in zip(entries, entries.dropFirst())
    where first.entry.range.upperBound > second.entry.range.lowerBound {
      throw FileError(
        path: path, found: "tensors '\(first.name)' and '\(second.name)' that overlap", expected: "each its own bytes")
    }
    let described = entries.reduce(0) { $0 + $1.entry.range.count }
    guard described == data.count else {
      throw FileError(
        path: path, found: "\(data.count) bytes after the header", expected: "\(described), all of them in a tensor")
    }
    tensors = entries.map { name, entry in
      let range = entry.range.lowerBound + data.startIndex..<entry.range.upperBound + data.startIndex
      return (name, Tensor(type: entry.type, shape: entry.shape, bytes: Array(data[range])))
    }
  }

  private static func members(of header: ArraySlice<UInt8>, path: String) throws(FileError) -> [(name: String, value: JSON)]
  {
    let json: JSON
    do { json = try JSON(parsing: header) } catch {
      throw FileError(path: "\(path): header", found: "\(error)", expected: "an object of tensors, each name once")
    }
    guard case .object(let members) = json else {
      throw FileError(path: "\(path): header", found: "JSON that is not an object", expected: "an object of tensors")
    }
    // If there are several errors, the first by name is reported.
    return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func metadata(_ value: JSON, path: String) throws(FileError) -> [String: String] {
    let wrong = FileError(path: "\(path): __metadata__", found: "something else", expected: "text by name")
    guard case .object(let members) = value else { throw wrong }
    var metadata: [String: String] = [:]
    for (name, value) in members {
      guard let text = value.string else { throw wrong }
      metadata[name] = text
    }
    return metadata
  }

  /// A tensor as the header describes it, checked against itself and the file's length.
  private struct Entry {
    let type: ElementType
    let shape: [Int]
    let range: Range<Int>

    init(_ fields: JSON, place: String, available: Int) throws(FileError) {
      guard case .object = fields else {
        throw FileError(path: place, found: "something else", expected: "dtype, shape and data_offsets")
      }
      let name = fields["dtype"]?.string
      guard let type = name.flatMap(ElementType.init(rawValue:)) else {
        throw FileError(
          path: place, found: "the type \(name.map { "'\($0)'" } ?? "of nothing")",
          expected: ElementType.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard let shape = fields["shape"]?.integers, shape.allSatisfy({ $0 >= 0 }) else {
        throw FileError(path: place, found: "a shape that is not a list of sizes", expected: "such as [10, 20]")
      }
      var size = type.size
      for extent in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: extent)
        guard !overflow else {
          throw FileError(path: place, found: "the shape \(shape)", expected: "one that fits in memory")
        }
        size = product
      }
      guard let offsets = fields["data_offsets"]?.integers, offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
        offsets[1] <= available
      else { throw FileError(path: place, found: "wrong data_offsets", expected: "a range within \(available) bytes") }
      guard offsets[1] - offsets[0] == size else {
        throw FileError(path: place, found: "\(offsets[1] - offsets[0]) bytes", expected: "\(size) for the shape \(shape)")
      }
      (self.type, self.shape, range) = (type, shape, offsets[0]..<offsets[1])
    }
  }
}
