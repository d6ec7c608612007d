extension JSONParser {
  /// string = " *( any but " and \ and control characters, or \ and an escape ) "
  mutating func string() throws(JSONError) -> String {
    let start = position
    guard take("\"") else { throw .notJSON(at: position) }
    var bytes: [UInt8] = []
    while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\"") {
      position += 1
      if byte == UInt8(ascii: "\\") { bytes += try escape() } else { bytes.append(byte) }
    }
    guard take("\"") else { throw .notJSON(at: position) }
    guard let string = String(validating: bytes, as: UTF8.self) else { throw .notJSON(at: start) }
    return string
  }

  /// What the escape stands for, in UTF-8; the backslash has been read.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let kind = current
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return kind.map { [$0] } ?? []
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try unit()]
      // A character beyond 16 bits is two escapes, a high surrogate and a low one.
      if UTF16.isLeadSurrogate(units[0]), take("\\") {
        guard take("u") else { throw .notJSON(at: position) }
        units.append(try unit())
      }
      guard let character = String(validating: units, as: UTF16.self) else { throw .notJSON(at: position) }
      return Array(character.utf8)
    default: throw .notJSON(at: min(position, text.count) - 1)
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .notJSON(at: position)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
