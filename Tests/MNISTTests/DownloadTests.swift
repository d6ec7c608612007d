import Files
import Foundation
@testable import MNIST
import Synchronization
import TestSupport
import Testing

/// Downloads from servers on this machine, well-behaved and not.
@Suite(.serialized) struct DownloadTests {
  let small = SmallMNIST.shared
  var images: PublishedFile { small.files.trainingImages }
  var imageBytes: [UInt8] { small.contents[images.name] ?? [] }

  /// A folder that has all files but the training images, and servers; `body` gets the images' path and the mirrors.
  func withMirrors(
    _ handlers: [@Sendable (LoopbackServer.Request) -> LoopbackServer.Response],
    _ body: (_ path: String, _ folder: MNISTFolder, _ mirrors: Mirrors, _ servers: [LoopbackServer]) throws -> Void
  ) throws {
    let servers = try handlers.map(LoopbackServer.init)
    defer { servers.forEach { $0.stop() } }
    try withTemporaryFolder { folder in
      try small.write(to: folder)
      let path = folder + "/" + images.name
      try FileManager.default.removeItem(atPath: path)
      try body(path, MNISTFolder(path: folder, files: small.files), Mirrors(servers.map(\.url)), servers)
    }
  }

  /// The well-behaved server.
  var good: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response {
    { [contents = small.contents] in LoopbackServer.file(contents[String($0.path.dropFirst())], for: $0) }
  }

  func complete(_ folder: MNISTFolder, _ mirrors: Mirrors, log: (String) -> Void = { _ in }) throws {
    try mirrors.complete(folder, log: log, progress: { _ in }, isCancelled: { false })
  }

  /// Names in the folder of `path` that start with its name.
  func traces(of path: String) throws -> [String] {
    let url = URL(fileURLWithPath: path)
    return try FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
      .filter { $0.contains(url.lastPathComponent) }.sorted()
  }

  @Test func wholeDownload() throws {
    let server = try LoopbackServer(files: small.contents)
    defer { server.stop() }
    try withTemporaryFolder { temporary in
      let folder = MNISTFolder(path: temporary + "/data/mnist", files: small.files)
      var seen: [DownloadProgress] = []
      try Mirrors([server.url]).complete(folder, log: { Issue.record("\($0)") }, progress: { seen.append($0) }, isCancelled: { false })
      try folder.check()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
      #expect(server.requests.map(\.path) == small.files.all.map { "/" + $0.name })
      #expect(server.requests.allSatisfy { $0.range == nil })
      for file in small.files.all {
        #expect(seen.last { $0.file == file.name } == DownloadProgress(file: file.name, bytes: file.bytes, total: file.bytes))
      }
      // What is there is not downloaded again.
      try complete(folder, Mirrors([server.url]))
      #expect(server.requests.count == 4)
    }
  }

  @Test func onlyWhatIsMissing() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      try complete(folder, mirrors)
      #expect(servers[0].requests == [.init(path: "/" + images.name, range: nil)])
    }
  }

  @Test func resumes() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      try AtomicFile.write(Array(imageBytes.prefix(10_000)), to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests == [.init(path: "/" + images.name, range: "bytes=10000-")])
      #expect(servers[0].bodyBytesSent == images.bytes - 10_000)
      #expect(try readFile(path) == imageBytes)
      #expect(try traces(of: path) == [images.name])
    }
  }

  @Test func completePartIsOnlyRenamed() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      try AtomicFile.write(imageBytes, to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests == [])
      #expect(try traces(of: path) == [images.name])
    }
  }

  @Test func tooLongPartIsStartedOver() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      try AtomicFile.write(imageBytes + [0], to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests.map(\.range) == [nil])
      #expect(try readFile(path) == imageBytes)
    }
  }

  @Test func serverWithoutRanges() throws {
    try withMirrors([{ [imageBytes] _ in .init(body: imageBytes) }]) { path, folder, mirrors, servers in
      // Other bytes than the file's: they must all be gone, though the server was asked to continue behind them.
      try AtomicFile.write([UInt8](repeating: 7, count: images.bytes - 1), to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests.map(\.range) == ["bytes=\(images.bytes - 1)-"])
      #expect(try readFile(path) == imageBytes)
    }
  }

  @Test func wrongPartIsStartedOver() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      try AtomicFile.write([UInt8](repeating: 7, count: 5000), to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests.map(\.range) == ["bytes=5000-", nil])
      #expect(try readFile(path) == imageBytes)
    }
  }

  @Test func serverSendsAnotherRange() throws {
    let shifted: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { [imageBytes] _ in
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

  @Test func connectionCutThenSecondMirror() throws {
    let cut: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { [imageBytes] _ in
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

  @Test func wrongChecksumThenSecondMirror() throws {
    let wrong: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { [imageBytes] _ in
      .init(body: [UInt8](repeating: 0, count: imageBytes.count))
    }
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
  @Test(arguments: [0, 1, 2]) func otherLengthThenSecondMirror(kind: Int) throws {
    let other: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { [imageBytes] _ in
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

  @Test func allMirrorsFail() throws {
    let missing: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { _ in
      .init(status: 404, body: Array("<html>not here</html>".utf8))
    }
    let wrong: @Sendable (LoopbackServer.Request) -> LoopbackServer.Response = { [imageBytes] _ in
      .init(body: [UInt8](repeating: 0, count: imageBytes.count))
    }
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
      #expect(error?.found == "no such file, and no mirror that sends it (127.0.0.1: no connection; 127.0.0.1: no connection)")
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(!fileExists(path))
    }
  }

  @Test func noAnswer() throws {
    try withMirrors([{ _ in
      var response = LoopbackServer.Response()
      response.delay = 5
      return response
    }]) { path, folder, mirrors, servers in
      var patience = Mirrors.Patience()
      patience.answer = 0.5
      let error = #expect(throws: FileError.self) { try complete(folder, Mirrors(mirrors.addresses, patience: patience)) }
      #expect(error?.found.contains("127.0.0.1: no answer within 0.5 seconds") == true)
      #expect(!fileExists(path))
    }
  }

  @Test func silenceInTheMiddle() throws {
    try withMirrors([{ [imageBytes] _ in
      var response = LoopbackServer.Response(body: imageBytes)
      (response.cutAfter, response.hold) = (10_000, 5)
      return response
    }]) { path, folder, mirrors, servers in
      var patience = Mirrors.Patience()
      patience.silence = 0.5
      let error = #expect(throws: FileError.self) { try complete(folder, Mirrors(mirrors.addresses, patience: patience)) }
      #expect(error?.found.contains("127.0.0.1: nothing more came for 0.5 seconds") == true)
      #expect(!fileExists(path))
      #expect(fileSize(path + ".part") == 10_000)
    }
  }

  @Test func cancellingKeepsThePart() throws {
    try withMirrors([{ [imageBytes] _ in
      var response = LoopbackServer.Response(body: imageBytes)
      (response.cutAfter, response.hold) = (10_000, 5)
      return response
    }]) { path, folder, mirrors, _ in
      var bytes = 0
      #expect(throws: CancellationError.self) {
        try mirrors.complete(folder, log: { _ in }, progress: { bytes = $0.bytes }, isCancelled: { bytes == 10_000 })
      }
      #expect(!fileExists(path))
      let part = try readFile(path + ".part")
      #expect(part == Array(imageBytes.prefix(10_000)))
    }
  }

  @Test func wrongFileIsMovedAside() throws {
    try withMirrors([good]) { path, folder, mirrors, _ in
      for number in 1...2 {
        try AtomicFile.write("wrong \(number)", to: path)
        var lines: [String] = []
        try complete(folder, mirrors) { lines.append($0) }
        #expect(lines.count == 1 && lines.first?.contains("moved aside to \(path).wrong") == true, "\(lines)")
        #expect(try readFile(path) == imageBytes)
      }
      #expect(try readText(path + ".wrong") == "wrong 1")
      #expect(try readText(path + ".wrong-2") == "wrong 2")
    }
  }

  @Test func folderThatCannotBeMade() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("a file", to: folder + "/data")
      let error = #expect(throws: FileError.self) {
        try complete(MNISTFolder(path: folder + "/data/mnist", files: small.files), Mirrors([]))
      }
      #expect(error?.path == folder + "/data/mnist")
    }
  }

  @Test func twoDownloadersTakeTurns() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      let said = Mutex<[String]>([])
      let lock = try FolderLock(folder.path, log: { _ in }, isCancelled: { false })
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { lock.release() }
      try complete(folder, mirrors) { line in said.withLock { $0.append(line) } }
      #expect(said.withLock { $0 } == ["\(folder.path): another process downloads into it; waiting for that"])
      #expect(try readFile(path) == imageBytes)
    }
  }
}
