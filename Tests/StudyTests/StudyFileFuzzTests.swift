import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Study

/// Whatever a study file holds, and whatever the configuration in a manifest, it is read or refused in one line that names it.
@Suite struct StudyFileFuzzTests {
  private static let words = [
    "&a ", "*a", "? ", ": ", "- ", "[[[[[[[[", "{{{{{{{{", "!!binary ", "!<x> ", "|\n", ">-\n", "\"", "'", "---\n", "...\n",
    "%YAML 9.9\n", "<<: *a\n", "# *a\n", "@", "*a, *a", "010", "+1",
    "\t", "\u{FEFF}", "\u{0}", "\u{2028}", "full", "mnist", "1e999", "-1e-999", "0x7fffffffffffffff", "9223372036854775808",
    ".inf", "~", "\"\\uD800\"",
  ]

  @Test func mutatedStudyFiles() throws {
    var aliases = TinyStudy()
    aliases.part1Ranks = "&ranks [2, 8]"
    aliases.part2Ranks = "*ranks"
    let corpus = [TinyStudy().yaml, aliases.yaml].map { Array($0.utf8) }
    try withTemporaryFolder { folder in
      let path = "\(folder)/tiny.yaml"
      let (accepted, all) = try Fuzz("study-file", corpus: corpus, words: Self.words, count: 200).run { input, number in
        try Data(input).write(to: URL(fileURLWithPath: path))
        return isReadOrRefused(path, input: number) { () throws(FileError) in try StudyConfiguration(readingFrom: path) }
      }
      #expect(accepted > 0 && (all == 1 || accepted < all))
    }
  }

  @Test func mutatedConfigurations() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
      let json = try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml").json
      let corpus = [Array(json.text.utf8)]
      let words = ["null", "true", "{}", "[]", "1e999", "1e308", "-1", "0.5", "\"full\"", "\"\"", "\\u0000", ",\"x\":1"]
      let (accepted, all) = try Fuzz("configuration", corpus: corpus, words: words, count: 200).run { input, number in
        guard let json = try? JSON(parsing: input) else { return false }
        return isReadOrRefused("manifest.json", input: number) { () throws(FileError) in
          try StudyConfiguration(json, name: "tiny", place: "manifest.json: runs[0].configuration")
        }
      }
      #expect(accepted > 0 && (all == 1 || accepted < all))
    }
  }

  private func isReadOrRefused(
    _ path: String, input number: Int, _ read: () throws(FileError) -> StudyConfiguration
  ) -> Bool {
    do {
      let configuration = try read()
      // What was read is written again to the manifest, and digested.
      let again = try? StudyConfiguration(configuration.json, name: configuration.name, place: "again")
      #expect(again == configuration, "input \(number)")
      return true
    } catch {
      #expect(isOneLine(error, about: path), "input \(number): \(error)")
      return false
    }
  }
}
