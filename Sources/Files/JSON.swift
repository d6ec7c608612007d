/// A JSON text (RFC 8259): read strictly, written with sorted names.
///
/// Foundation's reader keeps one of two members of the same name and rounds large integers. Here a repeated
/// name is an error, and a number keeps its digits.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as it is written.
  case number(String)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// A number in its shortest form: 12, not 12.0.
  public static func number(_ value: Double) -> JSON {
    precondition(value.isFinite, "JSON has no number \(value)")
    let text = "\(value)"
    return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// A whole number, exact.
  public static func number(_ value: some BinaryInteger) -> JSON { .number("\(value)") }

  /// Reads a whole text in UTF-8, with white space around it.
  /// - Throws: `JSONError` at the first byte that is not JSON, or after a name that its object has already.
  public init(parsing text: some Collection<UInt8>) throws(JSONError) {
    var parser = JSONParser(text: Array(text))
    self = try parser.wholeText()
  }

  /// The members of the object that a text is, in their order, each with the text of its value; `nil` where it is another value.
  ///
  /// Every member is kept, also one whose name is repeated, and names differ where their bytes do. In an `object` names that
  /// are canonically equivalent are the same, as everywhere in Swift (`String.isIdentical`).
  /// - Throws: `JSONError` at the first byte that is not JSON.
  public static func members(
    of text: some Collection<UInt8>
  ) throws(JSONError) -> [(name: String, value: ArraySlice<UInt8>)]? {
    var parser = JSONParser(text: Array(text), skims: true)
    return try parser.wholeMembers()
  }

  /// The value of a member of this name; `nil` if there is none, or this is no object.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The text of a string.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The elements of an array of whole numbers from 0 on, written as such: neither 1.0 nor -0 is one.
  public var naturals: [Int]? {
    guard case .array(let values) = self else { return nil }
    let naturals = values.compactMap { value -> Int? in
      guard case .number(let text) = value, !text.utf8.starts(with: "-".utf8) else { return nil }
      return Int(text)
    }
    return naturals.count == values.count ? naturals : nil
  }
}

extension JSON {
  /// On one line, without spaces.
  public var text: String { text(indent: nil) }

  /// A line a value, indented by two spaces a level, as Foundation's `prettyPrinted` has it.
  public var prettyText: String { text(indent: "\n") }

  /// - Parameter indent: what goes before a value of this level; `nil` for one line.
  private func text(indent: String?) -> String {
    let inner = indent.map { $0 + "  " }
    func block(_ items: [String], _ open: String, _ close: String) -> String {
      guard let indent, let inner else { return open + items.joined(separator: ",") + close }
      return open + (items.isEmpty ? "\n" : inner) + items.joined(separator: "," + inner) + indent + close
    }
    return switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let number): number
    case .string(let string): Self.quoted(string)
    case .array(let values): block(values.map { $0.text(indent: inner) }, "[", "]")
    case .object(let members):
      block(
        members.sorted { $0.key < $1.key }.map {
          Self.quoted($0.key) + (indent == nil ? ":" : " : ") + $0.value.text(indent: inner)
        }, "{", "}")
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case "\0"..<" ": quoted += (scalar.value < 16 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
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
