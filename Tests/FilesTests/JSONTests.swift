import Files
import Foundation
import Testing

@Suite struct JSONTests {
  @Test func values() throws {
    let text = #" {"a" : [1, 2,0], "b":{"c":"d"}, "e":[], "f":{}, "g":[true,false,null,1.5e-3,2.0]}"#
    let json = try JSON(parsing: text.utf8)
    #expect(json["a"]?.naturals == [1, 2, 0])
    #expect(json["b"]?["c"]?.string == "d")
    #expect(json["e"] == .array([]) && json["f"] == .object([:]))
    #expect(json["g"] == .array([.bool(true), .bool(false), .null, .number("1.5e-3"), .number("2.0")]))
    #expect(json["h"] == nil && json["a"]?.string == nil && json["g"]?.naturals == nil)
  }

  @Test func escapes() throws {
    let json = try JSON(parsing: #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#.utf8)
    #expect(json.string == "\"\\/\u{8}\u{C}\n\r\té\u{1F600}é")
  }

  /// No digit is lost, neither in a text nor in a Swift value.
  @Test func largeNumbers() throws {
    let text = "[9223372036854775807,18446744073709551615,-9223372036854775808,123456789012345678901234567890,1e-05,12]"
    let json = try JSON(parsing: text.utf8)
    #expect(json.text == text && json.naturals == nil)
    #expect(try JSON(parsing: "9223372036854775807".utf8) == .number(Int.max))
    #expect(JSON(encoding: [UInt64.max, 0]).text == "[18446744073709551615,0]")
    #expect([12.0, -0.5, 1e16, 5e-4].map { JSON.number($0).text } == ["12", "-0.5", "1e+16", "0.0005"])
    #expect(try JSON(parsing: "[18446744073709551615]".utf8).decoded(path: "a", expected: "b") == [UInt64.max])
  }

  /// One line and pretty, names sorted: the bytes that Foundation writes.
  @Test func writing() throws {
    struct Values: Encodable {
      var b: [Int] = [], a: [String: Int] = [:], Z = 5e-4, a_b = 12.0, aB = 1e16, é = [[nil, true], [false]]
      var rows = [Row(count: -3, word: .yes, rest: nil), Row(count: .max, word: .no, rest: nil)]
      var escapes = "a/b\u{1}\u{1f}\u{7f}\u{8}\u{c}\n\r\t\"\\é\u{2028}\u{1F600}", float = Double(Float(0.1)), small = -1e-7
    }
    let json = JSON(encoding: Values())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(json.text == String(decoding: try encoder.encode(Values()), as: UTF8.self))
    encoder.outputFormatting.insert(.prettyPrinted)
    #expect(json.prettyText == String(decoding: try encoder.encode(Values()), as: UTF8.self))
    #expect(try JSON(parsing: json.text.utf8) == json && JSON(parsing: json.prettyText.utf8) == json)
  }

  struct Row: Codable, Equatable {
    enum Word: String, CaseIterable, Codable { case yes, no }
    var count: Int
    var word: Word
    var rest: [JSON]?
  }

  @Test func swiftValues() throws {
    let row = Row(count: 3, word: .no, rest: [.null, .object(["a": .array([.bool(false), .number(0.5), .string("")])])])
    let json = JSON(encoding: ["rows": [row]])
    #expect(json.text == #"{"rows":[{"count":3,"rest":[null,{"a":[false,0.5,""]}],"word":"no"}]}"#)
    #expect(try json.decoded(path: "a.json", expected: "rows") == ["rows": [row]])
  }

  @Test func notTheSwiftValue() throws {
    for (text, says): (String, String) in [
      (#"{"rows":[{"count":3}]}"#, "rows[0].word: found no such key, expected rows"),
      (#"{"rows":[{"count":"3","word":"no"}]}"#, "rows[0].count: found '3', expected a whole number"),
      (#"{"rows":[{"count":1.5,"word":"no"}]}"#, "found a number that is not whole or too large, expected rows"),
      (#"{"rows":[{"count":1,"word":true}]}"#, "rows[0].word: found true, expected text"),
      (
        #"{"rows":[{"count":1,"word":"maybe"}]}"#,
        "rows[0].word: found Cannot initialize Word from invalid String value maybe, expected rows"
      ),
      (#"{"rows":{"count":1}}"#, "rows: found an object, expected a list"),
      (#"{"rows":[null]}"#, "rows[0]: found null, expected an object"),
    ] {
      let json = try JSON(parsing: text.utf8)
      let error = #expect(throws: FileError.self, "\(text), \(says)") {
        try json.decoded(path: "a.json", expected: "rows") as [String: [Row]]
      }
      #expect(error?.description.hasPrefix("a.json: \(says)") == true, "\(error as Any)")
    }
  }

  @Test func notJSON() {
    for text: String in [
      "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "01", "-",
      "1.", ".5", "1e",
      "+1", "tru", "nul", "NaN", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\ud800\\n\"",
      "\"\\udc00\"",
      "\"\\ud800\\u0041\"", "1e999", "-1e999", "\"\n\"", "1 2", "{} x", "\u{FEFF}{}", "[\"\\u\u{FF11}111\"]",
    ] {
      let error = #expect(throws: JSONError.self, "\(text)") { try JSON(parsing: Array(text.utf8)) }
      guard case .notJSON(let offset)? = error else {
        Issue.record("\(text): \(error as Any)")
        continue
      }
      #expect((0...text.utf8.count).contains(offset), "\(text)")
    }
  }

  @Test func notUTF8() {
    #expect(throws: JSONError.notJSON(at: 0)) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    // UTF-16, which Foundation would take.
    #expect(throws: JSONError.notJSON(at: 1)) { try JSON(parsing: [0x7B, 0, 0x7D, 0]) }
  }

  /// However it is written: `\u0061` is `a`.
  @Test func duplicateNames() {
    for text in [#"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":1}"#, #"[{"x":{"a":1,"a":1}}]"#] {
      #expect(throws: JSONError.duplicate(name: "a"), "\(text)") { try JSON(parsing: Array(text.utf8)) }
    }
  }

  /// Names that differ only in their normalisation, a name that comes twice, nested values as text.
  @Test func members() throws {
    let text = #" {"\u00e9": [1, {"a":1,"a":2}] ,"e\u0301":-0, "\u00e9":{}} "#
    let members = try #require(try JSON.members(of: text.utf8))
    #expect(members.map { Array($0.name.utf8) } == [[0xC3, 0xA9], [0x65, 0xCC, 0x81], [0xC3, 0xA9]])
    #expect(members.map { String(decoding: $0.value, as: UTF8.self) } == [#"[1, {"a":1,"a":2}]"#, "-0", "{}"])
    #expect(try JSON.members(of: "{}".utf8)?.isEmpty == true && JSON.members(of: "[{}]".utf8) == nil)
    #expect(try JSON(parsing: "[-0]".utf8).naturals == nil && JSON(parsing: "[1.0]".utf8).naturals == nil)
    for text in ["{\"a\":1,}", "{\"a\":[1}", "{} {}", "{\"a\":1e999}"] {
      #expect(throws: JSONError.self, "\(text)") { try JSON.members(of: text.utf8) }
    }
    for (deep, isRead) in [(126, true), (127, false)] {
      let text = "{\"a\":" + String(repeating: "[", count: deep) + String(repeating: "]", count: deep) + "}"
      #expect(((try? JSON.members(of: text.utf8)) != nil) == isRead, "\(deep)")
    }
  }

  @Test func sameNameInDifferentObjects() throws {
    #expect(try JSON(parsing: Array(#"{"a":{"a":1},"b":{"a":2}}"#.utf8))["b"]?["a"] == .number(2))
  }

  /// A million brackets do not take the stack.
  @Test func deepNesting() throws {
    let deepest = [UInt8](repeating: UInt8(ascii: "["), count: 127) + [UInt8](repeating: UInt8(ascii: "]"), count: 127)
    _ = try JSON(parsing: deepest)
    #expect(throws: JSONError.tooDeep(at: 127)) {
      try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
    }
  }
}
