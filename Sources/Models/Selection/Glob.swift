import Foundation

/// A pattern of names, as a shell has it: `*` is any text, `?` any character, `[a-z]` one of these (POSIX `fnmatch`).
public struct Glob: Sendable {
  public let pattern: String

  public init(_ pattern: String) { self.pattern = pattern }

  /// Whether the whole name fits.
  public func matches(_ name: String) -> Bool { fnmatch(pattern, name, 0) == 0 }

  /// Up to three of `names` that are most like the pattern: with the fewest characters to insert, delete or replace (Levenshtein
  /// 1966), where a `*` stands for nothing.
  func nearest(of names: [String]) -> [String] {
    let plain = pattern.filter { !"*?[]".contains($0) }
    // Many names have numbers alone in which they differ.
    return names.prefix(10_000).map { (distance: Self.distance(plain, $0), name: $0) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8.prefix(200)), Array(b.utf8.prefix(200)))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
