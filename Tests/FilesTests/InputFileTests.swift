@testable import Files
import Foundation
import Testing
import TestSupport

@Suite struct InputFileTests {
  @Test func parts() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("0123456789", to: "\(folder)/a")
      let file = try InputFile("\(folder)/a")
      #expect(file.size == 10)
      for range in [0..<10, 3..<5, 9..<10, 4..<4, 10..<10] {
        #expect(try file.read(range) == Array(Array("0123456789".utf8)[range]), "\(range)")
      }
      // Another program cuts it short: an error, not a signal.
      truncate("\(folder)/a", 5)
      #expect(try file.read(0..<5) == Array("01234".utf8))
      let error = #expect(throws: FileError.self) { try file.read(3..<8) }
      #expect(error?.description == "\(folder)/a: found 5 bytes, expected 10, as when it was opened")
    }
  }

  @Test func notARegularFile() throws {
    try withTemporaryFolder { folder in
      mkfifo("\(folder)/pipe", 0o644)
      for (path, found) in [
        ("\(folder)/none", "no such file"), (folder, "a folder"), ("\(folder)/pipe", "a pipe"), ("/dev/null", "a device"),
      ] {
        let error = #expect(throws: FileError.self) { try InputFile(path) }
        #expect(error?.path == path && error?.found == found)
      }
    }
  }

  @Test func moreMemoryThanThereIs() throws {
    try Memory.require(0, place: "x")
    try Memory.require(1 << 20, place: "x")
    for bytes in [1 << 46, 1 << 62, Int.max] {
      let error = #expect(throws: FileError.self) { try Memory.require(bytes, place: "x") }
      #expect(error?.found == "too little memory" && error?.expected?.hasSuffix(" GB") == true)
    }
  }

  @Test func memoryOfAControlGroup() {
    func left(_ isVersion2: Bool, _ files: [String: String]) -> Int? {
      Memory.left(in: ControlGroup(folder: "/g", isVersion2: isVersion2)) { files[$0] ?? "" }
    }
    let second = ["/g/memory.max": "1000\n", "/g/memory.current": "700\n", "/g/memory.stat": "anon 1\ninactive_file 50\n"]
    #expect(left(true, second) == 350)
    #expect(left(true, ["/g/memory.max": "max\n", "/g/memory.current": "700\n"]) == nil)
    #expect(left(true, ["/g/memory.max": "100\n", "/g/memory.current": "700\n"]) == 0)
    let first = ["/g/memory.limit_in_bytes": "1000\n", "/g/memory.usage_in_bytes": "400\n"]
    #expect(left(false, first) == 600 && left(false, [:]) == nil)
  }
}
