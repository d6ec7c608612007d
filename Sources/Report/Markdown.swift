import Foundation
import Results

/// The format of values, tables and names in the report.
enum Markdown {
  /// A table with text in the leading columns; the others hold numbers, aligned to the right.
  static func table(_ header: [String], _ rows: [[String]], textColumns: Int = 1) -> String {
    let rule = header.indices.map { $0 < textColumns ? "---" : "---:" }
    return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// Text from outside as code; no character in it can end the code.
  static func code(_ text: String) -> String {
    let plain = text.map { character in
      character == "`" ? "'" : character == "|" ? "¦" : isControl(character) ? " " : character
    }
    return "`" + String(plain) + "`"
  }

  /// Text from outside in a table: characters with a meaning in Markdown are escaped.
  static func cell(_ text: String) -> String {
    String(
      text.flatMap { character -> [Character] in
        if isControl(character) { return [" "] }
        return "\\`*_{}[]<>#|!".contains(character) ? ["\\", character] : [character]
      })
  }

  private static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  /// An integer with a comma between thousands.
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    let grouped = digits.indices.map { index in
      let left = digits.count - index
      return index > 0 && left % 3 == 0 ? ",\(digits[index])" : "\(digits[index])"
    }
    return (value < 0 ? "−" : "") + grouped.joined()
  }

  static func number(_ value: Double, decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

  /// A fraction in percent.
  static func percent(_ ratio: Double) -> String { number(100 * ratio, decimals: 2) + " %" }

  /// The mean, and half the width of its interval if there are several seeds: `98.61 ± 0.06`.
  static func interval(_ interval: Interval?, decimals: Int = 2) -> String {
    guard let interval else { return "not finite" }
    let mean = number(interval.mean, decimals: decimals)
    return interval.halfWidth.map { "\(mean) ± \(number($0, decimals: decimals))" } ?? mean
  }

  /// A p of a test.
  static func probability(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : number(p, decimals: 4) }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
