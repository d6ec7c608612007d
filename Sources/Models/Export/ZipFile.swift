import Datasets
import Files

/// A zip file (PKWARE's APPNOTE.TXT) whose members are stored as they are, without a time: the same members give the same bytes.
struct ZipFile {
  /// The bytes, one piece behind the other.
  let pieces: [[UInt8]]
  /// Bytes of the file.
  let size: Int

  /// What 32 bits can say of a size or a place.
  private static let limit = Int(UInt32.max)

  /// - Throws: `FileError` for more bytes, members or bytes of a name than the format has room for, or a name that it cannot hold.
  init(_ members: [(name: String, bytes: [UInt8])], path: String, limit: Int = Self.limit) throws(FileError) {
    // Headers before and behind the members have 30 and 46 bytes and the name; the end has 22.
    size = members.reduce(22) { $0 + $1.bytes.count + 76 + 2 * $1.name.utf8.count }
    guard size <= limit else {
      throw FileError(path: path, found: "\(size) bytes", expected: "at most \(limit), what a zip file holds")
    }
    guard members.count <= UInt16.max else {
      throw FileError(path: path, found: "\(members.count) arrays", expected: "at most \(UInt16.max), what a zip file holds")
    }
    var (pieces, directory, offset) = ([[UInt8]](), [UInt8](), 0)
    for (name, bytes) in members {
      guard name.utf8.count <= UInt16.max, !name.utf8.contains(0) else {
        throw FileError(
          path: path, found: "the name '\(name.prefix(80))'", expected: "at most \(UInt16.max) bytes, none of them 0")
      }
      // Version 2.0, a name in UTF-8, stored, 1980-01-01; and the sizes before and after compression.
      let described =
        [20, 1 << 11, 0, 0, 0x21].flatMap(Self.word) + Self.long(Int(Gzip.checksum(of: bytes))) + Self.long(bytes.count)
        + Self.long(bytes.count) + Self.word(name.utf8.count) + Self.word(0)
      pieces += [Self.long(0x0403_4B50) + described + name.utf8, bytes]
      // No comment, no second disk, no attributes.
      directory += Self.long(0x0201_4B50) + Self.word(20) + described + [UInt8](repeating: 0, count: 10) + Self.long(offset)
      directory += name.utf8
      offset += 30 + name.utf8.count + bytes.count
    }
    let count = Self.word(members.count)
    let end =
      Self.long(0x0605_4B50) + [0, 0, 0, 0] + count + count + Self.long(directory.count) + Self.long(offset) + [0, 0]
    self.pieces = pieces + [directory + end]
  }

  private static func word(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
  private static func long(_ value: Int) -> [UInt8] { word(value) + word(value >> 16) }
}
