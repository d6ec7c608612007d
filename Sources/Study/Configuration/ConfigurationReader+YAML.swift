import Files
import Yams

extension ConfigurationReader {
  /// - Throws: `FileError` if the file cannot be read, or is not a mapping in YAML.
  init(readingFrom file: String) throws(FileError) {
    let text = try readText(file, expected: "a study file, such as experiments/paper.yaml", acceptsPipes: true)
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

  /// Aliases of aliases in a kilobyte can stand for more values than memory holds, and Yams visits all of them. These limits
  /// allow a million; a study file has two kilobytes and no aliases.
  private static func requireModest(_ text: String, file: String) throws(FileError) {
    guard text.utf8.count <= 100_000 else {
      throw FileError(path: file, found: "\(text.utf8.count) bytes", expected: "a study file, at most 100000 bytes")
    }
    // Comments count too: only the YAML parser knows where they are.
    let aliases = zip(text.utf8, text.utf8.dropFirst()).count { $0 == UInt8(ascii: "*") && $1 > UInt8(ascii: " ") }
    guard aliases <= 8 else {
      throw FileError(path: file, found: "\(aliases) aliases, such as *name", expected: "at most 8")
    }
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
