import Foundation

extension JSON: Codable {
  /// A Swift value, as Foundation encodes it.
  public init(encoding value: some Encodable) {
    guard let data = try? JSONEncoder().encode(value), let json = try? JSON(parsing: data) else {
      preconditionFailure("\(type(of: value)) holds a number that JSON does not have")
    }
    self = json
  }

  /// This value as a Swift value; members of objects that it does not have are passed over.
  /// - Parameters:
  ///   - path: the file, for the errors.
  ///   - expected: what it is, for the errors.
  /// - Throws: `FileError` with file and key, what was found and what was expected.
  public func decoded<Value: Decodable>(path: String, expected: String) throws(FileError) -> Value {
    do {
      return try JSONReader(json: self, codingPath: [], path: path, expected: expected).decode(Value.self)
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: path, found: "\(error)", expected: expected)
    }
  }

  /// The value as it is, within another that `decoded(path:expected:)` gives.
  public init(from decoder: any Decoder) throws {
    guard let reader = decoder as? JSONReader else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not read from JSON"))
    }
    self = reader.json
  }

  /// The value as it is.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let text):
      if let value = Int(text) {
        try container.encode(value)
      } else if let value = UInt(text) {
        try container.encode(value)
      } else {
        try container.encode(Double(text))
      }
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}

/// A place in JSON, from which a Swift value is decoded. A generic `decode` serves all types that the protocols list.
private struct JSONReader: Decoder, SingleValueDecodingContainer {
  let json: JSON
  let codingPath: [any CodingKey]
  let path: String
  let expected: String
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let (value, kind): (Any?, String)
    switch type {
    case is String.Type: (value, kind) = (json.string, "text")
    case is Bool.Type: (value, kind) = ([true, false].first { json == .bool($0) }, "true or false")
    case is Double.Type: (value, kind) = (number(Double.init).flatMap { $0.isFinite ? $0 : nil }, "a number")
    case let type as any FixedWidthInteger.Type: (value, kind) = (integer(type), "a whole number")
    default:
      do { return try Value(from: self) } catch DecodingError.dataCorrupted(let context) {
        throw error(expected: (type as? any CaseIterable.Type).map { words($0) } ?? context.debugDescription)
      }
    }
    guard let value = value as? Value else { throw error(expected: kind) }
    return value
  }

  private func words<Word: CaseIterable>(_: Word.Type) -> String { Word.allCases.map { "\($0)" }.joined(separator: ", ") }

  private func number<Number>(_ read: (String) -> Number?) -> Number? {
    if case .number(let text) = json { read(text) } else { nil }
  }

  private func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? { number { Integer($0) } }

  func decodeNil() -> Bool { json == .null }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = json else { throw error(expected: "an object") }
    return KeyedDecodingContainer(Members(members: members, reader: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let values) = json else { throw error(expected: "a list") }
    return Elements(values: values, reader: self)
  }

  func at(_ key: any CodingKey, _ value: JSON) -> JSONReader {
    JSONReader(json: value, codingPath: codingPath + [key], path: path, expected: expected)
  }

  /// What was found here, or `found`, at the key that leads here.
  func error(found: String? = nil, expected: String) -> FileError {
    let place = codingPath.reduce("") { place, key in
      key.intValue.map { "\(place)[\($0)]" } ?? (place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)")
    }
    let described =
      switch json {
      case .array: "a list"
      case .object: "an object"
      case .string(let text): "'\(text.prefix(60))'"
      default: "\(json.text.prefix(60))"
      }
    return FileError(path: place.isEmpty ? path : "\(path): \(place)", found: found ?? described, expected: expected)
  }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [String: JSON]
  let reader: JSONReader
  var codingPath: [any CodingKey] { reader.codingPath }
  var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

  func decodeNil(forKey key: Key) -> Bool { members[key.stringValue] == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).decode(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try member(key).unkeyedContainer() }

  func superDecoder() -> any Decoder { reader }

  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

  private func member(_ key: Key) throws -> JSONReader {
    guard let value = members[key.stringValue] else {
      throw reader.at(key, .null).error(found: "no such key", expected: reader.expected)
    }
    return reader.at(key, value)
  }
}

private struct Elements: UnkeyedDecodingContainer {
  let values: [JSON]
  let reader: JSONReader
  var currentIndex = 0
  var codingPath: [any CodingKey] { reader.codingPath }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, values[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> JSONReader {
    guard !isAtEnd else { throw reader.error(found: "\(values.count) elements", expected: "more") }
    defer { currentIndex += 1 }
    return reader.at(Index(intValue: currentIndex), values[currentIndex])
  }

  private struct Index: CodingKey {
    let intValue: Int?
    var stringValue: String { "" }

    init(intValue: Int) { self.intValue = intValue }

    init?(stringValue: String) { return nil }
  }
}
