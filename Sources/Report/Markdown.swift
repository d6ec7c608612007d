import Foundation
import Results

/// The format of values, tables and names in the report.
enum Markdown {
  /// A table with text in the first column; the others are aligned to the right if they hold numbers.
  static func table(_ header: [String], _ rows: [[String]], numbers: Bool = true) -> String {
    let rule = header.indices.map { $0 == 0 || !numbers ? "---" : "---:" }
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

  /// The median, and the range if there are several seeds.
  static func spread(_ spread: Spread?, decimals: Int = 2) -> String {
    guard let spread else { return "not finite" }
    let median = number(spread.median, decimals: decimals)
    guard spread.count > 1 else { return median }
    return "\(median) (\(number(spread.minimum, decimals: decimals))–\(number(spread.maximum, decimals: decimals)))"
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }
}
