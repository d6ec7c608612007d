import Files

/// Writes a mapping of a study file as JSON, key by key.
struct ConfigurationWriter: ConfigurationKeys {
  private(set) var members: [String: JSON] = [:]

  mutating func whole<Number: FixedWidthInteger>(_ key: String, _ value: inout Number, in _: ClosedRange<Int>) {
    members[key] = .number(value)
  }

  mutating func number(_ key: String, _ value: inout Double, in _: ClosedRange<Double>) { members[key] = .number(value) }

  mutating func word<Word: RawRepresentable>(_ key: String, _ value: inout Word, among _: [Word])
  where Word.RawValue == String { members[key] = .string(value.rawValue) }

  mutating func optionalWord<Word: RawRepresentable & CaseIterable & Equatable>(
    _ key: String, _ value: inout Word, unless usual: Word
  ) where Word.RawValue == String { if value != usual { word(key, &value, among: []) } }

  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of _: String, count _: ClosedRange<Int>, distinct _: Bool,
    read _: (ConfigurationReader.Value) -> Element?, write: (Element) -> JSON
  ) { members[key] = .array(elements.map(write)) }

  mutating func section(_ key: String, _ body: (inout ConfigurationWriter) throws(FileError) -> Void) throws(FileError) {
    var section = ConfigurationWriter()
    try body(&section)
    members[key] = .object(section.members)
  }

  mutating func optionalSection<Part>(
    _ key: String, _ part: inout Part?, unread _: Part,
    _ body: (inout ConfigurationWriter, inout Part) throws(FileError) -> Void
  ) throws(FileError) {
    guard var present = part else { return }
    try section(key) { section throws(FileError) in try body(&section, &present) }
  }
}
