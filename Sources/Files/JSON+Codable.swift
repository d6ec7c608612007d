import Foundation

extension JSON: Codable {
  /// A Swift value, as Foundation encodes it.
  public init(encoding value: some Encodable) {
    guard let data = try? JSONEncoder().encode(value), let json = try? JSON(parsing: data) else {
      preconditionFailure("\(type(of: value)) holds a number that JSON does not have")
    }
    self = json
  }

  /// This value as a Swift value. Members that the type does not have are ignored.
  /// - Parameters:
  ///   - path: the file, for the errors.
  ///   - expected: what it is, for the errors.
  /// - Throws: `FileError` with file and key, what was found and what was expected.
  public func decoded<Value: Decodable>(path: String, expected: String) throws(FileError) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw FileError(path: Self.place(context.codingPath + [key], in: path), found: "no such key", expected: expected)
    } catch DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context) {
      throw FileError(
        path: Self.place(context.codingPath, in: path), found: described(at: context.codingPath),
        expected: Self.words(for: type))
    } catch DecodingError.dataCorrupted(let context) {
      // For a number that does not fit its type, Foundation gives neither key nor reason.
      let found = context.codingPath.isEmpty ? "a number that is not whole or too large" : context.debugDescription
      throw FileError(path: Self.place(context.codingPath, in: path), found: found, expected: expected)
    } catch {
      throw FileError(path: path, found: "\(error)", expected: expected)
    }
  }

  /// The value as it is, within another that is decoded.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .number(value)
    } else if let value = try? container.decode(UInt.self) {
      self = .number(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
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

  /// The file and the key in it.
  private static func place(_ keys: [any CodingKey], in path: String) -> String {
    let place = keys.reduce("") { place, key in
      key.intValue.map { "\(place)[\($0)]" } ?? (place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)")
    }
    return place.isEmpty ? path : "\(path): \(place)"
  }

  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }

  /// What a person finds at this key.
  private func described(at keys: [any CodingKey]) -> String {
    let value = keys.reduce(self) { value, key in
      if case .array(let elements) = value, let index = key.intValue, elements.indices.contains(index) {
        return elements[index]
      }
      return value[key.stringValue] ?? value
    }
    return switch value {
    case .array: "a list"
    case .object: "an object"
    case .string(let text): "'\(text.prefix(60))'"
    default: "\(value.text.prefix(60))"
    }
  }
}
