/// `text` on one line, without control characters, which could command a terminal: it may come from a file.
public func printable(_ text: String) -> String {
  let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
  return String(line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
}
