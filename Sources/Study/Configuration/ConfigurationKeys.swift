import Files

/// Goes through the keys of a study file, and reads their values into variables (`ConfigurationReader`) or writes them from
/// there (`ConfigurationWriter`), so that both know the same keys.
protocol ConfigurationKeys {
  mutating func whole<Number: FixedWidthInteger>(
    _ key: String, _ value: inout Number, in bounds: ClosedRange<Int>) throws(FileError)

  mutating func number(_ key: String, _ value: inout Double, in bounds: ClosedRange<Double>) throws(FileError)

  /// One of `words`.
  mutating func word<Word: RawRepresentable>(_ key: String, _ value: inout Word, among words: [Word]) throws(FileError)
  where Word.RawValue == String

  /// A word that may be left out, where it is `usual`.
  mutating func optionalWord<Word: RawRepresentable & CaseIterable & Equatable>(
    _ key: String, _ value: inout Word, unless usual: Word) throws(FileError)
  where Word.RawValue == String

  /// - Parameters:
  ///   - expected: what the elements are, for the errors.
  ///   - distinct: whether the same element twice is an error.
  ///   - read: an element from its value; `nil` if that is something else.
  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of expected: String, count: ClosedRange<Int>, distinct: Bool,
    read: (ConfigurationReader.Value) -> Element?, write: (Element) -> JSON) throws(FileError)

  /// A mapping within this one; `body` goes through its keys.
  mutating func section(_ key: String, _ body: (inout Self) throws(FileError) -> Void) throws(FileError)

  /// A mapping that may be left out; then `part` is `nil`.
  /// - Parameter unread: what `body` reads into.
  mutating func optionalSection<Part>(
    _ key: String, _ part: inout Part?, unread: Part, _ body: (inout Self, inout Part) throws(FileError) -> Void
  ) throws(FileError)
}

extension ConfigurationKeys {
  /// One of a fixed set of words.
  mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ value: inout Word) throws(FileError)
  where Word.RawValue == String { try word(key, &value, among: Array(Word.allCases)) }
}
