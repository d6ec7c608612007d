import Files
import Testing
import TestSupport

@Suite struct CSVTests {
  @Test func roundTrip() throws {
    try withTemporaryFolder { folder in
      let table = CSVTable(
        columns: ["a", "b"],
        rows: [["1", ""], ["x,y", "say \"no\""], ["two\nlines", "\r\n"], ["é", " "], ["a,\u{301}", "\"\u{301}\""]])
      try AtomicFile.write(table.text, to: "\(folder)/t.csv")
      #expect(try CSVTable(readingFrom: "\(folder)/t.csv", columns: ["a", "b"]) == table)
    }
  }

  @Test func reading() throws {
    #expect(try rows("a,b\r\n1,2\r\n") == [["1", "2"]])
    #expect(try rows("a,b\n1,2") == [["1", "2"]])
    #expect(try rows("a,b\n") == [])
    #expect(try rows("a,b\n\"\",\"1,2\"\n") == [["", "1,2"]])
    // As spreadsheets save it, with a byte order mark.
    #expect(try rows("\u{FEFF}a,b\r\n1,2\r\n") == [["1", "2"]])
    #expect(try rows("\u{FEFF}\"a\",b\n") == [])
  }

  @Test func mistakes() throws {
    for (text, message): (String, String) in [
      ("", "t.csv: found an empty file, expected a CSV table"),
      ("\u{FEFF}", "t.csv: found an empty file, expected a CSV table"),
      ("a,c\n", "t.csv:1: column 2: found 'c', expected 'b'"),
      ("b,a\n", "t.csv:1: column 1: found 'b', expected 'a'"),
      ("a\n", "t.csv:1: column 2: found no further column, expected 'b'"),
      ("a,b,c\n", "t.csv:1: column 3: found 'c', expected no further column"),
      ("a;b\n1;2\n", "t.csv:1: found semicolons between the columns, expected commas"),
      ("a\tb\n", "t.csv:1: found tabs between the columns, expected commas"),
      // What looks like the expected header is told apart.
      ("a, b\n", "t.csv:1: column 2: found ' b', expected 'b'"),
      ("a\u{200B},b\n", "t.csv:1: column 1: found 'aU+200B', expected 'a'"),
      ("\u{430},b\n", "t.csv:1: column 1: found 'U+430', expected 'a'"),
      ("a,b\u{A0}\n", "t.csv:1: column 2: found 'bU+A0', expected 'b'"),
      ("\u{FEFF}\u{FEFF}a,b\n", "t.csv:1: column 1: found 'U+FEFFa', expected 'a'"),
      ("a,b\n1,2\n3\n", "t.csv:3: found 1 field, expected 2"),
      ("a,b\n1,2,3\n", "t.csv:2: found 3 fields, expected 2"),
      // Lines of the file, not rows: one has two of them.
      ("a,b\n\"1\n\",2\n3\n", "t.csv:4: found 1 field, expected 2"),
      ("a,b\n1,\"2\n", "t.csv:2: found a quote that is not closed, expected a closing quote"),
      ("a,b\n1,\"2\"3\n", "t.csv:2: found text after a closing quote, expected a comma or the line's end"),
      ("a,b\n1,x\"y\n", "t.csv:2: found a quote inside a field, expected the whole field in quotes"),
    ] {
      let error = #expect(throws: FileError.self, "\(text), \(message)") { try rows(text) }
      #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
    }
  }

  /// Some columns of a table, in another order, with the line of each row.
  @Test func selecting() throws {
    try withTemporaryFolder { folder in
      func read(_ text: String, _ columns: [String]) throws -> (rows: [[String]], lines: [Int]) {
        try AtomicFile.write(text, to: "\(folder)/t.csv")
        var lines: [Int] = []
        let table = try CSVTable(readingFrom: "\(folder)/t.csv", selecting: columns, lines: &lines)
        guard table.columns == columns else { return ([], []) }
        return (table.rows, lines)
      }
      let read = try read("a,b,c\n1,2,3\n\"4\n4\",5,6\n7,8,9", ["c", "a"])
      #expect(read.rows == [["3", "1"], ["6", "4\n4"], ["9", "7"]] && read.lines == [2, 3, 5])
      for (text, message): (String, String) in [
        ("a,b\n", "t.csv:1: found no column 'c', expected a CSV table with the columns a, c"),
        ("", "t.csv:1: found no column 'a', expected a CSV table with the columns a, c"),
        ("c,a,c\n", "t.csv:1: found two columns 'c', expected a CSV table with the columns a, c"),
        ("a,c\n1,2\n3\n", "t.csv:3: found 1 field, expected 2"),
      ] {
        let error = #expect(throws: FileError.self) { try self.selected(text, in: folder) }
        #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
      }
    }
  }

  private func selected(_ text: String, in folder: String) throws {
    try AtomicFile.write(text, to: "\(folder)/t.csv")
    var lines: [Int] = []
    _ = try CSVTable(readingFrom: "\(folder)/t.csv", selecting: ["a", "c"], lines: &lines)
  }

  private func rows(_ text: String) throws -> [[String]] {
    try withTemporaryFolder { folder in
      try AtomicFile.write(text, to: "\(folder)/t.csv")
      return try CSVTable(readingFrom: "\(folder)/t.csv", columns: ["a", "b"]).rows
    }
  }
}
