import Files
import Foundation

/// A pattern of names, as a shell has it: `*` is any text, `?` any character of ASCII, `[a-z]` one of these (POSIX `fnmatch`). A name
/// fits itself, whatever is in it.
public struct Glob: Sendable {
  public let pattern: String

  /// Any text is a pattern.
  public init(_ pattern: String) { self.pattern = pattern }

  /// Whether the whole name fits.
  public func matches(_ name: String) -> Bool { pattern.isIdentical(to: name) || fnmatch(pattern, name, 0) == 0 }

  /// Up to three of `names` that are most like the pattern: with the fewest characters to insert, delete or replace until they fit
  /// (Levenshtein 1966).
  func nearest(of names: [String]) -> [String] {
    let tokens = tokens
    // Many names have numbers alone in which they differ.
    return names.prefix(10_000).map { (distance: Self.distance(tokens, $0), name: $0) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  private enum Token: Equatable {
    case text, character
    case byte(UInt8)
  }

  /// Without what is in brackets: these are any character here.
  private var tokens: [Token] {
    var (tokens, rest): ([Token], _) = ([], pattern.utf8.prefix(200))
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): tokens.append(.text)
      case UInt8(ascii: "?"): tokens.append(.character)
      case UInt8(ascii: "["):
        tokens.append(.character)
        rest = rest.drop { $0 != UInt8(ascii: "]") }.dropFirst()
      default: tokens.append(.byte(byte))
      }
    }
    return tokens
  }

  private static func distance(_ tokens: [Token], _ name: String) -> Int {
    let name = Array(name.utf8.prefix(200))
    var row = Array(0...name.count)
    for token in tokens {
      var diagonal = row[0]
      row[0] += token == .text ? 0 : 1
      for j in name.indices {
        let replaced = diagonal + (token == .character || token == .byte(name[j]) ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = token == .text ? min(row[j], row[j + 1]) : min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[name.count]
  }
}
