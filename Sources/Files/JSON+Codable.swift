import Foundation

extension JSON {
  /// The members of a Swift value, under their names.
  public init(encoding value: some Encodable) {
    guard let data = try? JSONEncoder().encode(value), let json = try? JSON(parsing: data) else {
      preconditionFailure("\(type(of: value)) holds a number that JSON has not")
    }
    self = json
  }

  /// The members of this object as a Swift value; further ones are passed over.
  /// - Parameters:
  ///   - path: the file, for the errors.
  ///   - expected: what it is, for the errors.
  /// - Throws: `FileError` with file and key, what was found and what was expected.
  public func decoded<Value: Decodable>(path: String, expected: String) throws(FileError) -> Value {
    func error(_ keys: [any CodingKey], _ expected: String, found: String? = nil) -> FileError {
      let place = keys.reduce("") { place, key in
        key.intValue.map { "\(place)[\($0)]" } ?? (place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)")
      }
      return FileError(
        path: place.isEmpty ? path : "\(path): \(place)", found: found ?? value(at: keys).described, expected: expected)
    }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw error(context.codingPath + [key], expected, found: "no such key")
    } catch DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context) {
      let kinds: [(any Any.Type, String)] = [
        (String.self, "text"), (Bool.self, "true or false"), ([Any].self, "a list"), ([String: Any].self, "an object"),
      ]
      throw error(context.codingPath, kinds.first { $0.0 == type }?.1 ?? "a number")
    } catch DecodingError.dataCorrupted(let context) {
      throw error(context.codingPath, "\(expected) (\(context.debugDescription))")
    } catch {
      throw FileError(path: path, found: "\(error)", expected: expected)
    }
  }

  private func value(at keys: [any CodingKey]) -> JSON {
    keys.reduce(self) { value, key in
      if case .array(let values) = value, let index = key.intValue, values.indices.contains(index) { return values[index] }
      return value[key.stringValue] ?? .null
    }
  }

  /// What a person finds at this place.
  private var described: String {
    switch self {
    case .array: "a list"
    case .object: "an object"
    case .string(let text): "'\(text.prefix(60))'"
    default: "\(text.prefix(60))"
    }
  }
}

extension JSON: Codable {
  /// Any value of JSON.
  /// - Throws: `DecodingError`.
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
  /// - Throws: `EncodingError`.
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
