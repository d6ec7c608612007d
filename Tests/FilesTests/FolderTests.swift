import Foundation
import TestSupport
import Testing

@testable import Files

/// Folders: made, required, locked, and cleared of what killed processes have left.
@Suite struct FolderTests {
  /// One holder at a time, whoever it is; the next may have it after the release.
  @Test func lock() throws {
    try withTemporaryFolder { folder in
      let lock = try #require(try FolderLock("\(folder)/new/a"))
      #expect(fileExists("\(folder)/new/a"))
      #expect(try FolderLock("\(folder)/new/a") == nil)
      let other = try #require(try FolderLock("\(folder)/new/b"), "another folder is free")
      lock.release()
      try #require(try FolderLock("\(folder)/new/a")).release()
      other.release()
      try AtomicFile.write("a file", to: "\(folder)/c")
      #expect(throws: FileError(path: "\(folder)/c", found: "a file", expected: "a folder that can be written")) {
        _ = try FolderLock("\(folder)/c")
      }
    }
  }

  @Test func required() throws {
    try withTemporaryFolder { folder in
      try requireFolder(folder, expected: "this")
      try AtomicFile.write("a file", to: "\(folder)/a")
      for (path, found) in [
        ("\(folder)/none", "no such folder"), ("\(folder)/a", "a file"), ("\(folder)/a/b", "Not a directory"),
      ] {
        #expect(throws: FileError(path: path, found: found, expected: "this")) { try requireFolder(path, expected: "this") }
      }
    }
  }

  /// The temporary files of any process go, of the files that are named; all else stays.
  @Test func leftovers() throws {
    try withTemporaryFolder { folder in
      let names = [".tmp-1-a.csv", ".tmp-22-a.csv", ".tmp-1-b.csv", ".tmp-1-x-a.csv", "a.csv", ".tmp", "tmp-1-a.csv"]
      for name in names { try AtomicFile.write("x", to: "\(folder)/\(name)") }
      func left() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder)) }
      AtomicFile.removeLeftovers(in: folder, of: ["a.csv"])
      #expect(try left() == [".tmp-1-b.csv", ".tmp-1-x-a.csv", "a.csv", ".tmp", "tmp-1-a.csv"])
      AtomicFile.removeLeftovers(in: folder)
      #expect(try left() == ["a.csv", ".tmp", "tmp-1-a.csv"])
      AtomicFile.removeLeftovers(in: "\(folder)/none")
    }
  }

  /// A name of this process's own, beside the file and with its extension, which is cleared like the others.
  @Test func temporaryNames() throws {
    try withTemporaryFolder { folder in
      let path = try AtomicFile.temporaryPath(for: "\(folder)/new/a.csv")
      #expect(path == "\(folder)/new/.tmp-\(getpid())-a.csv")
      try AtomicFile.write("x", to: path)
      AtomicFile.removeLeftovers(in: "\(folder)/new", of: ["a.csv"])
      #expect(!fileExists(path))
    }
  }

  /// All names but those of the folder and the one above, in the order of their bytes.
  @Test func names() throws {
    try withTemporaryFolder { folder in
      #expect(try folderNames(folder) == [])
      let names = [".hidden", "B", "a b", "a.txt", "e\u{301}", "z", "\u{E9}"]
      for name in names.reversed() { try AtomicFile.write("x", to: "\(folder)/\(name)") }
      try makeFolder("\(folder)/folder")
      #expect(try folderNames(folder) == names.prefix(4) + ["e\u{301}", "folder", "z", "\u{E9}"])
      let long = String(repeating: "l", count: 255)
      try AtomicFile.write("x", to: "\(folder)/folder/\(long)")
      #expect(try folderNames("\(folder)/folder") == [long])
      // A name that is not UTF-8.
      let path = Array("\(folder)/folder/".utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF), 0]
      try #require(mkdir(path, 0o700) == 0)
      #expect(try folderNames("\(folder)/folder") == [long])
      rmdir(path)
      #expect(throws: FileError(path: "\(folder)/z", found: "a file", expected: "a folder")) {
        try folderNames("\(folder)/z")
      }
      #expect(throws: FileError(path: "\(folder)/none", found: "no such folder", expected: "a folder")) {
        try folderNames("\(folder)/none")
      }
    }
  }

  /// Through links of both kinds, and by any path.
  @Test func sameFile() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] { try AtomicFile.write("same", to: "\(folder)/\(name)") }
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/soft", withDestinationPath: "a")
      try FileManager.default.linkItem(atPath: "\(folder)/a", toPath: "\(folder)/hard")
      for path in ["a", "./a", "soft", "hard"] { #expect(isSameFile("\(folder)/a", "\(folder)/\(path)"), "\(path)") }
      for path in ["b", "none", ""] { #expect(!isSameFile("\(folder)/a", "\(folder)/\(path)"), "\(path)") }
      #expect(!isSameFile("\(folder)/none", "\(folder)/none"))
    }
  }
}
