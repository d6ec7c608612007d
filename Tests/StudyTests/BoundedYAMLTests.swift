import Testing
import Yams

@testable import Study

/// Which asterisks are aliases.
@Suite struct BoundedYAMLTests {
  /// Twelve of each are read, because none is an alias.
  @Test func noAliases() throws {
    for item in [
      "- 1 # *a *a\n", "# *a\n- 1\n", "- '*a it''s *a'\n", "- \"*a \\\" *a # *a\"\n", "- b*a *a\n", "- b\n  *a *a\n",
      "- |\n  *a\n  # *a\n", "- >-\n  *a: *a\n", "- !*a b\n", "- !<*a> b\n", "- \"b\n  # *a\"\n",
      "- {b: c*a, d: 'e', f: \"*a\"}\n",
      "- -*a\n", "- ?*a\n", "- :*a\n", "- \u{E9}\u{2028}\n  *a\n", "- b\r\n  *a\r\n",
    ] {
      let root = try BoundedYAML("- &a 1\n" + String(repeating: item, count: 12)).compose()
      #expect(root?.sequence?.count == 13, "\(item)")
    }
  }

  /// Eight of each are read, and nine are too many, in the line of the ninth.
  @Test func aliases() throws {
    for item in [
      "- *a\n", "- [*a]\n", "- {b: *a}\n", "- {*a : b}\n", "- ? *a\n  : b\n", "- [b,*a,'#']\n", "- 'b' #'\n- *a\n",
      "- -  *a\n",
      "- |\n  # b\n- *a\n", "- \"b\n  # \"\n- *a\n", "- {\"b\":*a}\n", "- *a # *a\n", "-\r\n  *a\r\n",
      "- \"\u{2028} \"\n- *a\n",
    ] {
      let anchor = "- &a 1\n"
      #expect(try BoundedYAML(anchor + String(repeating: item, count: 8)).compose() != nil, "\(item)")
      let text = anchor + String(repeating: item, count: 9)
      let error = #expect(throws: BoundedYAML.TooManyAliases.self, "\(item)") { try BoundedYAML(text).compose() }
      #expect(error?.count == 9, "\(item)")
      if !item.contains("\u{2028}") {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let last = (error?.line).map { String(lines[$0 - 1]) }
        #expect(last?.contains("*a") == true, "\(item)")
      }
    }
  }
}
