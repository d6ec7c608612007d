import Files
import Foundation
import Testing
import TestSupport

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/new/folders/a.txt"
      try AtomicFile.write("first", to: path)
      try AtomicFile.write("second", to: path)
      #expect(try readText(path) == "second")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new/folders") == ["a.txt"])
    }
  }

  /// A full disk: `/dev/full` takes no byte. The file that was there stays, and nothing is left beside it.
  @Test func fullDisk() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.txt"
      try AtomicFile.write("first", to: path)
      try FileManager.default.createSymbolicLink(atPath: try AtomicFile.temporaryPath(for: path), withDestinationPath: "/dev/full")
      let error = #expect(throws: FileError.self) { try AtomicFile.write("second", to: path) }
      #expect(error?.description == "\(path): found No space left on device after 0 bytes, expected room for 6 bytes")
      #expect(try readText(path) == "first")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
    }
  }

  @Test func folderThatCannotBeMade() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("a file", to: "\(folder)/a")
      for write in [{ try AtomicFile.write("x", to: "\(folder)/a/b.txt") }, { try AtomicFile.probe(folder: "\(folder)/a/c") }] {
        let error = #expect(throws: FileError.self) { try write() }
        #expect(error?.expected == "a folder that can be written")
      }
    }
  }

  @Test func readingWhatIsNotThere() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError(path: "\(folder)/a", found: "no such file", expected: "a file")) { try readFile("\(folder)/a") }
      #expect(throws: FileError(path: folder, found: "a folder", expected: "a file")) { try readFile(folder) }
      try AtomicFile.write([0xFF, 0xFE], to: "\(folder)/b")
      #expect(throws: FileError.self) { try readText("\(folder)/b") }
    }
  }

  /// FIPS 180-4's examples.
  @Test func sha256() {
    #expect(SHA256.hexDigest(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hexDigest(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
