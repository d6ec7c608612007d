import Foundation
import TestSupport
import Testing

@testable import Files

/// Outputs that are not plain files: what must stay as it is.
@Suite struct OutputTargetTests {
  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  /// A device as `/dev/null` (3) or `/dev/full` (7); a link to it for those who may not make one, and so cannot harm it.
  private func makeDevice(_ path: String, minor: dev_t, like original: String) throws {
    if mknod(path, 0o666 | S_IFCHR, dev_t(1 << 8 | minor)) != 0 { try link(path, to: original) }
  }

  private func type(_ path: String) -> mode_t? {
    var record = stat()
    return lstat(path, &record) == 0 ? record.st_mode & S_IFMT : nil
  }

  private func mode(_ path: String) -> mode_t? { FileStatus(path)?.mode }

  @Test func symbolicLinks() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("old", to: "\(folder)/real/old")
      try makeFolder("\(folder)/links")
      for (name, target) in [("first", "second"), ("second", "../real/old"), ("dangling", "\(folder)/real/new")] {
        try link("\(folder)/links/\(name)", to: target)
      }
      try AtomicFile.write("one", to: "\(folder)/links/first")
      try AtomicFile.write("two", to: "\(folder)/links/dangling")
      #expect(try readText("\(folder)/real/old") == "one" && readText("\(folder)/real/new") == "two")
      #expect(["first", "second", "dangling"].allSatisfy { type("\(folder)/links/\($0)") == S_IFLNK })
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/links").count == 3)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/real").count == 2)
    }
  }

  /// A device is written to, and stays; a full one is an error, before any file is replaced.
  @Test func devices() throws {
    try withTemporaryFolder { folder in
      try makeDevice("\(folder)/null", minor: 3, like: "/dev/null")
      try makeDevice("\(folder)/full", minor: 7, like: "/dev/full")
      try AtomicFile.write("old", to: "\(folder)/a")
      try AtomicFile.write([("\(folder)/null", [1]), ("\(folder)/a", [2])])
      #expect(throws: FileError.self) { try AtomicFile.write([("\(folder)/a", [3]), ("\(folder)/full", [4])]) }
      #expect(try readFile("\(folder)/a") == [2])
      #expect(type("\(folder)/null") != S_IFREG && type("\(folder)/full") != S_IFREG)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
      try AtomicFile.probe(file: "\(folder)/null")
    }
  }

  /// A pipe whose reader has gone is an error, not the end of the program.
  @Test func pipeWithoutReader() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let reader = Thread { close(open(path, O_RDONLY | O_CLOEXEC)) }
      reader.start()
      let error = #expect(throws: FileError.self) {
        // More than a pipe holds: the reader goes after some bytes, if not before.
        try AtomicFile.write([UInt8](repeating: 1, count: 1 << 22), to: path)
      }
      #expect(error?.found.hasPrefix("Broken pipe after ") == true, "\(error as Any)")
      #expect(type(path) == S_IFIFO)
    }
  }

  /// As `/dev/stdout`: from where the descriptor is, not from the file's beginning.
  @Test func ownDescriptors() throws {
    try withTemporaryFolder { folder in
      let descriptor = open("\(folder)/a", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(descriptor) }
      try link("\(folder)/link", to: "/proc/self/fd/\(descriptor)")
      #expect(ownDescriptor("\(folder)/link") == descriptor && ownDescriptor("\(folder)/a") == nil)
      try AtomicFile.write("one", to: "\(folder)/link")
      try AtomicFile.write("two", to: "/dev/fd/\(descriptor)")
      #expect(try readText("\(folder)/a") == "onetwo" && type("\(folder)/link") == S_IFLNK)
      let closed = open("/dev/null", O_RDONLY | O_CLOEXEC)
      defer { close(closed) }
      #expect(throws: FileError.self) { try AtomicFile.probe(file: "/proc/self/fd/\(closed)") }
    }
  }

  @Test func refused() throws {
    try withTemporaryFolder { folder in
      try link("\(folder)/circle", to: "circle")
      // A name that is not UTF-8.
      try #require(symlink([CChar(bitPattern: 0xFF), 0], "\(folder)/bytes") == 0)
      let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let name = "/tmp/lowrank-test-\(getpid())"
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
      }
      try #require(bound == 0)
      defer { unlink(name) }
      for (path, found) in [
        (name, "a socket"), (folder, "a folder"), ("\(folder)/new/", "the name of a folder"), ("", "the name of a folder"),
        ("\(folder)/circle", "Too many levels of symbolic links"),
        ("\(folder)/bytes", "a symbolic link to a name that is not UTF-8"),
      ] {
        for write in [{ try AtomicFile.write("x", to: path) }, { try AtomicFile.probe(file: path) }] {
          let error = #expect(throws: FileError.self) { try write() }
          #expect(error?.path == path && error?.found == found, "\(error as Any)")
        }
      }
      #expect(type(name) == S_IFSOCK)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  /// The permissions of an earlier file stay; those of a new one follow the umask, which the system tells.
  @Test func permissionsAndHardLinks() throws {
    let status = try readText("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("Umask:") }
    let umask = try #require(status?.split(separator: "\t").last.flatMap { mode_t($0, radix: 8) })
    try withTemporaryFolder { folder in
      try AtomicFile.write("first", to: "\(folder)/new/a")
      #expect(mode("\(folder)/new") == 0o777 & ~umask && mode("\(folder)/new/a") == 0o666 & ~umask)
      for kept: mode_t in [0o600, 0o666, 0o755, 0o400] {
        try #require(chmod("\(folder)/new/a", kept) == 0)
        try AtomicFile.write("second", to: "\(folder)/new/a")
        #expect(mode("\(folder)/new/a") == kept)
      }
      // A hard link is another name of the earlier file, and keeps its contents.
      try FileManager.default.linkItem(atPath: "\(folder)/new/a", toPath: "\(folder)/b")
      try AtomicFile.write("third", to: "\(folder)/new/a")
      #expect(try readText("\(folder)/new/a") == "third" && readText("\(folder)/b") == "second")
    }
  }

  @Test func pathsAreSplit() {
    for (path, folder, name) in [
      ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("/", "/", ""), ("a/b/", "a", "b"), ("a//b", "a", "b"),
      ("é/ü", "é", "ü"), ("./a", ".", "a"), ("..", ".", ".."),
    ] { #expect(split(path) == (folder, name), "\(path)") }
  }
}
