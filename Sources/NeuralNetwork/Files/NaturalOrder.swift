/// The order in which people count: numbers in names by their values, so that `layers.2` comes before `layers.10`.
enum NaturalOrder {
  /// Whether one name comes before another. Names differ where their bytes do.
  static func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (parts(first), parts(second))
    for (x, y) in zip(a, b) where x.text != y.text {
      // A number by its length without leading zeros, then by its digits.
      if let p = x.number, let q = y.number, p != q { return (p.count, p) < (q.count, q) }
      return x.text.lexicographicallyPrecedes(y.text)
    }
    return a.count < b.count
  }

  /// Digits in a row, or other bytes in a row.
  private struct Part {
    var text: [UInt8] = []
    var digits: ArraySlice<UInt8> { text.drop { $0 == UInt8(ascii: "0") } }
    var isNumber: Bool { text.first.map(NaturalOrder.isDigit) ?? false }
    var number: String? { isNumber ? String(decoding: digits, as: UTF8.self) : nil }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func parts(_ name: String) -> [Part] {
    var parts: [Part] = []
    for byte in name.utf8 {
      if parts.last.map({ $0.isNumber == isDigit(byte) }) != true { parts.append(Part()) }
      parts[parts.count - 1].text.append(byte)
    }
    return parts
  }
}
