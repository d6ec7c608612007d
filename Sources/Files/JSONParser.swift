/// Reads JSON by recursive descent: one function a rule of RFC 8259.
struct JSONParser {
  /// Nesting is bounded, because each level takes stack space. `serde_json` and so the safetensors library have the same bound.
  static let deepest = 127

  let text: [UInt8]
  /// Only the syntax is checked: no value is kept, and a name may be repeated.
  private let skims: Bool
  var position = 0
  private var depth = 0

  init(text: [UInt8], skims: Bool = false) { (self.text, self.skims) = (text, skims) }

  /// JSON-text = ws value ws
  mutating func wholeText() throws(JSONError) -> JSON {
    let value = try value()
    try end()
    return value
  }

  /// ws object ws: each name, with the text of its value. `nil` where the text is another value.
  mutating func wholeMembers() throws(JSONError) -> [(name: String, value: ArraySlice<UInt8>)]? {
    skipSpace()
    guard current == UInt8(ascii: "{") else {
      _ = try wholeText()
      return nil
    }
    var members: [(name: String, value: ArraySlice<UInt8>)] = []
    depth += 1
    try eachMember { parser, name throws(JSONError) in
      parser.skipSpace()
      let start = parser.position
      _ = try parser.value()
      members.append((name, parser.text[start..<parser.position]))
    }
    try end()
    return members
  }

  private mutating func end() throws(JSONError) {
    skipSpace()
    guard position == text.count else { throw .notJSON(at: position) }
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws(JSONError) -> JSON) throws(JSONError) -> JSON {
    guard depth < Self.deepest else { throw .tooDeep(at: position) }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(JSONError) -> JSON {
    var members: [String: JSON] = [:]
    try eachMember { parser, name throws(JSONError) in
      guard members[name] == nil else { throw .duplicate(name: name) }
      let value = try parser.value()
      if !parser.skims { members[name] = value }
    }
    return .object(members)
  }

  /// object = { [ string : value *( , string : value ) ] }, where `body` reads the value.
  private mutating func eachMember(
    _ body: (_ parser: inout JSONParser, _ name: String) throws(JSONError) -> Void
  ) throws(JSONError) {
    position += 1
    skipSpace()
    if take("}") { return }
    repeat {
      skipSpace()
      let name = try string()
      skipSpace()
      guard take(":") else { throw .notJSON(at: position) }
      try body(&self, name)
      skipSpace()
    } while take(",")
    guard take("}") else { throw .notJSON(at: position) }
  }

  /// array = [ [ value *( , value ) ] ]
  private mutating func array() throws(JSONError) -> JSON {
    position += 1
    skipSpace()
    if take("]") { return .array([]) }
    var values: [JSON] = []
    repeat {
      let value = try value()
      if !skims { values.append(value) }
      skipSpace()
    } while take(",")
    guard take("]") else { throw .notJSON(at: position) }
    return .array(values)
  }

  private mutating func literal(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    guard text[position...].starts(with: word.utf8) else { throw .notJSON(at: position) }
    position += word.utf8.count
    return value
  }

  /// number = [ - ] int [ . digits ] [ e [ + / - ] digits ], where int has no leading zero. One that is infinite in double
  /// precision is refused.
  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    _ = take("-")
    let leading = position
    try digits()
    guard position == leading + 1 || text[leading] != UInt8(ascii: "0") else { throw .notJSON(at: leading) }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let number = String(decoding: text[start..<position], as: UTF8.self)
    guard let value = Double(number), value.isFinite else { throw .notJSON(at: start) }
    return .number(number)
  }

  /// One digit or more.
  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw .notJSON(at: position) }
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }
}

extension JSONParser {
  /// The byte at `position`; `nil` at the end.
  var current: UInt8? { position < text.count ? text[position] : nil }

  /// Goes past `character` if it is the next byte.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
