/// A table of text (RFC 4180): a header, commas, quotes where needed.
public struct CSVTable: Equatable, Sendable {
  /// The header.
  public let columns: [String]
  /// One text a column.
  public private(set) var rows: [[String]]

  /// Rows of as many fields as there are columns.
  public init(columns: [String], rows: [[String]] = []) {
    precondition(rows.allSatisfy { $0.count == columns.count })
    self.columns = columns
    self.rows = rows
  }

  /// Adds a row with one field a column.
  public mutating func append(_ row: [String]) {
    precondition(row.count == columns.count)
    rows.append(row)
  }

  /// The text of the file: a header line and a line a row, each ended by a line feed.
  public var text: String { ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined() }

  private static func quoted(_ field: String) -> String {
    // Not Characters: a comma that a combining accent follows is another one.
    let scalars = field.unicodeScalars
    guard scalars.contains(where: { $0 == "," || $0 == "\"" || Character($0).isNewline }) else { return field }
    var quoted = "\""
    for scalar in scalars { quoted.unicodeScalars.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    return quoted + "\""
  }
}

extension CSVTable {
  /// Reads a table whose header must be exactly `columns`.
  /// - Parameter remedy: what helps where the columns are others, for the error.
  /// - Throws: `FileError` with the line that is wrong.
  public init(readingFrom path: String, columns: [String], remedy: String? = nil) throws(FileError) {
    let records = try Self.records(of: try readText(path, expected: "a table that a run writes"), path: path)
    guard let header = records.first else { throw FileError(path: path, found: "an empty file", expected: "a CSV table") }
    try Self.check(header.fields, columns: columns, path: "\(path):1", remedy: remedy.map { " (\($0))" } ?? "")
    for record in records.dropFirst() where record.fields.count != columns.count {
      throw FileError(path: "\(path):\(record.line)", found: Self.fields(record.fields.count), expected: "\(columns.count)")
    }
    self.init(columns: columns, rows: records.dropFirst().map(\.fields))
  }

  /// Reads some columns of a table, which may have others, in any order.
  /// - Returns: a row of the selected fields a record, and the line that each begins in.
  /// - Throws: `FileError` with the line that is wrong.
  public init(
    readingFrom path: String, selecting columns: [String], lines: inout [Int]
  ) throws(FileError) {
    let records = try Self.records(of: try readText(path, expected: "a CSV table"), path: path)
    let header = records.first?.fields ?? []
    var places: [Int] = []
    for column in columns {
      guard let place = header.firstIndex(of: column), header.lastIndex(of: column) == place else {
        throw FileError(
          path: "\(path):1", found: "\(header.contains(column) ? "two columns" : "no column") '\(column)'",
          expected: "a CSV table with the columns \(columns.joined(separator: ", "))")
      }
      places.append(place)
    }
    for record in records.dropFirst() where record.fields.count != header.count {
      throw FileError(
        path: "\(path):\(record.line)", found: Self.fields(record.fields.count), expected: "\(header.count)")
    }
    lines = records.dropFirst().map(\.line)
    self.init(columns: columns, rows: records.dropFirst().map { record in places.map { record.fields[$0] } })
  }

  private static func fields(_ count: Int) -> String { "\(count) field\(count == 1 ? "" : "s")" }

  /// Names the first column that is another one, so that two long headers need not be compared by eye.
  private static func check(_ header: [String], columns: [String], path: String, remedy: String) throws(FileError) {
    for (separator, name): (Character, String) in [(";", "semicolons"), ("\t", "tabs")]
    where header.count == 1 && columns.count > 1 && header[0].contains(separator) {
      throw FileError(path: path, found: "\(name) between the columns", expected: "commas")
    }
    for index in 0..<max(header.count, columns.count) {
      let found = index < header.count ? header[index] : nil
      let expected = index < columns.count ? columns[index] : nil
      guard found != expected else { continue }
      let none = "no further column"
      throw FileError(
        path: "\(path): column \(index + 1)", found: found.map { "'\(visible($0))'" } ?? none,
        expected: (expected.map { "'\($0)'" } ?? none) + remedy)
    }
  }

  /// Characters that look like nothing, or like another one, by their numbers. The file may be anything: only its beginning.
  private static func visible(_ text: String) -> String {
    text.unicodeScalars.prefix(60).map {
      (" "..."~").contains($0) ? String($0) : "U+\(String($0.value, radix: 16, uppercase: true))"
    }
    .joined()
  }

  private static func records(of text: String, path: String) throws(FileError) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = [], field = "", line = 1, start = 1, quoted = false, wasQuoted = false
    var characters = text.unicodeScalars.makeIterator()
    var pending = characters.next()
    while let character = pending {
      pending = characters.next()
      if character == "\n" { line += 1 }
      switch character {
      case "\"" where quoted && pending == "\"":
        field.unicodeScalars.append(character)
        pending = characters.next()
      case "\"" where quoted: quoted = false
      case "\"" where field.isEmpty && !wasQuoted: (quoted, wasQuoted) = (true, true)
      case _ where quoted: field.unicodeScalars.append(character)
      case "\"":
        throw FileError(path: "\(path):\(line)", found: "a quote inside a field", expected: "the whole field in quotes")
      case ",":
        fields.append(field)
        (field, wasQuoted) = ("", false)
      case "\r" where pending == "\n": break
      case "\n":
        records.append((start, fields + [field]))
        (fields, field, wasQuoted, start) = ([], "", false, line)
      case _ where wasQuoted:
        throw FileError(path: "\(path):\(line)", found: "text after a closing quote", expected: "a comma or the line's end")
      default: field.unicodeScalars.append(character)
      }
    }
    guard !quoted else {
      throw FileError(path: "\(path):\(start)", found: "a quote that is not closed", expected: "a closing quote")
    }
    if !fields.isEmpty || !field.isEmpty { records.append((start, fields + [field])) }
    return records
  }
}
