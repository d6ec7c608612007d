import Files
import LinearAlgebra
@testable import Datasets

/// A small set of files in the format and under the names of MNIST, with the checksums they have.
struct SmallMNIST {
  let dataset = Dataset.digits(seed: 5, training: 150, test: 20, workers: Workers(count: 2))
  /// The compressed files by name.
  var contents: [String: [UInt8]]
  var files: MNISTFiles

  static let shared = SmallMNIST()

  private init() {
    let names = MNISTFiles.published.all.map(\.name)
    let plain = [
      idxPixels(dataset.training.pixels), idxLabels(dataset.training.labels),
      idxPixels(dataset.test.pixels), idxLabels(dataset.test.labels),
    ]
    contents = Dictionary(uniqueKeysWithValues: zip(names, plain.map(gzip)))
    let published = zip(names, plain).map { [contents] in Self.published($0, contents[$0] ?? [], of: $1) }
    files = MNISTFiles(
      trainingImages: published[0], trainingLabels: published[1], testImages: published[2], testLabels: published[3])
  }

  /// The same set with another compressed file of the training images, and its checksum.
  func publishing(_ compressed: [UInt8]) -> SmallMNIST {
    var other = self
    let images = files.trainingImages
    other.contents[images.name] = compressed
    other.files = MNISTFiles(
      trainingImages: PublishedFile(
        name: images.name, sha256: SHA256.hexDigest(of: compressed), bytes: compressed.count,
        decompressedSHA256: images.decompressedSHA256, decompressedBytes: images.decompressedBytes),
      trainingLabels: files.trainingLabels, testImages: files.testImages, testLabels: files.testLabels)
    return other
  }

  /// Writes all files into `folder`.
  func write(to folder: String) throws {
    for (name, bytes) in contents { try AtomicFile.write(bytes, to: folder + "/" + name) }
  }

  private static func published(_ name: String, _ compressed: [UInt8], of plain: [UInt8]) -> PublishedFile {
    PublishedFile(
      name: name, sha256: SHA256.hexDigest(of: compressed), bytes: compressed.count,
      decompressedSHA256: SHA256.hexDigest(of: plain), decompressedBytes: plain.count)
  }
}

/// An IDX file of 28×28 images.
func idxPixels(_ pixels: [UInt8]) -> [UInt8] {
  [0, 0, 8, 3] + bigEndian(pixels.count / 784) + bigEndian(28) + bigEndian(28) + pixels
}

/// An IDX file of labels.
func idxLabels(_ labels: [UInt8]) -> [UInt8] { [0, 0, 8, 1] + bigEndian(labels.count) + labels }

private func bigEndian(_ value: Int) -> [UInt8] {
  [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
}
