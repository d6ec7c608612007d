/// A message of Protocol Buffers that is written only.
///
/// A field is its number and the kind of its value as one varint, and the value: a varint, or a length and as many bytes (Protocol
/// Buffers, "Encoding"). The same fields give the same bytes.
struct ProtobufMessage: Sendable {
  /// What a field holds.
  enum Value {
    case number(Int)
    case text(String)
    case bytes([UInt8])
    case message(ProtobufMessage)
  }

  /// The bytes. Long ones are pieces of their own, which the messages around this one do not copy.
  private(set) var pieces: [[UInt8]] = []
  /// Bytes of the message.
  private(set) var count = 0

  /// A message of these fields, in this order; a repeated field is there several times.
  init(_ fields: [(number: Int, value: Value)]) {
    for (number, value) in fields {
      switch value {
      case .number(let value): append(Self.varint(number << 3) + Self.varint(value))
      case .text(let text): append(number, [Array(text.utf8)], count: text.utf8.count)
      case .bytes(let bytes): append(number, [bytes], count: bytes.count)
      case .message(let message): append(number, message.pieces, count: message.count)
      }
    }
  }

  private mutating func append(_ number: Int, _ pieces: [[UInt8]], count: Int) {
    append(Self.varint(number << 3 | 2) + Self.varint(count))
    for piece in pieces { append(piece) }
  }

  /// Adds bytes to the last piece, or as a piece if they are many.
  private mutating func append(_ bytes: [UInt8]) {
    count += bytes.count
    if let last = pieces.indices.last, pieces[last].count + bytes.count <= 4096 {
      pieces[last] += bytes
    } else {
      pieces.append(bytes)
    }
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  private static func varint(_ value: Int) -> [UInt8] {
    precondition(value >= 0)
    var (rest, bytes) = (value, [UInt8]())
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
