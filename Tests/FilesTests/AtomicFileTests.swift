import Foundation
import Testing
import TestSupport

@testable import Files

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
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write([(path, Array("second".utf8)), ("/dev/full", Array("second".utf8))])
      }
      #expect(error?.description == "/dev/full: found No space left on device after 0 bytes, expected room for 6 bytes")
      #expect(try readText(path) == "first")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
    }
  }

  /// Pieces, empty ones among them, lie one behind the other; an error counts the bytes of all.
  @Test func pieces() throws {
    try withTemporaryFolder { folder in
      let (path, pieces) = ("\(folder)/a", [[1, 2], [], [3], [4, 5, 6]] as [[UInt8]])
      try AtomicFile.write(pieces: pieces, to: path)
      #expect(try readFile(path) == [1, 2, 3, 4, 5, 6])
      #expect(SHA256.digest(of: pieces) == SHA256.digest(of: [1, 2, 3, 4, 5, 6]))
      let error = #expect(throws: FileError.self) { try AtomicFile.write(pieces: pieces, to: "/dev/full") }
      #expect(error?.description == "/dev/full: found No space left on device after 0 bytes, expected room for 6 bytes")
    }
  }

  /// A new name is on the disk when its folder has been flushed, which begins with opening it. What happens in the folder is
  /// asked of the system: the last of it must be that, after the new name.
  @Test func theFolderIsFlushedAfterTheRename() throws {
    try withTemporaryFolder { folder in
      let events = inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK))
      defer { close(events) }
      try #require(events >= 0 && inotify_add_watch(events, folder, UInt32(IN_MOVED_TO | IN_OPEN | IN_ONLYDIR)) >= 0)
      try AtomicFile.write("a name", to: "\(folder)/a.txt")
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(events, &bytes, bytes.count)
      var (seen, offset) = ([UInt32](), 0)
      let header = MemoryLayout<inotify_event>.size
      while offset + header <= count {
        let event = bytes[offset...].withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
        seen.append(event.mask)
        offset += header + Int(event.len)
      }
      #expect(seen.suffix(2) == [UInt32(IN_MOVED_TO), UInt32(IN_OPEN) | UInt32(bitPattern: IN_ISDIR)], "\(seen)")
    }
  }

  /// Some file systems cannot flush a folder; `/proc` is one.
  @Test func foldersThatCannotBeFlushed() throws {
    try AtomicFile.flush(folder: "/proc")
    try withTemporaryFolder { folder in
      try AtomicFile.flush(folder: folder)
      #expect(throws: FileError(path: "\(folder)/a", found: "No such file or directory", expected: "a folder")) {
        try AtomicFile.flush(folder: "\(folder)/a")
      }
    }
  }

  /// A folder to write to and not to read cannot be opened, and so not flushed: the file is there all the same.
  @Test(.enabled(if: geteuid() != 0, "to an administrator no folder is closed"))
  func aFolderThatCannotBeRead() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o300], ofItemAtPath: folder)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder) }
      try AtomicFile.write("first", to: "\(folder)/a.txt")
      #expect(try readText("\(folder)/a.txt") == "first")
    }
  }

  /// Folders in which no file can be made, and one in which a file is made and removed.
  @Test func probe() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.probe(folder: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      let error = #expect(throws: FileError.self) { try AtomicFile.probe(folder: "/proc/self") }
      #expect(error?.path == "/proc/self" && error?.expected == "a folder that can be written")
    }
  }

  /// A symbolic link at the temporary name, left by somebody else, is not followed.
  @Test func aLinkAtTheTemporaryName() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("kept", to: "\(folder)/other")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/.tmp-\(getpid())-a", withDestinationPath: "\(folder)/other")
      try AtomicFile.write("new", to: "\(folder)/a")
      #expect(try readText("\(folder)/other") == "kept" && readText("\(folder)/a") == "new")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "other"])
    }
  }

  /// The error says what is in the way.
  @Test func folderThatCannotBeMade() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("a file", to: "\(folder)/a")
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/b", withDestinationPath: "none")
      for (name, found) in [("a", "a file"), ("b", "a symbolic link to nothing")] {
        let error = FileError(path: "\(folder)/\(name)", found: found, expected: "a folder that can be written")
        #expect(throws: error) { try AtomicFile.write("x", to: "\(folder)/\(name)/b.txt") }
        #expect(throws: error) { try AtomicFile.probe(folder: "\(folder)/\(name)/c") }
        #expect(throws: error) { try AtomicFile.probe(file: "\(folder)/\(name)/c/d") }
      }
    }
  }

  /// FIPS 180-4's examples.
  @Test func sha256() {
    #expect(SHA256.hexDigest(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hexDigest(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
