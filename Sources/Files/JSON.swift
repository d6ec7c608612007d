/// A JSON text (RFC 8259), read strictly and with its names in order.
///
/// Foundation's readers keep one of two members of the same name and say nothing; in a file that describes other bytes of
/// itself, that is a mistake or a trick. Here it is an error.
public enum JSON: Equatable, Sendable {
  case object([Member])
  case array([JSON])
  case string(String)
  /// A number without fraction and exponent that fits in 64 bits.
  case integer(Int)
  /// Any other number, `true`, `false` or `null`, as it is written.
  case literal(String)

  /// A name and its value.
  public struct Member: Equatable, Sendable {
    public let name: String
    public let value: JSON
  }

  /// Reads a whole text in UTF-8, with white space around it.
  /// - Throws: `JSONError` at the first byte that is not JSON, or after a name that its object has already.
  public init(parsing text: some Collection<UInt8>) throws(JSONError) {
    var parser = JSONParser(text: Array(text))
    self = try parser.wholeText()
  }

  /// The value of a member of this name; `nil` if there is none, or this is no object.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The numbers of an array of integers.
  public var integers: [Int]? {
    guard case .array(let values) = self else { return nil }
    var integers: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }
}

/// Why a text is not read as JSON.
public enum JSONError: Error, Equatable, CustomStringConvertible {
  /// Not JSON, from this byte on, counted from 0.
  case notJSON(at: Int)
  /// Arrays and objects within each other, more than `JSONParser.deepest`.
  case tooDeep(at: Int)
  /// Two members of one object with the same name.
  case duplicate(name: String)

  public var description: String {
    switch self {
    case .notJSON(let offset): "text that is not JSON at byte \(offset)"
    case .tooDeep(let offset): "JSON nested deeper than \(JSONParser.deepest) levels at byte \(offset)"
    case .duplicate(let name): "the name '\(name)' twice"
    }
  }
}
