import Files
import Yams

/// Reads a mapping of a study file, or of the configuration in a manifest, key by key. A key that is missing, a wrong
/// value or an unknown key is an error.
struct ConfigurationReader: ConfigurationKeys {
  /// A value, and how it reads as one type or another.
  struct Value {
    let node: Node

    var text: String? { node.scalar?.string }

    func wholeNumber(in bounds: ClosedRange<Int>) -> Int? {
      guard let scalar = node.scalar, scalar.style == .plain, let number = Int(scalar.string) else { return nil }
      return bounds.contains(number) ? number : nil
    }

    func number(in bounds: ClosedRange<Double>) -> Double? {
      guard let scalar = node.scalar, scalar.style == .plain, let number = Double(scalar.string) else { return nil }
      return bounds.contains(number) ? number : nil
    }

    /// What a person finds at this place.
    var described: String {
      switch node {
      case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
      case .sequence: "a list"
      case .mapping: "a mapping"
      case .alias: "an alias"
      }
    }
  }

  private let file: String
  private let path: [String]
  /// `nil` where the mapping was not read from YAML.
  private let line: Int?
  private var values: [String: Node] = [:]
  private var known: [String] = []

  init(_ node: Node, file: String, path: [String]) throws(FileError) {
    (self.file, self.path, line) = (file, path, node.mark?.line)
    guard let mapping = node.mapping else {
      throw error(found: Value(node: node).described, expected: "keys and values", line: line)
    }
    for (key, value) in mapping {
      guard let key = key.string else { throw error(found: "a key that is not text", expected: "text", line: line) }
      values[key] = value
    }
  }

  mutating func whole<Number: FixedWidthInteger>(
    _ key: String, _ value: inout Number, in bounds: ClosedRange<Int>
  ) throws(FileError) {
    value = try take(key, expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") { found in
      found.wholeNumber(in: bounds).flatMap(Number.init(exactly:))
    }
  }

  mutating func number(_ key: String, _ value: inout Double, in bounds: ClosedRange<Double>) throws(FileError) {
    value = try take(key, expected: "a number from \(bounds.lowerBound) to \(bounds.upperBound)") { $0.number(in: bounds) }
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ value: inout Word) throws(FileError)
  where Word.RawValue == String {
    value = try take(key, expected: Word.allCases.map(\.rawValue).joined(separator: " or ")) { $0.text.flatMap(Word.init) }
  }

  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of expected: String, count: ClosedRange<Int>, distinct: Bool,
    read: (Value) -> Element?, write _: (Element) -> JSON
  ) throws(FileError) {
    let expected =
      "a list of \(expected), \(count.lowerBound) to \(count.upperBound) of them\(distinct ? ", each once" : "")"
    elements = []
    for node in try take(key, expected: expected, { $0.node.sequence.map(Array.init) }) {
      let value = Value(node: node)
      guard let next = read(value) else { throw error(key, found: value.described, expected: expected, node: node) }
      if distinct, elements.contains(next) {
        throw error(key, found: "\(value.described) twice", expected: expected, node: node)
      }
      elements.append(next)
    }
    guard count.contains(elements.count) else { throw error(key, found: "\(elements.count)", expected: expected) }
  }

  mutating func section(_ key: String, _ read: (inout ConfigurationReader) throws(FileError) -> Void) throws(FileError) {
    let node = try take(key, expected: "a section of keys and values") { $0.node }
    var section = try ConfigurationReader(node, file: file, path: path + [key])
    try read(&section)
    try section.requireNoUnknownKeys()
  }

  mutating func optionalSection<Part>(
    _ key: String, _ part: inout Part?, unread: Part,
    _ read: (inout ConfigurationReader, inout Part) throws(FileError) -> Void
  ) throws(FileError) {
    guard values[key] != nil else { return known.append(key) }
    var found = unread
    try section(key) { section throws(FileError) in try read(&section, &found) }
    part = found
  }

  /// - Throws: `FileError` for the first key that was not read.
  func requireNoUnknownKeys() throws(FileError) {
    let unknown = values.filter { !known.contains($0.key) }
    guard let (key, node) = unknown.min(by: { ($0.value.mark?.line ?? 0, $0.key) < ($1.value.mark?.line ?? 0, $1.key) })
    else { return }
    throw error(found: "the unknown key '\(key)'", expected: known.joined(separator: ", "), line: node.mark?.line ?? line)
  }

  private mutating func take<Result>(
    _ key: String, expected: String, _ read: (Value) -> Result?
  ) throws(FileError) -> Result {
    known.append(key)
    guard let node = values[key] else {
      // One of the keys that are not read yet may be this one, misspelt.
      let others = values.keys.filter { !known.contains($0) }.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw error(key, found: others.isEmpty ? "no such key" : "no such key beside \(others)", expected: expected)
    }
    let value = Value(node: node)
    guard let result = read(value) else { throw error(key, found: value.described, expected: expected, node: node) }
    return result
  }

  private func error(_ key: String, found: String, expected: String, node: Node? = nil) -> FileError {
    FileError(path: place(of: path + [key], line: node?.mark?.line ?? line), found: found, expected: expected)
  }

  private func error(found: String, expected: String, line: Int?) -> FileError {
    FileError(path: place(of: path, line: line), found: found, expected: expected)
  }

  /// File, line and keys, as far as they are known.
  private func place(of keys: [String], line: Int?) -> String {
    let place = line.map { "\(file):\($0)" } ?? file
    return keys.isEmpty ? place : "\(place): \(keys.joined(separator: "."))"
  }
}
