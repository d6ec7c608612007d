import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Files with the published contents under other names, unpacked, or compressed anew.
@Suite struct PackedOtherwiseTests {
  let small = SmallMNIST.shared

  /// The ways in which people keep the files: what becomes of a name, and of the contents.
  static let packings: [(name: @Sendable (String) -> String, pack: @Sendable ([UInt8]) -> [UInt8])] = [
    (plain, { $0 }), ({ dotted(plain($0)) }, { $0 }), ({ dotted($0) }, gzip),
    // Two members, which have the same contents as one; and what a browser has unpacked without changing the name.
    ({ $0 }, { gzip(Array($0.prefix(100))) + gzip(Array($0.dropFirst(100))) }), ({ $0 }, { $0 }),
  ]

  @Sendable static func plain(_ name: String) -> String { String(name.dropLast(3)) }
  @Sendable static func dotted(_ name: String) -> String { name.replacingOccurrences(of: "-idx", with: ".idx") }

  /// The decompressed contents of a file.
  func contents(of file: PublishedFile) throws -> [UInt8] {
    try Gzip.decompress(small.contents[file.name] ?? [], path: file.name, limit: file.decompressedBytes)
  }

  /// The data and their recorded digests are those of the published files, so results stay up to date; nothing is downloaded.
  @Test func areTaken() throws {
    for (index, packing) in Self.packings.enumerated() {
      try withTemporaryFolder { folder in
        for file in small.files.all {
          try AtomicFile.write(packing.pack(try contents(of: file)), to: "\(folder)/\(packing.name(file.name))")
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let source = try DatasetSource.resolve(
          .mnist, environment: [:], folder: folder, files: small.files, mirrors: Mirrors([]), log: { Issue.record("\($0)") })
        let dataset = try MNISTFolder(path: folder, files: small.files).load()
        #expect(source == .mnist(MNISTFolder(path: folder, files: small.files)), "packing \(index)")
        #expect(dataset.training == small.dataset.training && dataset.test == small.dataset.test, "packing \(index)")
        #expect(
          dataset.sha256 == Dictionary(uniqueKeysWithValues: small.files.all.map { ($0.name, $0.sha256) }),
          "packing \(index)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
      }
    }
  }

  /// Other contents are refused, whatever the packing: a pixel, a length, a file that ends early.
  @Test func otherContentsAreNot() throws {
    let file = small.files.trainingImages
    var other = try contents(of: file)
    other[5000] ^= 1
    for wrong in [other, other + [0], Array(other.dropLast())] {
      for (index, packing) in Self.packings.enumerated() {
        try withTemporaryFolder { folder in
          let path = "\(folder)/\(packing.name(file.name))"
          let bytes = packing.pack(wrong)
          try AtomicFile.write(bytes, to: path)
          let expected =
            path.hasSuffix(".gz")
            ? "\(file.bytes) with \(file.sha256)" : "\(file.decompressedBytes) with \(file.decompressedSHA256)"
          #expect(
            throws: FileError(
              path: path, found: "\(bytes.count) bytes with SHA-256 \(SHA256.hexDigest(of: bytes))", expected: expected),
            "packing \(index)"
          ) { try MNISTFolder(path: folder, files: small.files).check() }
        }
      }
    }
  }

  /// One file that is right is enough; without one, the first that is wrong is named.
  @Test func severalOfOneFile() throws {
    let file = small.files.testLabels
    try withTemporaryFolder { folder in
      let (packed, plain) = ("\(folder)/\(file.name)", "\(folder)/\(Self.plain(file.name))")
      try AtomicFile.write("wrong", to: packed)
      try AtomicFile.write(try contents(of: file), to: plain)
      #expect(try file.read(from: folder).path == plain)
      try AtomicFile.write("wrong too", to: plain)
      let error = #expect(throws: FileError.self) { try file.read(from: folder) }
      #expect(error?.path == packed)
    }
  }

  /// A wrong file that is not compressed stays, and the right one is downloaded beside it.
  @Test func wrongUnpackedFileStays() throws {
    let server = try LoopbackServer(files: small.contents)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      let file = small.files.trainingImages
      try small.write(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/\(file.name)")
      try AtomicFile.write("wrong", to: "\(folder)/\(Self.plain(file.name))")
      var lines: [String] = []
      _ = try DatasetSource.resolve(
        .mnist, environment: [:], folder: folder, files: small.files, mirrors: Mirrors([server.url]),
        log: { lines.append($0) })
      #expect(lines.count == 1 && lines.first?.hasSuffix("downloading it anew") == true, "\(lines)")
      #expect(try readText("\(folder)/\(Self.plain(file.name))") == "wrong")
      #expect(try readFile("\(folder)/\(file.name)") == small.contents[file.name])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 5)
    }
  }
}
