import Testing

@testable import Models

@Suite struct GlobTests {
  @Test(arguments: [
    ("*", "", true), ("*", "a/b.c", true), ("a", "a.b", false), ("a*", "a.b", true), ("*b", "a.b", true), ("?", "a", true),
    ("?", "", false), ("l.[0-9].w", "l.7.w", true), ("l.[0-9].w", "l.17.w", false), ("l.[!0].w", "l.1.w", true),
    ("*.weight", ".weight", true), ("A", "a", false), ("a\\*", "a*", true), ("a\\*", "ab", false), ("[", "[", true),
    // A name fits itself.
    ("a[0].b", "a[0].b", true), ("a[0].b", "a0.b", true), ("a\\", "a\\", true),
  ])
  func matching(pattern: String, name: String, fits: Bool) { #expect(Glob(pattern).matches(name) == fits) }

  /// The fewest characters to insert, delete or replace; then by name; three at most.
  @Test(arguments: [
    ("kitten", ["sitting", "mitten", "kitchen", "bitten"], ["bitten", "mitten", "kitchen"]),
    ("*.wieght", ["a.weight", "a.bias"], ["a.weight", "a.bias"]), ("", ["abc", "a", "ab", ""], ["", "a", "ab"]),
    ("[x]?y*", ["xy", "z"], ["xy", "z"]), ("a", [], []),
    // What stars, marks and brackets stand for costs nothing.
    (
      "*.atention.*", ["pooler.bias", "layer.0.attention.query", "x.attention"],
      ["layer.0.attention.query", "x.attention", "pooler.bias"]
    ),
    ("l.[0-9].w?", ["l.1.wa", "l.1.v", "l.0-9.w"], ["l.1.wa", "l.1.v", "l.0-9.w"]),
    ("l[", ["lx", "abc"], ["lx", "abc"]),
  ])
  func nearest(pattern: String, names: [String], nearest: [String]) {
    #expect(Glob(pattern).nearest(of: names) == nearest)
  }
}
