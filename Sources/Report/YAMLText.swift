import Files
import Foundation
import Results

/// A configuration as YAML, keys sorted.
enum YAMLText {
  static func lines(of value: JSON, indent: String = "") -> [String] {
    switch value {
    case .object(let members) where !members.isEmpty:
      members.sorted { $0.key < $1.key }.flatMap { key, member in
        inline(member).map { ["\(indent)\(plain(key)): \($0)"] }
          ?? ["\(indent)\(plain(key)):"] + lines(of: member, indent: indent + "  ")
      }
    case .array(let elements) where inline(value) == nil:
      elements.flatMap { element in
        inline(element).map { ["\(indent)- \($0)"] } ?? ["\(indent)-"] + lines(of: element, indent: indent + "  ")
      }
    default: [indent + (inline(value) ?? "")]
    }
  }

  /// A value that fits on one line: a scalar, or an array of scalars.
  private static func inline(_ value: JSON) -> String? {
    switch value {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .number(let text): return text
    case .string(let text): return plain(text)
    case .object(let members): return members.isEmpty ? "{}" : nil
    case .array(let elements):
      let texts = elements.compactMap(inline)
      guard texts.count == elements.count, !elements.contains(where: \.isContainer) else { return nil }
      return "[" + texts.joined(separator: ", ") + "]"
    }
  }

  /// Text as it is where YAML reads it back as such, else in double quotes.
  private static func plain(_ text: String) -> String {
    let words = ["null", "true", "false", "yes", "no", "on", "off"]
    let letters = CharacterSet.letters, others = CharacterSet(charactersIn: "0123456789_-./")
    let isSafe = text.unicodeScalars.allSatisfy { letters.contains($0) || others.contains($0) }
    let startsSafely = text.unicodeScalars.first.map(letters.contains) ?? false
    if isSafe, startsSafely, !words.contains(text.lowercased()) { return text }
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "`": "\\x60"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: String(format: "\\x%02x", scalar.value)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}

extension JSON {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
