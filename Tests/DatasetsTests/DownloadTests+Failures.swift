import Files
import Foundation
import Datasets
import TestSupport
import Testing

/// Failures of downloads, the recovery from them, and the files that are left.
extension DownloadTests {
  @Test func connectionCutThenSecondMirror() throws {
    let cut: Answer = { [imageBytes] _ in
      var response = LoopbackServer.Response(body: imageBytes)
      response.cutAfter = 12_345
      return response
    }
    try withMirrors([cut, good]) { path, folder, mirrors, servers in
      var lines: [String] = []
      try complete(folder, mirrors) { lines.append($0) }
      #expect(lines.count == 1 && lines.first?.hasPrefix("\(images.name): 127.0.0.1: ") == true, "\(lines)")
      // The second mirror continues what the first one began.
      #expect(servers[1].requests.map(\.range) == ["bytes=12345-"])
      #expect(servers[1].bodyBytesSent == images.bytes - 12_345)
      #expect(try readFile(path) == imageBytes)
    }
  }

  /// Without a length in the header, only the number of bytes shows that the file is incomplete.
  @Test func unannouncedLengthIsCut() throws {
    let cut: Answer = { [imageBytes] _ in
      var response = LoopbackServer.Response(body: imageBytes)
      (response.announcesLength, response.cutAfter) = (false, 1000)
      return response
    }
    try withMirrors([cut, good]) { path, folder, mirrors, servers in
      var lines: [String] = []
      try complete(folder, mirrors) { lines.append($0) }
      #expect(lines == ["\(images.name): 127.0.0.1: broke off after 1000 of \(images.bytes) bytes"])
      #expect(servers[1].requests.map(\.range) == ["bytes=1000-"])
    }
  }

  @Test func wrongChecksumThenSecondMirror() throws {
    let wrong: Answer = { [imageBytes] _ in .init(body: [UInt8](repeating: 0, count: imageBytes.count)) }
    try withMirrors([wrong, good]) { path, folder, mirrors, servers in
      var lines: [String] = []
      try complete(folder, mirrors) { lines.append($0) }
      #expect(lines.count == 1 && lines.first?.contains("expected \(images.sha256)") == true, "\(lines)")
      #expect(servers[1].requests.map(\.range) == [nil])
      #expect(try readFile(path) == imageBytes)
      #expect(try traces(of: path) == [images.name])
    }
  }

  /// A portal that answers everything with its own page; a longer file; a file of unannounced length that does not end.
  @Test func otherLengthThenSecondMirror() throws {
    for kind in 0..<3 {
      let other: Answer = { [imageBytes] _ in
        switch kind {
        case 0: return .init(body: Array("<html>Please log in</html>".utf8))
        case 1: return .init(body: imageBytes + [0])
        default:
          var response = LoopbackServer.Response(body: [UInt8](repeating: 1, count: 3 * imageBytes.count))
          response.announcesLength = false
          return response
        }
      }
      try withMirrors([other, good]) { path, folder, mirrors, servers in
        var lines: [String] = []
        try complete(folder, mirrors) { lines.append($0) }
        #expect(lines.count == 1 && lines.first?.contains("\(images.bytes)") == true, "\(lines)")
        #expect(try readFile(path) == imageBytes)
      }
    }
  }

  @Test func serverSendsAnotherRange() throws {
    let shifted: Answer = { [imageBytes] _ in
      var response = LoopbackServer.Response(status: 206, body: Array(imageBytes[4000...]))
      response.headers["Content-Range"] = "bytes 4000-\(imageBytes.count - 1)/\(imageBytes.count)"
      return response
    }
    try withMirrors([shifted, good]) { path, folder, mirrors, servers in
      try AtomicFile.write(Array(imageBytes.prefix(5000)), to: path + ".part")
      var lines: [String] = []
      try complete(folder, mirrors) { lines.append($0) }
      #expect(lines.count == 1 && lines.first?.contains("expected one from byte 5000") == true, "\(lines)")
      #expect(servers[1].requests.map(\.range) == ["bytes=5000-"])
      #expect(try readFile(path) == imageBytes)
    }
  }

  @Test func allMirrorsFail() throws {
    let missing: Answer = { _ in .init(status: 404, body: Array("<html>not here</html>".utf8)) }
    let wrong: Answer = { [imageBytes] _ in .init(body: [UInt8](repeating: 0, count: imageBytes.count)) }
    try withMirrors([missing, wrong]) { path, folder, mirrors, _ in
      let error = #expect(throws: FileError.self) { try complete(folder, mirrors) }
      #expect(error?.path == path)
      let attempts = "no mirror that sends it (127.0.0.1: HTTP status 404; 127.0.0.1: sent a file with SHA-256"
      #expect(error?.found.contains(attempts) == true)
      let left = try traces(of: path)
      #expect(left == [])
    }
  }

  @Test func nobodyListens() throws {
    let server = try LoopbackServer(files: [:])
    let address = server.url
    server.stop()
    try withMirrors([]) { path, folder, _, _ in
      let start = ContinuousClock.now
      let error = #expect(throws: FileError.self) { try complete(folder, Mirrors([address, address])) }
      let attempts = "(127.0.0.1: no connection; 127.0.0.1: no connection)"
      #expect(error?.found == "no such file, and no mirror that sends it \(attempts)")
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(!fileExists(path))
    }
  }

  @Test func noAnswer() throws {
    try withMirrors([
      { _ in
        var response = LoopbackServer.Response()
        response.delay = 5
        return response
      }
    ]) { path, folder, mirrors, servers in
      var patience = Mirrors.Patience()
      patience.answer = 0.5
      let impatient = Mirrors(mirrors.addresses, patience: patience)
      let error = #expect(throws: FileError.self) { try complete(folder, impatient) }
      #expect(error?.found.contains("127.0.0.1: no answer within 0.5 seconds") == true)
      #expect(!fileExists(path))
    }
  }

  @Test func silenceInTheMiddle() throws {
    try withMirrors([
      { [imageBytes] _ in
        var response = LoopbackServer.Response(body: imageBytes)
        (response.cutAfter, response.hold) = (10_000, 5)
        return response
      }
    ]) { path, folder, mirrors, servers in
      var patience = Mirrors.Patience()
      patience.silence = 0.5
      let impatient = Mirrors(mirrors.addresses, patience: patience)
      let error = #expect(throws: FileError.self) { try complete(folder, impatient) }
      #expect(error?.found.contains("127.0.0.1: nothing more came for 0.5 seconds") == true)
      #expect(!fileExists(path))
      #expect(fileSize(path + ".part") == 10_000)
    }
  }

  @Test func folderThatCannotBeMade() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("a file", to: folder + "/data")
      let error = #expect(throws: FileError.self) {
        try complete(MNISTFolder(path: folder + "/data/mnist", files: small.files), Mirrors([]))
      }
      #expect(error?.description == "\(folder)/data: found a file, expected a folder that can be written")
    }
  }
}
