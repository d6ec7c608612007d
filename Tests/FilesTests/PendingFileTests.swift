import Foundation
import TestSupport
import Testing

@testable import Files

/// A file that is written piece by piece under a temporary name.
@Suite struct PendingFileTests {
  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Under another name until `commit`; missing folders are made.
  @Test func commit() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/new/a"
      let file = try PendingFile(path, size: 5)
      #expect(file.path == path && file.size == 5 && file.count == 0)
      try file.append([1, 2])
      try file.append([])
      try file.append([3, 4, 5])
      #expect(file.count == 5)
      #expect(try names("\(folder)/new") == [".tmp-\(getpid())-a"])
      #expect(file.temporary == "\(folder)/new/.tmp-\(getpid())-a")
      try file.commit()
      #expect(try names("\(folder)/new") == ["a"])
      #expect(try readFile(path) == [1, 2, 3, 4, 5])
    }
  }

  @Test func nothing() throws {
    try withTemporaryFolder { folder in
      try PendingFile("\(folder)/a", size: 0).commit()
      #expect(try readFile("\(folder)/a") == [])
    }
  }

  /// Without `commit` nothing stays, and an earlier file is as it was.
  @Test func withoutCommit() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("earlier", to: "\(folder)/a")
      for path in ["\(folder)/a", "\(folder)/b"] {
        do {
          let file = try PendingFile(path, size: 100)
          try file.append([1, 2, 3])
          #expect(try names(folder).count == 2)
        }
        #expect(try names(folder) == ["a"])
      }
      #expect(try readText("\(folder)/a") == "earlier")
    }
  }

  /// An earlier file leaves its permissions; a link stays and leads to the new file; the new file has its size at once.
  @Test func replacing() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("earlier", to: "\(folder)/a")
      try #require(chmod("\(folder)/a", 0o640) == 0)
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "a")
      let file = try PendingFile("\(folder)/link", size: 4096)
      #expect(fileSize(file.temporary) == 4096 && FileStatus(file.temporary)?.mode == 0o640)
      try file.append([UInt8](repeating: 9, count: 4096))
      try file.commit()
      #expect(try names(folder) == ["a", "link"])
      #expect(try readFile("\(folder)/a") == [UInt8](repeating: 9, count: 4096))
      #expect(FileStatus("\(folder)/a")?.mode == 0o640)
      #expect(FileStatus(withoutFollowing: "\(folder)/link")?.isFile == false)
    }
  }

  /// A folder has taken the name meanwhile: an error, and the temporary file goes.
  @Test func inTheWay() throws {
    try withTemporaryFolder { folder in
      do {
        let file = try PendingFile("\(folder)/a", size: 1)
        try file.append([1])
        try makeFolder("\(folder)/a/b")
        #expect(throws: FileError.self) { try file.commit() }
      }
      #expect(try names(folder) == ["a"])
    }
  }

  @Test func notAFile() throws {
    try withTemporaryFolder { folder in
      for (path, found) in [
        ("/dev/null", "a device or a pipe"), ("/dev/stdout", "a device or a pipe"), (folder, "a folder"),
        ("", "the name of a folder"),
      ] {
        let error = #expect(throws: FileError.self) { try PendingFile(path, size: 1) }
        #expect(error?.path == path && error?.found == found)
      }
      let left = try names(folder)
      #expect(left == [])
    }
  }

  /// More than the limit: an error before anything is computed, and nothing left.
  @Test func noRoom() async {
    // In a process of its own: the limit belongs to all tests.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      try withTemporaryFolder { folder in
        let path = "\(folder)/a"
        try AtomicFile.write("old", to: path)
        limit.rlim_cur = 5
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #expect(throws: FileError(path: path, found: "File too large", expected: "room for 6 bytes")) {
          try PendingFile(path, size: 6)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        // A limit that falls in the middle: the error has all bytes before it.
        do {
          let file = try PendingFile(path, size: 5)
          try file.append([1, 2])
          limit.rlim_cur = 3
          setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
          let error = #expect(throws: FileError.self) { try file.append([3, 4, 5]) }
          #expect(error?.path == path && error?.expected == "room for 5 bytes")
          #expect(error?.found == "File too large after 1 bytes, 2 before them" && file.count == 2)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        #expect(try readText(path) == "old")
      }
    }
  }

  /// Bytes beyond those announced, or too few of them, are the caller's mistake.
  @Test func announcedSizes() async {
    await #expect(processExitsWith: .failure) {
      try withTemporaryFolder { try PendingFile("\($0)/a", size: 2).append([1, 2, 3]) }
    }
    await #expect(processExitsWith: .failure) {
      try withTemporaryFolder { try PendingFile("\($0)/a", size: 2).commit() }
    }
  }
}
