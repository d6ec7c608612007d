import Files
import Foundation
import Datasets
import TestSupport
import Testing

/// The check of the files in a folder.
@Suite struct MNISTFolderTests {
  let small = SmallMNIST.shared

  /// The error of loading a folder with `mnist`'s files, with the folder cut off its path.
  func errorOfLoading(_ mnist: SmallMNIST, after change: (String) throws -> Void = { _ in }) throws -> FileError? {
    try withTemporaryFolder { folder in
      try mnist.write(to: folder)
      try change(folder)
      let error = #expect(throws: FileError.self) { try MNISTFolder(path: folder, files: mnist.files).load() }
      return error.map { error in
        FileError(path: String(error.path.dropFirst(folder.count + 1)), found: error.found, expected: error.expected)
      }
    }
  }

  @Test func loads() throws {
    try withTemporaryFolder { folder in
      try small.write(to: folder)
      let dataset = try MNISTFolder(path: folder, files: small.files).load()
      #expect(dataset.name == .mnist)
      #expect(dataset.training == small.dataset.training)
      #expect(dataset.test == small.dataset.test)
      #expect(dataset.sha256.count == 4)
      #expect(dataset.sha256["t10k-labels-idx1-ubyte.gz"] == small.files.testLabels.sha256)
    }
  }

  @Test func missing() throws {
    for file in small.files.all {
      let error = try errorOfLoading(small) { try FileManager.default.removeItem(atPath: $0 + "/" + file.name) }
      #expect(
        error
          == FileError(
            path: file.name, found: "no such file", expected: "one of MNIST's four files, as published or unpacked"))
    }
  }

  @Test func wrongChecksum() throws {
    for file in small.files.all {
      var bytes = try #require(small.contents[file.name])
      bytes[bytes.count / 2] ^= 1
      let error = try errorOfLoading(small) { try AtomicFile.write(bytes, to: $0 + "/" + file.name) }
      #expect(
        error
          == FileError(
            path: file.name, found: "\(bytes.count) bytes with SHA-256 \(SHA256.hexDigest(of: bytes))",
            expected: "\(file.bytes) with \(file.sha256)"))
    }
  }

  @Test func truncated() throws {
    let file = small.files.trainingImages
    let half = Array(try #require(small.contents[file.name]).prefix(file.bytes / 2))
    let error = try errorOfLoading(small) { try AtomicFile.write(half, to: $0 + "/" + file.name) }
    #expect(error?.path == file.name)
    #expect(error?.found.hasPrefix("\(file.bytes / 2) bytes with SHA-256 ") == true)
  }

  // Files with the right checksum and the wrong contents.

  @Test func mislabelled() throws {
    let labels = try #require(small.contents[small.files.trainingLabels.name])
    #expect(
      try errorOfLoading(small.publishing(labels))
        == FileError(
          path: "train-images-idx3-ubyte.gz", found: "magic number 0x00000801 (a file of labels)",
          expected: "0x00000803 (a file of images)"))
  }

  @Test func gzipEndsEarly() throws {
    let images = try #require(small.contents[small.files.trainingImages.name])
    #expect(
      try errorOfLoading(small.publishing(images.dropLast(1000)))
        == FileError(
          path: "train-images-idx3-ubyte.gz", found: "a gzip file that ends early, after \(images.count - 1000) bytes",
          expected: "all of it"))
  }

  @Test func truncatedBeforeCompression() throws {
    let idx = idxPixels(small.dataset.training.pixels).dropLast(784)
    #expect(
      try errorOfLoading(small.publishing(gzip(Array(idx))))
        == FileError(
          path: "train-images-idx3-ubyte.gz", found: "\(16 + 149 * 784) bytes",
          expected: "\(16 + 150 * 784) for the 150 images it announces"))
  }

  @Test func imagesOfTheOtherSet() throws {
    let images = try #require(small.contents[small.files.testImages.name])
    #expect(
      try errorOfLoading(small.publishing(images))
        == FileError(path: "train-labels-idx1-ubyte.gz", found: "150 labels", expected: "20, one for each image"))
  }
}
