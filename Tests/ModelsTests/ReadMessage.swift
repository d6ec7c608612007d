/// A message of Protocol Buffers, read: independent of what writes them.
struct ReadMessage {
  /// What is wrong with the bytes.
  struct Wrong: Error { let what: String }

  /// The numbers of each field, in their order.
  private var numbers: [Int: [Int]] = [:]
  /// The contents of each field that has a length.
  private var contents: [Int: [ArraySlice<UInt8>]] = [:]

  init(_ bytes: some Sequence<UInt8>) throws {
    var rest = ArraySlice(Array(bytes))
    while !rest.isEmpty {
      let key = try Self.varint(&rest)
      switch key & 7 {
      case 0: numbers[key >> 3, default: []].append(try Self.varint(&rest))
      case 2:
        let length = try Self.varint(&rest)
        guard length <= rest.count else { throw Wrong(what: "\(length) bytes of \(rest.count)") }
        contents[key >> 3, default: []].append(rest.prefix(length))
        rest = rest.dropFirst(length)
      default: throw Wrong(what: "a field of the kind \(key & 7)")
      }
    }
  }

  /// The numbers of all fields that are there.
  var fields: Set<Int> { Set(numbers.keys).union(contents.keys) }
  func integers(_ field: Int) -> [Int] { numbers[field] ?? [] }
  func bytes(_ field: Int) -> [[UInt8]] { (contents[field] ?? []).map(Array.init) }
  func texts(_ field: Int) -> [String] { bytes(field).map { String(decoding: $0, as: UTF8.self) } }
  func messages(_ field: Int) throws -> [ReadMessage] { try bytes(field).map { try ReadMessage($0) } }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> Int {
    var (value, shift) = (0, 0)
    while let byte = rest.popFirst() {
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Wrong(what: "a number that is cut short")
  }
}
