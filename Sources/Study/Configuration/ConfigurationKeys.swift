import Files

/// Goes through the keys of a study file, and reads their values into variables (`ConfigurationReader`) or writes them from
/// there (`ConfigurationWriter`), so that both know the same keys.
protocol ConfigurationKeys {
  mutating func whole<Number: FixedWidthInteger>(
    _ key: String, _ value: inout Number, in bounds: ClosedRange<Int>) throws(FileError)

  mutating func number(_ key: String, _ value: inout Double, in bounds: ClosedRange<Double>) throws(FileError)

  /// A value of another form.
  /// - Parameters:
  ///   - expected: what it is, for the errors.
  ///   - read: the value; `nil` if it is something else.
  mutating func value<Known>(
    _ key: String, _ value: inout Known, of expected: String, read: (ConfigurationReader.Value) -> Known?,
    write: (Known) -> JSON) throws(FileError)

  /// - Parameters:
  ///   - expected: what the elements are, for the errors.
  ///   - distinct: whether the same element twice is an error.
  ///   - read: an element from its value; `nil` if that is something else.
  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of expected: String, count: ClosedRange<Int>, distinct: Bool,
    read: (ConfigurationReader.Value) -> Element?, write: (Element) -> JSON) throws(FileError)

  /// A mapping within this one; `body` goes through its keys.
  mutating func section(_ key: String, _ body: (inout Self) throws(FileError) -> Void) throws(FileError)

  /// Whether a key that may be left out is there.
  /// - Parameter isSet: whether it is written.
  mutating func has(_ key: String, isSet: Bool) -> Bool

  /// Whether the value of a key that may have another form is a mapping.
  /// - Parameter isSet: whether it is written as one.
  mutating func hasSection(_ key: String, isSet: Bool) -> Bool

  /// Makes a key an error beside another one.
  mutating func refuse(_ key: String, beside other: String) throws(FileError)
}

extension ConfigurationKeys {
  /// One of `words`, or what `other` names, for the errors.
  mutating func word<Word: RawRepresentable>(
    _ key: String, _ value: inout Word, among words: [Word], or other: String = ""
  ) throws(FileError) where Word.RawValue == String {
    try self.value(key, &value, of: words.map(\.rawValue).joined(separator: " or ") + other) { found in
      words.first { $0.rawValue == found.text }
    } write: {
      .string($0.rawValue)
    }
  }

  /// One of a fixed set of words.
  mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ value: inout Word) throws(FileError)
  where Word.RawValue == String { try word(key, &value, among: Array(Word.allCases)) }

  /// A word that may be left out, where it is `usual`.
  mutating func optionalWord<Word: RawRepresentable & CaseIterable & Equatable>(
    _ key: String, _ value: inout Word, unless usual: Word
  ) throws(FileError) where Word.RawValue == String {
    guard has(key, isSet: value != usual) else { return value = usual }
    try word(key, &value)
  }

  /// A text that is not empty.
  mutating func text(_ key: String, _ value: inout String, of expected: String) throws(FileError) {
    try self.value(key, &value, of: expected, read: { $0.text.flatMap { $0.isEmpty ? nil : $0 } }, write: { .string($0) })
  }

  /// A mapping that may be left out; then `part` is `nil`.
  /// - Parameter unread: what `body` reads into.
  mutating func optionalSection<Part>(
    _ key: String, _ part: inout Part?, unread: Part, _ body: (inout Self, inout Part) throws(FileError) -> Void
  ) throws(FileError) {
    guard has(key, isSet: part != nil) else { return }
    var present = part ?? unread
    try section(key) { section throws(FileError) in try body(&section, &present) }
    part = present
  }
}
