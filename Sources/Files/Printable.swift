/// `text` on one line, without control characters, which could command a terminal: it may come from a file. Characters that cannot
/// be seen, or turn the direction of the text, are shown by their numbers.
public func printable(_ text: String) -> String {
  let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
  return line.unicodeScalars.map { scalar in
    switch scalar.properties.generalCategory {
    case .control: " "
    case .format,
      .spaceSeparator where scalar != " ":
      "U+\(String(scalar.value, radix: 16, uppercase: true))"
    default: String(scalar)
    }
  }.joined()
}
