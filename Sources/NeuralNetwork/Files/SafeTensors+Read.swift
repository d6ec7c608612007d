import Files

extension SafeTensors {
  /// Reads all tensors of a file.
  /// - Throws: `FileError` that names what is wrong in the header: its length, a type, a shape, an offset.
  public init(readingFrom path: String) throws(FileError) {
    let file = try InputFile(path)
    let header = try Header(of: file)
    metadata = header.metadata
    for entry in header.entries { tensors.append((entry.name, try entry.tensor(from: file))) }
  }

  /// Decodes the bytes of a file; `path` is for the errors.
  public init(decoding file: [UInt8], path: String) throws(FileError) {
    let header = try Header(decoding: file, path: path)
    metadata = header.metadata
    tensors = header.entries.map { ($0.name, Tensor(type: $0.type, shape: $0.shape, bytes: Array(file[$0.range]))) }
  }
}

extension SafeTensors.Header {
  /// The tensor of this name; without a name, the only one of two dimensions.
  /// - Parameter path: the file, for the error.
  /// - Throws: `FileError` that lists the tensors, where none has this name, or not exactly one has two dimensions.
  public func entry(named name: String?, path: String) throws(FileError) -> Entry {
    if let name {
      guard let entry = entries.first(where: { $0.name.isIdentical(to: name) }) else {
        throw FileError(path: path, found: "no tensor '\(name)'", expected: "one of these: \(Self.list(entries))")
      }
      return entry
    }
    let matrices = entries.filter { $0.shape.count == 2 }
    guard matrices.count == 1 else {
      let found = "\(matrices.isEmpty ? "no" : "\(matrices.count)") tensors of two dimensions"
      let expected = matrices.isEmpty ? "one; there is: \(Self.list(entries))" : "the name of one: \(Self.list(matrices))"
      throw FileError(path: path, found: found, expected: expected)
    }
    return matrices[0]
  }

  /// Names and shapes in one line, of the first 50.
  private static func list(_ entries: [Entry]) -> String {
    let shown = entries.prefix(50).map { "\($0.name) \($0.shape)" }
    let more = entries.count > shown.count ? ["and \(entries.count - shown.count) more"] : []
    return entries.isEmpty ? "nothing" : (shown + more).joined(separator: ", ")
  }
}

extension SafeTensors.Header.Entry {
  /// Reads the tensor, and nothing else of the file.
  /// - Throws: `FileError` where the file cannot be read.
  public func tensor(from file: InputFile) throws(FileError) -> SafeTensors.Tensor {
    SafeTensors.Tensor(type: type, shape: shape, bytes: try file.read(range))
  }

  /// Rows and columns, where the tensor can be read as a matrix that is not empty.
  /// - Parameter place: the file and tensor, for the error.
  /// - Throws: `FileError` where there are not two dimensions, one has no extent, or the type is not converted.
  public func matrixShape(place: String) throws(FileError) -> (rows: Int, columns: Int) {
    let (rows, columns) = try SafeTensors.matrixShape(shape, type: type, place: place)
    guard rows > 0, columns > 0 else {
      throw FileError(path: place, found: "the shape \(shape)", expected: "one row and one column or more")
    }
    return (rows, columns)
  }
}
