import Files
import Testing
import TestSupport

@Suite struct CSVTests {
  @Test func roundTrip() throws {
    try withTemporaryFolder { folder in
      let table = CSVTable(
        columns: ["a", "b"], rows: [["1", ""], ["x,y", "say \"no\""], ["two\nlines", "\r\n"], ["é", " "]])
      try AtomicFile.write(table.text, to: "\(folder)/t.csv")
      #expect(try CSVTable(readingFrom: "\(folder)/t.csv", columns: ["a", "b"]) == table)
    }
  }

  @Test func reading() throws {
    #expect(try rows("a,b\r\n1,2\r\n") == [["1", "2"]])
    #expect(try rows("a,b\n1,2") == [["1", "2"]])
    #expect(try rows("a,b\n") == [])
    #expect(try rows("a,b\n\"\",\"1,2\"\n") == [["", "1,2"]])
  }

  @Test func mistakes() throws {
    for (text, message): (String, String) in [
      ("", "t.csv: found an empty file, expected a CSV table"),
      ("a,c\n", "t.csv:1: found the columns a,c, expected a,b"),
      ("a,b\n1,2\n3\n", "t.csv:3: found 1 fields, expected 2"),
      ("a,b\n1,2,3\n", "t.csv:2: found 3 fields, expected 2"),
      ("a,b\n1,\"2\n", "t.csv:2: found a quote that is not closed, expected a closing quote"),
      ("a,b\n1,\"2\"3\n", "t.csv:2: found text after a closing quote, expected a comma or the line's end"),
      ("a,b\n1,x\"y\n", "t.csv:2: found a quote inside a field, expected the whole field in quotes"),
    ] {
      let error = #expect(throws: FileError.self, "\(text), \(message)") { try rows(text) }
      #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
    }
  }

  private func rows(_ text: String) throws -> [[String]] {
    try withTemporaryFolder { folder in
      try AtomicFile.write(text, to: "\(folder)/t.csv")
      return try CSVTable(readingFrom: "\(folder)/t.csv", columns: ["a", "b"]).rows
    }
  }
}
