import Files
import Foundation
@testable import Datasets
import Synchronization
import TestSupport
import Testing

/// The reaction of a server to a request.
typealias Answer = @Sendable (LoopbackServer.Request) -> LoopbackServer.Response

/// Downloads from local servers, correct and faulty ones.
@Suite(.serialized) struct DownloadTests {
  let small = SmallMNIST.shared
  var images: PublishedFile { small.files.trainingImages }
  var imageBytes: [UInt8] { small.contents[images.name] ?? [] }

  /// A folder that has all files but the training images, and servers; `body` gets the images' path and the mirrors.
  func withMirrors(
    _ handlers: [Answer],
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

  /// The correct server.
  var good: Answer {
    { [contents = small.contents] in LoopbackServer.file(contents[String($0.path.dropFirst())], for: $0) }
  }

  func complete(_ folder: MNISTFolder, _ mirrors: Mirrors, log: (String) -> Void = { _ in }) throws {
    do {
      try mirrors.complete(folder, log: log, progress: { _ in }, isCancelled: { false })
    } catch let error as Mirrors.Unavailable {
      throw error.error
    }
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
      try Mirrors([server.url]).complete(
        folder, log: { Issue.record("\($0)") }, progress: { seen.append($0) }, isCancelled: { false })
      try folder.check()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
      #expect(server.requests.map(\.path) == small.files.all.map { "/" + $0.name })
      #expect(server.requests.allSatisfy { $0.range == nil })
      for file in small.files.all {
        let end = DownloadProgress(file: file.name, bytes: file.bytes, total: file.bytes)
        #expect(seen.last { $0.file == file.name } == end)
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
      // Wrong bytes must all be removed, although the server was asked to continue after them.
      try AtomicFile.write([UInt8](repeating: 7, count: images.bytes - 1), to: path + ".part")
      try complete(folder, mirrors)
      #expect(servers[0].requests.map(\.range) == ["bytes=\(images.bytes - 1)-"])
      #expect(try readFile(path) == imageBytes)
    }
  }

  /// Old bytes must not remain after the new ones: the next attempt would continue at the wrong offset.
  @Test func serverWithoutRangesIsCut() throws {
    let cut: Answer = { [imageBytes] _ in
      var response = LoopbackServer.Response(body: imageBytes)
      response.cutAfter = 1000
      return response
    }
    try withMirrors([cut]) { path, folder, mirrors, _ in
      try AtomicFile.write([UInt8](repeating: 7, count: 5000), to: path + ".part")
      #expect(throws: FileError.self) { try complete(folder, mirrors) }
      #expect(!fileExists(path))
      let part = try readFile(path + ".part")
      #expect(part == Array(imageBytes.prefix(1000)))
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

  @Test func cancellingKeepsThePart() throws {
    try withMirrors([
      { [imageBytes] _ in
        var response = LoopbackServer.Response(body: imageBytes)
        (response.cutAfter, response.hold) = (10_000, 5)
        return response
      }
    ]) { path, folder, mirrors, _ in
      var bytes = 0
      #expect(throws: CancellationError.self) {
        try mirrors.complete(folder, log: { _ in }, progress: { bytes = $0.bytes }, isCancelled: { bytes == 10_000 })
      }
      #expect(!fileExists(path))
      let part = try readFile(path + ".part")
      #expect(part == Array(imageBytes.prefix(10_000)))
    }
  }

  /// Where no mirror sends the right file, the wrong one stays, and the error names it.
  @Test func wrongFileStaysWithoutANetwork() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/" + images.name
      try AtomicFile.write("wrong", to: path)
      for choice in [DatasetChoice.auto, .mnist] {
        let error = #expect(throws: FileError.self) {
          try DatasetSource.resolve(
            choice, environment: [:], folder: folder, files: small.files, mirrors: Mirrors([]), log: { _ in })
        }
        #expect(error?.path == path && error?.found.hasPrefix("5 bytes with SHA-256") == true)
        #expect(error?.expected?.hasSuffix("and no mirror sends it") == true)
        #expect(try readText(path) == "wrong")
      }
    }
  }

  @Test func wrongFileIsMovedAside() throws {
    try withMirrors([good]) { path, folder, mirrors, _ in
      for number in 1...2 {
        try AtomicFile.write("wrong \(number)", to: path)
        var lines: [String] = []
        try complete(folder, mirrors) { lines.append($0) }
        #expect(lines.count == 2 && lines.last?.hasPrefix("\(path): the wrong one is now \(path).wrong") == true, "\(lines)")
        #expect(try readFile(path) == imageBytes)
      }
      #expect(try readText(path + ".wrong") == "wrong 1")
      #expect(try readText(path + ".wrong-2") == "wrong 2")
    }
  }

  /// Wrong bytes from a mirror replace neither a file of the user nor its name.
  @Test func wrongFileStaysWhereTheMirrorsIsWrongToo() throws {
    let wrong: Answer = { [imageBytes] _ in .init(body: [UInt8](repeating: 1, count: imageBytes.count)) }
    try withMirrors([wrong]) { path, folder, mirrors, _ in
      try AtomicFile.write("wrong", to: path)
      let error = #expect(throws: FileError.self) { try complete(folder, mirrors) }
      #expect(error?.expected?.hasSuffix("and no mirror sends it") == true)
      #expect(try readText(path) == "wrong")
      #expect(try traces(of: path) == [images.name])
    }
  }

  /// The wrong file stays in its place until the right one is whole and verified, however many attempts that takes.
  @Test func wrongFileStaysUntilTheRightOneIsThere() throws {
    let cutOnce: Answer = { [imageBytes] request in
      var response = LoopbackServer.file(imageBytes, for: request)
      if request.range == nil { response.cutAfter = 12_345 }
      return response
    }
    try withMirrors([cutOnce]) { path, folder, mirrors, servers in
      try AtomicFile.write("wrong", to: path)
      #expect(throws: FileError.self) { try complete(folder, mirrors) }
      #expect(try readText(path) == "wrong")
      #expect(try traces(of: path) == [images.name, images.name + ".part"])
      try complete(folder, mirrors)
      #expect(servers[0].requests.map(\.range) == [nil, "bytes=12345-"])
      #expect(try readFile(path) == imageBytes)
      #expect(try readText(path + ".wrong") == "wrong")
      #expect(try traces(of: path) == [images.name, images.name + ".wrong"])
    }
  }

  @Test func twoDownloadersTakeTurns() throws {
    try withMirrors([good]) { path, folder, mirrors, servers in
      let said = Mutex<[String]>([])
      let lock = try #require(try FolderLock(folder.path))
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { lock.release() }
      try complete(folder, mirrors) { line in said.withLock { $0.append(line) } }
      #expect(said.withLock { $0 } == ["\(folder.path): another process downloads into it; waiting for that"])
      #expect(try readFile(path) == imageBytes)
    }
  }
}
