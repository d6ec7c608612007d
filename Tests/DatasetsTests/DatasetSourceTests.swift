import Files
import Foundation
import LinearAlgebra
import Datasets
import TestSupport
import Testing

/// The choice of the data, and the messages about it.
@Suite(.serialized) struct DatasetSourceTests {
  let small = SmallMNIST.shared
  /// The error must come from elsewhere than the network.
  let nowhere = Mirrors([])

  func resolve(
    _ choice: DatasetChoice, directory: String? = nil, folder: String, mirrors: Mirrors, log: (String) -> Void = { _ in }
  ) throws -> DatasetSource {
    try DatasetSource.resolve(
      choice, environment: directory.map { ["MNIST_DIR": $0] } ?? [:], folder: folder, files: small.files,
      mirrors: mirrors, log: log)
  }

  @Test func namedFolderIsUsed() throws {
    for choice in [DatasetChoice.auto, .mnist] {
      try withTemporaryFolder { folder in
        try small.write(to: folder)
        let source = try resolve(choice, directory: folder, folder: "/nowhere", mirrors: nowhere) { Issue.record("\($0)") }
        #expect(source == .mnist(MNISTFolder(path: folder, files: small.files)))
        #expect(source.name == .mnist)
        #expect(
          try source.load(seed: 1, digitsTraining: 1, digitsTest: 1, workers: Workers(count: 2)).training
            == small.dataset.training)
      }
    }
  }

  /// Where `MNIST_DIR` names a folder, neither the default folder nor a mirror nor the digits replace it.
  @Test func namedFolderWithoutFile() throws {
    for choice in [DatasetChoice.auto, .mnist] {
      let server = try LoopbackServer(files: small.contents)
      defer { server.stop() }
      try withTemporaryFolder { folder in
        try small.write(to: folder)
        try small.write(to: folder + "/usual")
        try FileManager.default.removeItem(atPath: folder + "/t10k-labels-idx1-ubyte.gz")
        #expect(
          throws: FileError(
            path: "MNIST_DIR: " + folder + "/t10k-labels-idx1-ubyte.gz", found: "no such file",
            expected: "one of MNIST's four files, as published or unpacked")
        ) {
          try resolve(choice, directory: folder, folder: folder + "/usual", mirrors: Mirrors([server.url]))
        }
        #expect(server.requests == [])
      }
    }
  }

  @Test func namedFolderWithWrongFile() throws {
    for choice in [DatasetChoice.auto, .mnist] {
      try withTemporaryFolder { folder in
        try small.write(to: folder)
        let path = folder + "/train-labels-idx1-ubyte.gz"
        try AtomicFile.write("wrong", to: path)
        let error = #expect(throws: FileError.self) {
          try resolve(choice, directory: folder, folder: "/nowhere", mirrors: nowhere)
        }
        #expect(error?.path == "MNIST_DIR: " + path && error?.found.hasPrefix("5 bytes with SHA-256") == true)
        #expect(try readText(path) == "wrong")
      }
    }
  }

  @Test func namedFolderThatIsNone() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("a file", to: folder + "/a")
      for (name, found) in [("a", "a file"), ("none", "no such folder"), ("a/b", "Not a directory")] {
        #expect(
          throws: FileError(
            path: "MNIST_DIR: \(folder)/\(name)", found: found, expected: "the folder of MNIST's four files")
        ) { try resolve(.auto, directory: "\(folder)/\(name)", folder: "/nowhere", mirrors: nowhere) }
      }
    }
  }

  @Test func emptyMNIST_DIRIsNone() throws {
    try withTemporaryFolder { folder in
      try small.write(to: folder)
      #expect(try resolve(.mnist, directory: "", folder: folder, mirrors: nowhere).name == .mnist)
    }
  }

  @Test func autoDownloads() throws {
    let server = try LoopbackServer(files: small.contents)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      let source = try resolve(.auto, folder: folder + "/data/mnist", mirrors: Mirrors([server.url])) {
        Issue.record("\($0)")
      }
      #expect(source == .mnist(MNISTFolder(path: folder + "/data/mnist", files: small.files)))
    }
  }

  @Test func mnistWithoutANetworkIsAnError() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: FileError.self) { try resolve(.mnist, folder: folder, mirrors: nowhere) }
      #expect(error?.path == folder + "/train-images-idx3-ubyte.gz")
    }
  }

  @Test func autoWithoutANetworkIsLoud() throws {
    try withTemporaryFolder { folder in
      var lines: [String] = []
      let source = try resolve(.auto, folder: folder, mirrors: nowhere) { lines.append($0) }
      #expect(source == .digits && source.name == .digits)
      let message = try #require(lines.last)
      #expect(message.split(separator: "\n").count >= 5)
      #expect(message.contains("The built-in DIGITS ARE USED IN PLACE OF MNIST."))
      #expect(message.contains("Why: \(folder)/train-images-idx3-ubyte.gz: found no such file"))
      #expect(message.contains("Every row, file name and figure title says `digits`"))
      #expect(message.contains("MNIST_DIR"))
    }
  }

  @Test func cancellingIsNotFollowedByDigits() throws {
    let server = try LoopbackServer { _ in
      var response = LoopbackServer.Response()
      response.delay = 5
      return response
    }
    defer { server.stop() }
    try withTemporaryFolder { folder in
      _ = #expect(throws: CancellationError.self) {
        try DatasetSource.resolve(
          .auto, environment: [:], folder: folder, files: small.files, mirrors: Mirrors([server.url]), log: { _ in },
          isCancelled: { true })
      }
    }
  }

  @Test func digitsNeedNothing() throws {
    let source = try resolve(.digits, directory: "/nowhere", folder: "/nowhere", mirrors: nowhere) { Issue.record("\($0)") }
    let dataset = try source.load(seed: 3, digitsTraining: 30, digitsTest: 20, workers: Workers(count: 2))
    #expect(dataset.name == .digits && dataset.training.count == 30 && dataset.test.count == 20)
    #expect(dataset.training == Dataset.digits(seed: 3, training: 30, test: 20, workers: Workers(count: 2)).training)
  }

  @Test func publicMirrorsAndFiles() {
    #expect(
      Mirrors.mnist.addresses.map { $0.appendingPathComponent("x.gz").absoluteString } == [
        "https://storage.googleapis.com/cvdf-datasets/mnist/x.gz",
        "https://ossci-datasets.s3.amazonaws.com/mnist/x.gz",
      ])
    #expect(MNISTFiles.published.all.map(\.bytes) == [9_912_422, 28_881, 1_648_877, 4_542])
  }
}
