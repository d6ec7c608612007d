/// A file that is missing, unreadable, unwritable or not what it should be.
///
/// Prints as one line, even if it quotes line feeds: the path, what was found, and what was expected.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file, as the user named it; a line or key may follow (`experiments/paper.yaml:12`).
  public let path: String
  /// What is there.
  public let found: String
  /// What should be there; `nil` where that is clear.
  public let expected: String?

  /// An error about `path`.
  public init(path: String, found: String, expected: String? = nil) {
    self.path = path
    self.found = found
    self.expected = expected
  }

  public var description: String {
    printable(expected.map { "\(path): found \(found), expected \($0)" } ?? "\(path): \(found)")
  }
}
