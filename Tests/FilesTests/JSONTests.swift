import Files
import Testing

@Suite struct JSONTests {
  @Test func values() throws {
    let json = try JSON(
      parsing: Array(#" {"a" : [1, -2,0], "b":{"c":"d"}, "e":[], "f":{}, "g":[true,false,null,1.5e-3,2.0]}"#.utf8))
    #expect(json["a"]?.integers == [1, -2, 0])
    #expect(json["b"]?["c"]?.string == "d")
    #expect(json["e"] == .array([]) && json["f"] == .object([]))
    #expect(
      json["g"] == .array([.literal("true"), .literal("false"), .literal("null"), .literal("1.5e-3"), .literal("2.0")]))
    #expect(json["h"] == nil && json["a"]?.string == nil && json["g"]?.integers == nil)
  }

  @Test func escapes() throws {
    let json = try JSON(parsing: Array(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#.utf8))
    #expect(json.string == "\"\\/\u{8}\u{C}\n\r\té\u{1F600}é")
  }

  @Test func largeNumbers() throws {
    #expect(try JSON(parsing: Array("9223372036854775807".utf8)) == .integer(.max))
    #expect(try JSON(parsing: Array("9223372036854775808".utf8)) == .literal("9223372036854775808"))
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "01", "-",
    "1.", ".5", "1e",
    "+1", "tru", "nul", "NaN", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\ud800\\n\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "{} x", "\u{FEFF}{}", "[\"\\u\u{FF11}111\"]",
  ])
  func notJSON(text: String) {
    let error = #expect(throws: JSONError.self, "\(text)") { try JSON(parsing: Array(text.utf8)) }
    guard case .notJSON(let offset)? = error else {
      Issue.record("\(text): \(error as Any)")
      return
    }
    #expect((0...text.utf8.count).contains(offset))
  }

  @Test func notUTF8() {
    #expect(throws: JSONError.notJSON(at: 0)) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    // UTF-16, which Foundation would take.
    #expect(throws: JSONError.notJSON(at: 1)) { try JSON(parsing: [0x7B, 0, 0x7D, 0]) }
  }

  /// However it is written: `\u0061` is `a`.
  @Test(arguments: [#"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":1}"#, #"[{"x":{"a":1,"a":1}}]"#])
  func duplicateNames(text: String) {
    #expect(throws: JSONError.duplicate(name: "a")) { try JSON(parsing: Array(text.utf8)) }
  }

  @Test func sameNameInDifferentObjects() throws {
    #expect(try JSON(parsing: Array(#"{"a":{"a":1},"b":{"a":2}}"#.utf8))["b"]?["a"] == .integer(2))
  }

  /// A million brackets do not take the stack.
  @Test func deepNesting() throws {
    let deepest = [UInt8](repeating: UInt8(ascii: "["), count: 64) + [UInt8](repeating: UInt8(ascii: "]"), count: 64)
    _ = try JSON(parsing: deepest)
    #expect(throws: JSONError.tooDeep(at: 64)) {
      try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
    }
  }
}
