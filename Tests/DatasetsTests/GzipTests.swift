import Files
import LinearAlgebra
import Datasets
import Testing

@Suite struct GzipTests {
  /// Bytes that compress a little, several chunks of them.
  static let bytes: [UInt8] = {
    var stream = RandomStream(seed: 1, name: "gzip")
    return (0..<700_000).map { _ in UInt8(stream.below(100)) }
  }()
  static let compressed = gzip(bytes)

  func decompress(_ file: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
    try Gzip.decompress(file, path: "x.gz", limit: limit)
  }

  @Test func roundTrip() throws {
    #expect(try decompress(Self.compressed) == Self.bytes)
    #expect(try decompress(gzip([])) == [])
    #expect(try decompress(gzip([7])) == [7])
  }

  @Test func membersAreJoined() throws {
    #expect(try decompress(gzip([1, 2]) + gzip([]) + gzip(Self.bytes) + gzip([3])) == [1, 2] + Self.bytes + [3])
  }

  @Test func endsEarly() {
    for length: Int in [2, 9, 10, 5_000, Self.compressed.count - 9, Self.compressed.count - 8, Self.compressed.count - 1] {
      #expect(
        throws: FileError(path: "x.gz", found: "a gzip file that ends early, after \(length) bytes", expected: "all of it"),
        "\(length)"
      ) { _ = try decompress(Array(Self.compressed[..<length])) }
    }
  }

  @Test func secondMemberEndsEarly() {
    let file = gzip([1, 2]) + gzip([3, 4]).dropLast()
    #expect(
      throws: FileError(path: "x.gz", found: "a gzip file that ends early, after \(file.count) bytes", expected: "all of it")
    ) { _ = try decompress(file) }
  }

  @Test func wrongCyclicRedundancyCheck() throws {
    var file = Self.compressed
    file[file.count - 8] ^= 1
    let error = #expect(throws: FileError.self) { _ = try decompress(file) }
    #expect(error?.found.contains("corrupt gzip data") == true)
    #expect(error?.found.contains("incorrect data check") == true)
  }

  @Test func wrongLength() {
    var file = Self.compressed
    file[file.count - 1] ^= 1
    let error = #expect(throws: FileError.self) { _ = try decompress(file) }
    #expect(error?.found.contains("incorrect length check") == true)
  }

  @Test func corruptData() {
    var file = Self.compressed
    for index in 1000..<1100 { file[index] = 0xFF }
    let error = #expect(throws: FileError.self) { _ = try decompress(file) }
    #expect(error?.found.contains("corrupt gzip data") == true)
  }

  @Test func trailingBytes() {
    #expect(throws: FileError(path: "x.gz", found: "3 bytes behind the gzip data", expected: "its end")) {
      _ = try decompress(gzip([1, 2]) + [0, 0, 0])
    }
  }

  @Test func otherFiles() {
    #expect(throws: FileError(path: "x.gz", found: "an empty file", expected: "a gzip file")) { _ = try decompress([]) }
    #expect(throws: FileError(path: "x.gz", found: "bytes that are not gzip", expected: "a gzip file")) {
      _ = try decompress(Array("<html>".utf8))
    }
  }

  @Test func moreThanTheLimit() throws {
    let bomb = gzip([UInt8](repeating: 0, count: 10_000_000))
    #expect(throws: FileError(path: "x.gz", found: "more than 9999999 bytes once decompressed", expected: "at most that")) {
      _ = try decompress(bomb, limit: 9_999_999)
    }
    #expect(try decompress(bomb, limit: 10_000_000).count == 10_000_000)
  }
}
