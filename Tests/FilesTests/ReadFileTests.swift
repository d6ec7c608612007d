import Foundation
import TestSupport
import Testing

@testable import Files

/// Reading whole files, and what is refused.
@Suite struct ReadFileTests {
  @Test func reads() throws {
    try withTemporaryFolder { folder in
      for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 200_000)] {
        try AtomicFile.write(bytes, to: "\(folder)/a")
        try #expect(readFile("\(folder)/a") == bytes)
      }
      // A file without a length.
      #expect(try readText("/proc/self/status").contains("Umask:"))
    }
  }

  /// What cannot be told counts as there: reading it gives the reason.
  @Test func whatCannotBeRead() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/circle", withDestinationPath: "circle")
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/dangling", withDestinationPath: "none")
      #expect(fileExists(folder) && fileExists("\(folder)/circle") && !isRegularFile(folder))
      #expect(!fileExists("\(folder)/none") && !fileExists("\(folder)/dangling") && fileSize("\(folder)/none") == nil)
      try AtomicFile.write("a file", to: "\(folder)/a")
      try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
      for (path, found, expected) in [
        ("\(folder)/none", "no such file", "this"), (folder, "a folder", "a file"),
        ("/dev/zero", "a device", "a regular file"), ("\(folder)/pipe", "a pipe", "a regular file"),
        ("\(folder)/circle", "Too many levels of symbolic links", "this"), ("\(folder)/a/b", "Not a directory", "this"),
      ] {
        #expect(throws: FileError(path: path, found: found, expected: expected)) { try readFile(path, expected: "this") }
      }
      #expect(throws: FileError(path: "/dev/zero", found: "a device", expected: "a regular file or a pipe")) {
        try readFile("/dev/zero", acceptsPipes: true)
      }
    }
  }

  /// A pipe gives its bytes as they come, up to its end.
  @Test func pipes() throws {
    try withTemporaryFolder { folder in
      let (path, bytes) = ("\(folder)/pipe", [UInt8](repeating: 7, count: 200_000))
      try #require(mkfifo(path, 0o600) == 0)
      let writer = Thread { try? AtomicFile.write(bytes, to: path) }
      writer.start()
      #expect(try readFile(path, acceptsPipes: true) == bytes)
    }
  }

  /// A socket cannot be opened by its path, but one that is open already can be read. A parent process may have made it not wait.
  @Test func socketThatIsOpen() throws {
    var ends: [Int32] = [-1, -1]
    let bytes = [UInt8](repeating: 7, count: 1 << 22)
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    defer { close(ends[0]) }
    let writer = Thread { [end = ends[1]] in
      usleep(50_000)
      try? AtomicFile.write([bytes], to: end, named: "a socket")
      close(end)
    }
    writer.start()
    #expect(try readFile("/proc/self/fd/\(ends[0])", acceptsPipes: true) == bytes)
  }

  @Test func text() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write([0xFF, 0xFE], to: "\(folder)/a")
      #expect(throws: FileError(path: "\(folder)/a", found: "bytes that are not UTF-8", expected: "text")) {
        try readText("\(folder)/a")
      }
      try AtomicFile.write("\u{FEFF}a\u{FEFF}", to: "\(folder)/a")
      #expect(try readText("\(folder)/a").unicodeScalars.map(\.value) == [0x61, 0xFEFF])
    }
  }
}
