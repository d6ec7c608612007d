import Foundation
import TestSupport
import Testing

@testable import Files

/// Where in its pieces a file was cut off.
extension AtomicFileTests {
  /// A size limit within the third piece: the bytes of all pieces count, those of half a piece too.
  @Test func cutOffWithinAPiece() async {
    // In a process of its own: the limit belongs to all tests.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 5
      try withTemporaryFolder { folder in
        let path = "\(folder)/a"
        try AtomicFile.write("old", to: path)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        let error = #expect(throws: FileError.self) { try AtomicFile.write(pieces: [[1, 2], [3], [4, 5, 6]], to: path) }
        #expect(error?.description == "\(path): found File too large after 5 bytes, expected room for 6 bytes")
        #expect(try readText(path) == "old")
        try AtomicFile.write(pieces: [[1, 2], [3], [4, 5]], to: path)
        #expect(try readFile(path) == [1, 2, 3, 4, 5])
      }
    }
  }

  /// A private file is private from its first byte on: the permissions under its temporary name, while it is written.
  @Test func privateFromTheBeginning() throws {
    try withTemporaryFolder { folder in
      let (path, bytes) = ("\(folder)/a", [UInt8](repeating: 7, count: 1 << 24))
      try AtomicFile.write("old", to: path)
      try #require(chmod(path, 0o600) == 0)
      var seen: Set<mode_t> = []
      // This thread may miss a writing.
      for _ in 0..<20 where seen.isEmpty {
        let writer = Thread { try? AtomicFile.write(bytes, to: path) }
        writer.start()
        while !writer.isFinished { if let status = FileStatus("\(folder)/.tmp-\(getpid())-a") { seen.insert(status.mode) } }
      }
      #expect(seen == [0o600])
    }
  }
}
