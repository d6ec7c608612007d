import Yams

/// A YAML text that is composed only if it has few aliases: aliases of aliases in a kilobyte can stand for more values than
/// memory holds, and Yams visits all of them. Eight in the 100,000 bytes of a study file stand for at most a million.
///
/// Only libyaml knows which `*` is an alias, and which is in a comment, in quotes or within a word. It takes `@` in the same
/// places, except where a value begins: there it stops. So every `*` is first hidden as `@`. Where libyaml stops at one, this is
/// an alias, which is then shown; when it stops no more, the others are known to be none.
struct BoundedYAML {
  static let mostAliases = 8

  struct TooManyAliases: Error {
    let line: Int
    /// How many there are up to that line.
    let count: Int
  }

  private let text: String
  /// Offsets in scalars of each `*` that is an alias.
  private var aliases: Set<Int> = []

  init(_ text: String) { self.text = text }

  /// - Returns: the root; `nil` where there is no document.
  /// - Throws: `YamlError`, `TooManyAliases`.
  func compose() throws -> Node? {
    var bounded = self
    while let mark = try bounded.nextAlias() {
      guard bounded.aliases.count <= Self.mostAliases else {
        throw TooManyAliases(line: mark.line, count: bounded.aliases.count)
      }
    }
    // The encoding is given, because Yams would ask the environment for it.
    return try Yams.compose(yaml: text, .default, .default, .utf8)
  }

  /// Finds one more alias; `nil` if there is none.
  private mutating func nextAlias() throws -> Mark? {
    var hidden = String.UnicodeScalarView()
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      hidden.append(scalar == "*" && !aliases.contains(offset) ? "@" : scalar)
    }
    do {
      _ = try Yams.compose(yaml: String(hidden), .default, .default, .utf8)
      return nil
    } catch YamlError.scanner(let context, let problem, let mark, let yaml) {
      if let index = text.index(at: mark), index < text.endIndex, text.unicodeScalars[index] == "*",
        aliases.insert(text.unicodeScalars.distance(from: text.startIndex, to: index)).inserted
      {
        return mark
      }
      throw YamlError.scanner(context: context, problem: problem, mark, yaml: yaml)
    }
  }
}

extension String {
  /// The scalar at a mark of libyaml; `nil` at the end of a line.
  func scalar(at mark: Mark) -> Unicode.Scalar? {
    guard let index = index(at: mark), index < endIndex else { return nil }
    return unicodeScalars[index]
  }

  /// The place of a mark of libyaml, which counts lines, and scalars in a line, from 1.
  fileprivate func index(at mark: Mark) -> String.Index? {
    let lines = split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.indices.contains(mark.line - 1) else { return nil }
    let line = lines[mark.line - 1].unicodeScalars
    return line.index(line.startIndex, offsetBy: mark.column - 1, limitedBy: line.endIndex)
  }
}
