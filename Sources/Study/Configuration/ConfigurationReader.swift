import Files
import Yams

/// Reads a mapping of a study file, or of the configuration in a manifest, key by key. A key that is missing, a wrong
/// value or an unknown key is an error.
struct ConfigurationReader: ConfigurationKeys {
  /// A value, and how it reads as one type or another.
  struct Value {
    let node: Node

    var text: String? { node.scalar?.string }

    /// Those of a list.
    var elements: [Value]? { node.sequence.map { $0.map(Value.init) } }

    func wholeNumber(in bounds: ClosedRange<Int>) -> Int? {
      plain.flatMap(Int.init(canonical:)).flatMap { bounds.contains($0) ? $0 : nil }
    }

    func number(in bounds: ClosedRange<Double>) -> Double? {
      plain.flatMap(Double.init(yaml:)).flatMap { bounds.contains($0) ? $0 : nil }
    }

    /// The text of a scalar without quotes.
    private var plain: String? { node.scalar.flatMap { $0.style == .plain ? $0.string : nil } }

    /// What a person finds at this place.
    var described: String {
      switch node {
      case .scalar(let scalar) where scalar.style != .plain && Double(scalar.string) != nil:
        "'\(scalar.string)' in quotes, which is text"
      case .scalar(let scalar) where scalar.string.prefixMatch(of: /[-+]?0[0-9]/) != nil:
        "'\(scalar.string)', written with a leading zero"
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
  /// By key; `line` is the key's.
  private var values: [String: (node: Node, line: Int?)] = [:]
  private var known: [String] = []
  /// Whether the keys are listed, and no value is read.
  private var isListing = false

  init(_ node: Node, file: String, path: [String]) throws(FileError) {
    (self.file, self.path, line) = (file, path, node.mark?.line)
    guard let mapping = node.mapping else {
      throw error(found: Value(node: node).described, expected: "keys and values", line: line)
    }
    for (key, value) in mapping {
      let line = key.mark?.line ?? line
      guard let name = key.string else { throw error(found: "a key that is not text", expected: "text", line: line) }
      guard name != "<<" else {
        throw error(found: "a merge key (<<)", expected: "the keys themselves: merge keys are not read", line: line)
      }
      guard values.updateValue((value, line), forKey: name) == nil else {
        throw error(found: "the key '\(name)' twice", expected: "each key once", line: line)
      }
    }
  }

  /// Reads the keys that `body` goes through. First these are listed: a misspelt key is an error of its own line, not a key
  /// that is missing.
  mutating func readAll(_ body: (inout ConfigurationReader) throws(FileError) -> Void) throws(FileError) {
    isListing = true
    try body(&self)
    isListing = false
    let unknown = values.filter { !known.contains($0.key) }
    if let (key, value) = unknown.min(by: { ($0.value.line ?? 0, $0.key) < ($1.value.line ?? 0, $1.key) }) {
      throw error(found: "the unknown key '\(key)'", expected: known.joined(separator: ", "), line: value.line)
    }
    try body(&self)
  }

  mutating func whole<Number: FixedWidthInteger>(
    _ key: String, _ value: inout Number, in bounds: ClosedRange<Int>
  ) throws(FileError) {
    let expected = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    let found = try take(key, expected: expected) { $0.wholeNumber(in: bounds).flatMap(Number.init(exactly:)) }
    if let found { value = found }
  }

  mutating func number(_ key: String, _ value: inout Double, in bounds: ClosedRange<Double>) throws(FileError) {
    let expected = "a number from \(bounds.lowerBound) to \(bounds.upperBound)"
    if let found = try take(key, expected: expected, { $0.number(in: bounds) }) { value = found }
  }

  mutating func value<Known>(
    _ key: String, _ value: inout Known, of expected: String, read: (Value) -> Known?, write _: (Known) -> JSON
  ) throws(FileError) { if let found = try take(key, expected: expected, read) { value = found } }

  mutating func list<Element: Equatable>(
    _ key: String, _ elements: inout [Element], of expected: String, count: ClosedRange<Int>, distinct: Bool,
    read: (Value) -> Element?, write _: (Element) -> JSON
  ) throws(FileError) {
    let expected =
      "a list of \(expected), \(count.lowerBound) to \(count.upperBound) of them\(distinct ? ", each once" : "")"
    guard let nodes = try take(key, expected: expected, { $0.node.sequence.map(Array.init) }) else { return }
    elements = []
    for node in nodes {
      let value = Value(node: node)
      guard let next = read(value) else { throw error(key, found: value.described, expected: expected, node: node) }
      if distinct, elements.contains(next) {
        throw error(key, found: "\(value.described) twice", expected: expected, node: node)
      }
      elements.append(next)
    }
    guard count.contains(elements.count) else {
      throw error(
        key, found: elements.isEmpty ? "an empty list" : "\(elements.count) of them", expected: expected,
        node: values[key]?.node)
    }
  }

  mutating func section(_ key: String, _ read: (inout ConfigurationReader) throws(FileError) -> Void) throws(FileError) {
    guard let node = try take(key, expected: "a section of keys and values", { $0.node }) else { return }
    var section = try ConfigurationReader(node, file: file, path: path + [key])
    try section.readAll(read)
  }

  mutating func has(_ key: String, isSet _: Bool) -> Bool {
    list(key)
    return values[key] != nil && !isListing
  }

  mutating func hasSection(_ key: String, isSet _: Bool) -> Bool {
    has(key, isSet: true) && values[key]?.node.mapping != nil
  }

  mutating func refuse(_ key: String, beside other: String) throws(FileError) {
    guard has(key, isSet: true) else { return }
    throw error(key, found: "it beside \(other)", expected: "one of them", node: values[key]?.node)
  }

  /// The value of a key; `nil` while keys are listed.
  private mutating func take<Result>(
    _ key: String, expected: String, _ read: (Value) -> Result?
  ) throws(FileError) -> Result? {
    guard !isListing else {
      list(key)
      return nil
    }
    guard let node = values[key]?.node else { throw error(key, found: "no such key", expected: expected) }
    let value = Value(node: node)
    guard let result = read(value) else { throw error(key, found: value.described, expected: expected, node: node) }
    return result
  }

  private mutating func list(_ key: String) { if !known.contains(key) { known.append(key) } }

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
