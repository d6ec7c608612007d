import Files

extension SafeTensors {
  /// What the header of a file says of each tensor, checked against itself and the length of the file.
  public struct Header: Sendable {
    /// In the order of their bytes in the file.
    public let entries: [Entry]
    /// Text by name, kept beside the tensors.
    public let metadata: [String: String]

    /// A tensor and where its bytes are.
    public struct Entry: Equatable, Sendable {
      public let name: String
      /// How an element is stored.
      public let type: ElementType
      /// The extent of each dimension, the slowest first.
      public let shape: [Int]
      /// The bytes of its elements, counted from the beginning of the file.
      public let range: Range<Int>
    }
  }
}

extension SafeTensors.Header {
  /// Headers are a few kilobytes; the reference library has this limit too.
  private static let longest = 100_000_000

  /// Reads the header of a file.
  /// - Parameter name: the tensor that is looked for. If the file is an index of shards, the error names the one that holds it.
  /// - Throws: `FileError` that names what is wrong in the header, or says what the file is if it is something else.
  public init(of file: InputFile, lookingFor name: String? = nil) throws(FileError) {
    do {
      try self.init(size: file.size, path: file.path) { range throws(FileError) in try file.read(range) }
    } catch {
      throw try OtherFormat(of: file)?.error(about: file, lookingFor: name) ?? error
    }
  }

  /// Decodes the header of a file whose bytes are `file`; `path` is for the errors.
  /// - Throws: `FileError` that names what is wrong in the header.
  public init(decoding file: [UInt8], path: String) throws(FileError) {
    try self.init(size: file.count, path: path) { Array(file[$0]) }
  }

  /// Decodes the header of a file of `size` bytes that `read` gives; `path` is for the errors.
  private init(
    size: Int, path: String, read: (Range<Int>) throws(FileError) -> [UInt8]
  ) throws(FileError) {
    guard size >= 8 else {
      throw FileError(path: path, found: "\(size) bytes", expected: "a safetensors file, 8 bytes or more")
    }
    let length = try read(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.longest) else {
      throw FileError(
        path: path, found: "a header of \(length) bytes", expected: "at most \(Self.longest): this is not a safetensors file"
      )
    }
    guard Int(length) <= size - 8 else {
      throw FileError(
        path: path, found: "\(size) bytes", expected: "\(length + 8) or more, by its header: the file is cut short")
    }
    // Most headers of this length need less.
    try Memory.require(12 * Int(length), place: "\(path): header")
    let end = 8 + Int(length)
    var metadata: [String: String]?
    // As in the reference library, the last of several tensors with the same name counts.
    var described: [[UInt8]: HeaderEntry] = [:]
    for (name, value) in try Self.members(of: try read(8..<end), place: "\(path): header") {
      if name == "__metadata__" {
        guard metadata == nil else {
          throw FileError(path: "\(path): header", found: "the name '\(name)' twice", expected: "once")
        }
        metadata = try Self.metadata(value, place: "\(path): \(name)")
      } else {
        described[Array(name.utf8)] = try HeaderEntry(name: name, value, place: "\(path): tensor '\(name)'")
      }
    }
    entries = try Self.located(Array(described.values), from: end, size: size, path: path)
    self.metadata = metadata ?? [:]
  }

  /// The tensors in the order of their bytes, which must follow each other without gaps, from `start` to the end of the file.
  private static func located(
    _ described: [HeaderEntry], from start: Int, size: Int, path: String
  ) throws(FileError) -> [Entry] {
    // An empty tensor has the offset of the next one, and comes before it.
    let sorted = described.sorted { first, second in
      let (a, b) = (first.offsets, second.offsets)
      return a == b ? first.name.precedes(second.name) : a < b
    }
    var (end, before) = (0, "the header")
    for entry in sorted {
      try entry.validate(place: "\(path): tensor '\(entry.name)'")
      guard entry.offsets.0 == end else {
        throw FileError(
          path: path, found: "tensor '\(entry.name)' from byte \(entry.offsets.0) of the elements on",
          expected: "\(end), where \(before) ends" + (entry.offsets.0 < end ? ": these tensors share memory" : ""))
      }
      (end, before) = (entry.offsets.1, "'\(entry.name)'")
    }
    guard end <= size - start else {
      throw FileError(path: path, found: "\(size) bytes", expected: "\(UInt(start) + UInt(end)): the file is cut short")
    }
    guard end == size - start else {
      throw FileError(
        path: path, found: "\(size - start) bytes after the header", expected: "\(end), all of them in a tensor")
    }
    return sorted.map {
      Entry(name: $0.name, type: $0.type, shape: $0.shape, range: start + $0.offsets.0..<start + $0.offsets.1)
    }
  }

  private static func metadata(_ value: ArraySlice<UInt8>, place: String) throws(FileError) -> [String: String] {
    if value.elementsEqual("null".utf8) { return [:] }
    var metadata: [String: String] = [:]
    for (name, value) in try members(of: value, place: place) {
      guard let text = (try? JSON(parsing: value))?.string else {
        throw FileError(path: place, found: "something else", expected: "text by name")
      }
      metadata[name] = text
    }
    return metadata
  }

  private static func members(
    of text: some Collection<UInt8>, place: String
  ) throws(FileError) -> [(name: String, value: ArraySlice<UInt8>)] {
    let found: String
    do {
      if let members = try JSON.members(of: text) { return members }
      found = "JSON that is not an object"
    } catch { found = "\(error)" }
    throw FileError(path: place, found: found, expected: "an object")
  }
}
