import Files
import Yams

extension ConfigurationReader {
  /// - Throws: `FileError` if the file cannot be read, or is not a mapping in YAML.
  init(readingFrom file: String) throws(FileError) {
    let text = try Self.text(of: file)
    let root: Node?
    do {
      root = try BoundedYAML(text).compose()
    } catch let error as YamlError {
      throw Self.error(error, text: text, file: file)
    } catch let error as BoundedYAML.TooManyAliases {
      throw FileError(
        path: "\(file):\(error.line)", found: "alias number \(error.count) (*)", expected: "at most \(error.count - 1)")
    } catch {
      throw FileError(path: file, found: "\(error)", expected: "YAML")
    }
    guard let root else { throw FileError(path: file, found: "nothing", expected: "a study in YAML") }
    try self.init(root, file: file, path: [])
  }

  /// The file's text without a byte order mark.
  private static func text(of file: String) throws(FileError) -> String {
    let bytes = try readFile(file, expected: "a study file, such as experiments/paper.yaml", acceptsPipes: true)
    guard bytes.count <= 100_000 else {
      throw FileError(path: file, found: "\(bytes.count) bytes", expected: "a study file, at most 100000 bytes")
    }
    // A study file begins with a character of ASCII: one of its two bytes in UTF-16 is 0.
    let beginning = Array(bytes.prefix(2))
    if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(beginning) || beginning.count(where: { $0 == 0 }) == 1 {
      throw FileError(path: file, found: "text in UTF-16", expected: "text in UTF-8")
    }
    var lines: [String] = []
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw FileError(
          path: "\(file):\(lines.count + 1)", found: "bytes that are not UTF-8", expected: "text in UTF-8")
      }
      // Behind a comment that was put before the file, a mark begins a line.
      lines.append(String(text.unicodeScalars.drop { $0 == "\u{FEFF}" }))
    }
    return lines.joined(separator: "\n")
  }

  private static func error(_ error: YamlError, text: String, file: String) -> FileError {
    switch error {
    case .scanner(_, _, let mark, _) where text.scalar(at: mark) == "\t":
      FileError(path: "\(file):\(mark.line)", found: "a tab", expected: "spaces before a key or a value")
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      FileError(
        path: "\(file):\(mark.line)",
        found: "not YAML: " + problem + (context.map { ", \($0.text) from line \($0.mark.line)" } ?? ""))
    case .composer(nil, _, let mark, _):
      FileError(path: "\(file):\(mark.line)", found: "an alias (*) without its anchor (&)", expected: "the anchor before it")
    case .composer(_, _, let mark, _):
      FileError(path: "\(file):\(mark.line)", found: "a second document (---)", expected: "one study in a file")
    case .duplicatedKeysInMapping(let duplicates, let context):
      FileError(
        path: "\(file):\(context.mark.line)", found: "the key '\(duplicates.sorted().first ?? "")' twice",
        expected: "each key once")
    case .reader(let problem, let offset, _, _):
      FileError(
        path: offset.map { "\(file):\(text.prefix($0).count(where: \.isNewline) + 1)" } ?? file,
        found: "not YAML: \(problem)")
    default: FileError(path: file, found: "not YAML: \(error)")
    }
  }
}
