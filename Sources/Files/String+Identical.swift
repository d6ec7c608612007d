// Swift compares text by canonical equivalence: é in one scalar equals e and a combining accent, and a text has a prefix only
// where a character begins behind it. In the formats of others, names are bytes.

extension StringProtocol {
  /// Whether both have the same bytes in UTF-8.
  public func isIdentical(to other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

  /// The text behind `prefix`; `nil` where its bytes are not those of `prefix` at the beginning.
  public func removing(prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
  }

  /// The order by bytes in UTF-8.
  public func precedes(_ other: some StringProtocol) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
