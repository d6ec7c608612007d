import Files

/// A row type of a result file: its columns, and a row to fields and back.
public protocol TableRow: Sendable {
  /// The header's words.
  static var columns: [String] { get }
  /// What helps where a file has other columns, for the error.
  static var remedy: String? { get }
  /// One text a column.
  var fields: [String] { get }
  /// A row from its fields, in the order of `columns`.
  /// - Throws: `FileError` that names line and column.
  init(fields: inout FieldReader) throws(FileError)
}

/// A row about one network of a study.
public protocol NetworkRow: TableRow {
  /// The network that the row is about: its first fields.
  var key: NetworkKey { get }
}

extension NetworkRow {
  public static var remedy: String? { "run --fresh replaces the table of another version" }
}

extension TableRow {
  public static var remedy: String? { nil }

  /// All rows of a result file.
  /// - Throws: `FileError` with the line and column that is wrong.
  public static func read(from path: String) throws(FileError) -> [Self] {
    let table = try CSVTable(readingFrom: path, columns: columns, remedy: remedy)
    var rows: [Self] = []
    for (index, fields) in table.rows.enumerated() {
      var reader = FieldReader(fields: fields, columns: columns, place: "\(path):\(index + 2)")
      rows.append(try Self(fields: &reader))
    }
    return rows
  }

  /// The rows of a result file, none if there is no such file yet.
  public static func readIfPresent(from path: String) throws(FileError) -> [Self] {
    fileExists(path) ? try read(from: path) : []
  }

  /// The text of a result file.
  public static func text(of rows: [Self]) -> String { CSVTable(columns: columns, rows: rows.map(\.fields)).text }

  /// Writes a result file whole.
  /// - Throws: `FileError` if it cannot be written.
  public static func write(_ rows: [Self], to path: String) throws(FileError) {
    try AtomicFile.write(text(of: rows), to: path)
  }
}

/// The fields of one row, read one after the other; an error names file, line and column.
public struct FieldReader {
  let fields: [String]
  let columns: [String]
  let place: String
  private var position = 0

  init(fields: [String], columns: [String], place: String) {
    (self.fields, self.columns, self.place) = (fields, columns, place)
  }

  /// The next field as text.
  public mutating func nextText() -> String {
    defer { position += 1 }
    return fields[position]
  }

  /// The next field as a value.
  public mutating func next<Value: LosslessStringConvertible>() throws(FileError) -> Value {
    let text = nextText()
    guard let value = Value(text) else {
      throw error(text, expected: Self.kind(of: Value.self))
    }
    return value
  }

  /// The next field as a value within bounds, on which figures and report rely.
  public mutating func next<Value: LosslessStringConvertible & Comparable>(
    in bounds: ClosedRange<Value>
  ) throws(FileError) -> Value {
    let text = nextText()
    guard let value = Value(text), bounds.contains(value) else {
      throw error(text, expected: "\(Self.kind(of: Value.self)) from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return value
  }

  /// The next field as the value that follows from others.
  /// - Parameter name: what it is, for the error.
  mutating func next(equalTo value: Double, _ name: String) throws(FileError) -> Double {
    let text = nextText()
    guard Double(text) == value else { throw error(text, expected: "\(value), \(name)") }
    return value
  }

  /// The next field as a value within bounds, `nil` if it is empty.
  public mutating func nextIfPresent<Value: LosslessStringConvertible & Comparable>(
    in bounds: ClosedRange<Value>
  ) throws(FileError) -> Value? {
    try ifPresent { reader throws(FileError) in try reader.next(in: bounds) }
  }

  /// The next field as a value, `nil` if it is empty.
  public mutating func nextIfPresent<Value: LosslessStringConvertible>() throws(FileError) -> Value? {
    try ifPresent { reader throws(FileError) in try reader.next() }
  }

  /// The next field as one of a fixed set of words.
  public mutating func next<Word: RawRepresentable & CaseIterable>(_: Word.Type) throws(FileError) -> Word
  where Word.RawValue == String {
    let text = nextText()
    guard let word = Word(rawValue: text) else {
      throw error(text, expected: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  /// The next field as one of a fixed set of words, `nil` if it is empty.
  mutating func nextWordIfPresent<Word: RawRepresentable & CaseIterable>() throws(FileError) -> Word?
  where Word.RawValue == String { try ifPresent { reader throws(FileError) in try reader.next(Word.self) } }

  private mutating func ifPresent<Value>(
    _ read: (inout FieldReader) throws(FileError) -> Value
  ) throws(FileError) -> Value? {
    guard fields[position].isEmpty else { return try read(&self) }
    position += 1
    return nil
  }

  private static func kind(of type: Any.Type) -> String {
    type == LayerRanks.self ? "ranks such as 33-29-18" : type is any BinaryInteger.Type ? "a whole number" : "a number"
  }

  private func error(_ text: String, expected: String) -> FileError {
    FileError(path: "\(place): \(columns[position - 1])", found: "'\(text)'", expected: expected)
  }
}

/// Bounds of the values in tables.
enum Bounds {
  static let largest = 1_000_000_000
  /// Counts of test images.
  static let images = 0...1_000_000
  /// In percent.
  static let accuracy = 0.0...100.0
  static let count = 1...1_000_000_000_000_000
  /// Times and ratios.
  static let amount = 0.0...1e15
  /// All that single precision holds.
  static let singularValue = 0.0...Double(Float.greatestFiniteMagnitude)
}
