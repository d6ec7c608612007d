import Files
import Yams

/// A mapping in a study file, or in the configuration of a manifest, whose keys are taken one by one; what is left over at
/// the end is a mistake.
struct ConfigurationReader {
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

  /// - Throws: `FileError` if the file cannot be read, or is not a mapping in YAML.
  init(readingFrom file: String) throws(FileError) {
    let text = try readText(file, expected: "a study file, such as experiments/paper.yaml")
    try Self.requireModest(text, file: file)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Self.error(error, file: file)
    } catch {
      throw FileError(path: file, found: "\(error)", expected: "YAML")
    }
    guard let root else { throw FileError(path: file, found: "nothing", expected: "a study in YAML") }
    try self.init(root, file: file, path: [])
  }

  /// A kilobyte of aliases of aliases stands for more values than any memory holds, and Yams goes through all of them. With
  /// these limits it is a million at most; a study file has two kilobytes, and no aliases.
  private static func requireModest(_ text: String, file: String) throws(FileError) {
    guard text.utf8.count <= 100_000 else {
      throw FileError(path: file, found: "\(text.utf8.count) bytes", expected: "a study file, at most 100000 bytes")
    }
    // In comments too: what is a comment, only YAML's own grammar can tell.
    let aliases = zip(text.utf8, text.utf8.dropFirst()).count { $0 == UInt8(ascii: "*") && $1 > UInt8(ascii: " ") }
    guard aliases <= 8 else {
      throw FileError(path: file, found: "\(aliases) aliases, such as *name", expected: "at most 8")
    }
  }

  init(_ node: Node, file: String, path: [String]) throws(FileError) {
    (self.file, self.path, line) = (file, path, node.mark?.line)
    guard let mapping = node.mapping else {
      throw error(found: Value(node: node).described, expected: "keys and values", line: line)
    }
    for (key, value) in mapping {
      guard let key = key.string else { throw error(found: "a key that is no word", expected: "a word", line: line) }
      values[key] = value
    }
  }

  mutating func whole(_ key: String, in bounds: ClosedRange<Int>) throws(FileError) -> Int {
    let range = bounds.upperBound == .max ? "from \(bounds.lowerBound)" : "from \(bounds.lowerBound) to \(bounds.upperBound)"
    return try take(key, expected: "a whole number \(range)") { $0.wholeNumber(in: bounds) }
  }

  mutating func number(_ key: String, in bounds: ClosedRange<Double>) throws(FileError) -> Double {
    try take(key, expected: "a number from \(bounds.lowerBound) to \(bounds.upperBound)") { $0.number(in: bounds) }
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type) throws(FileError) -> Word
  where Word.RawValue == String {
    try take(key, expected: Word.allCases.map(\.rawValue).joined(separator: " or ")) { $0.text.flatMap(Word.init) }
  }

  /// A list, each element read by `element`; more or fewer than `count` is a mistake, and if `distinct` so is the same
  /// element twice.
  mutating func list<Element: Equatable>(
    _ key: String, of expected: String, count: ClosedRange<Int>, distinct: Bool = false, _ element: (Value) -> Element?
  ) throws(FileError) -> [Element] {
    let expected =
      "a list of \(expected), \(count.lowerBound) to \(count.upperBound) of them\(distinct ? ", each once" : "")"
    let nodes = try take(key, expected: expected) { $0.node.sequence.map(Array.init) }
    var elements: [Element] = []
    for node in nodes {
      let value = Value(node: node)
      guard let next = element(value) else { throw error(key, found: value.described, expected: expected, node: node) }
      if distinct, elements.contains(next) {
        throw error(key, found: "\(value.described) twice", expected: expected, node: node)
      }
      elements.append(next)
    }
    guard count.contains(elements.count) else { throw error(key, found: "\(elements.count)", expected: expected) }
    return elements
  }

  /// A mapping within this one, all of whose keys `read` takes.
  mutating func section<Result>(
    _ key: String, _ read: (inout ConfigurationReader) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    let node = try take(key, expected: "a section of keys and values") { $0.node }
    var section = try ConfigurationReader(node, file: file, path: path + [key])
    let result = try read(&section)
    try section.finish()
    return result
  }

  /// A mapping that may be left out.
  mutating func optionalSection<Result>(
    _ key: String, _ read: (inout ConfigurationReader) throws(FileError) -> Result
  ) throws(FileError) -> Result? {
    if values[key] == nil {
      known.append(key)
      return nil
    }
    return try section(key, read)
  }

  /// Throws if there are keys that nobody took.
  func finish() throws(FileError) {
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
      // One of those that nobody has taken yet may be this one, misspelt.
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

  private static func error(_ error: YamlError, file: String) -> FileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      FileError(path: "\(file):\(mark.line)", found: problem, expected: "YAML")
    case .duplicatedKeysInMapping(let duplicates, _):
      FileError(
        path: file, found: "the same key twice: \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))",
        expected: "each key once")
    default:
      FileError(path: file, found: "\(error)".split(whereSeparator: \.isNewline).joined(separator: " "), expected: "YAML")
    }
  }
}
