import Files

/// A tensor as a header describes it, before its bytes are located.
///
/// What is accepted is what the reference library accepts: fields of other names are ignored, and the three may also come as a
/// list, in this order.
struct HeaderEntry {
  let name: String
  let type: SafeTensors.ElementType
  let shape: [Int]
  /// From the end of the header on.
  let offsets: (Int, Int)

  private static let fields = ["dtype", "shape", "data_offsets"]

  /// - Throws: `FileError` where a field is missing, repeated or of the wrong kind.
  init(name: String, _ text: ArraySlice<UInt8>, place: String) throws(FileError) {
    let (type, shape, offsets) = try Self.values(text, place: place)
    guard let type = SafeTensors.ElementType(type) else {
      let found = type?.string.map { "the type '\($0)'" } ?? "no type"
      let known = SafeTensors.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(path: place, found: found, expected: known)
    }
    guard let shape = shape?.naturals else {
      throw FileError(path: place, found: "a shape that is not a list of sizes", expected: "such as [10, 20]")
    }
    guard let offsets = offsets?.naturals, offsets.count == 2 else {
      throw FileError(path: place, found: "wrong data_offsets", expected: "two whole numbers")
    }
    (self.name, self.type, self.shape, self.offsets) = (name, type, shape, (offsets[0], offsets[1]))
  }

  /// - Throws: `FileError` where offsets, shape and type do not fit each other.
  func validate(place: String) throws(FileError) {
    guard let size = type.size(of: shape) else {
      throw FileError(
        path: place, found: "the shape \(shape) of \(type.rawValue)", expected: "one of whole bytes that fits in memory")
    }
    guard offsets.0 <= offsets.1, offsets.1 - offsets.0 == size else {
      throw FileError(
        path: place, found: "data_offsets [\(offsets.0), \(offsets.1)]",
        expected: "\(size) bytes for \(type.rawValue) of the shape \(shape)")
    }
  }

  private static func values(
    _ text: ArraySlice<UInt8>, place: String
  ) throws(FileError) -> (type: JSON?, shape: JSON?, offsets: JSON?) {
    let wrong = FileError(path: place, found: "something else", expected: fields.joined(separator: ", "))
    guard let members = try? JSON.members(of: text) else {
      guard case .array(let values)? = try? JSON(parsing: text), values.count == fields.count else { throw wrong }
      return (values[0], values[1], values[2])
    }
    func value(_ field: String) throws(FileError) -> JSON? {
      let texts = members.filter { $0.name == field }
      guard texts.count <= 1 else { throw FileError(path: place, found: "the name '\(field)' twice", expected: "once") }
      return texts.first.flatMap { try? JSON(parsing: $0.value) }
    }
    return (try value(fields[0]), try value(fields[1]), try value(fields[2]))
  }
}

extension SafeTensors.ElementType {
  /// By its name, for which the reference library also accepts an object: `{"F32":null}`.
  fileprivate init?(_ json: JSON?) {
    if case .object(let members)? = json {
      guard members.count == 1, let (name, value) = members.first, value == .null else { return nil }
      self.init(rawValue: name)
    } else {
      self.init(rawValue: json?.string ?? "")
    }
  }
}
