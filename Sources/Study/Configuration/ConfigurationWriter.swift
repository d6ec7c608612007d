import Files

/// Writes a mapping of a study file as JSON, key by key.
struct ConfigurationWriter: ConfigurationKeys {
  private(set) var members: [String: JSON] = [:]

  mutating func whole<Number: FixedWidthInteger>(_ key: String, _ value: inout Number, in _: ClosedRange<Int>) {
    members[key] = .number(value)
  }

  mutating func number(_ key: String, _ value: inout Double, in _: ClosedRange<Double>) { members[key] = .number(value) }

  mutating func value<Known>(
    _ key: String, _ value: inout Known, of _: String, read _: (ConfigurationReader.Value) -> Known?, write: (Known) -> JSON
  ) { members[key] = write(value) }

  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of _: String, count _: ClosedRange<Int>, distinct _: Bool,
    read _: (ConfigurationReader.Value) -> Element?, write: (Element) -> JSON
  ) { members[key] = .array(elements.map(write)) }

  mutating func section(_ key: String, _ body: (inout ConfigurationWriter) throws(FileError) -> Void) throws(FileError) {
    var section = ConfigurationWriter()
    try body(&section)
    members[key] = .object(section.members)
  }

  func has(_: String, isSet: Bool) -> Bool { isSet }

  func hasSection(_: String, isSet: Bool) -> Bool { isSet }

  func refuse(_: String, beside _: String) {}
}
