import Datasets
import Files

/// Some images as a set of files in the format and under the names of MNIST, with the checksums they have.
public struct SmallMNIST: Sendable {
  /// The images.
  public let dataset: Dataset
  /// The files by name.
  public var contents: [String: [UInt8]]
  /// Their checksums.
  public var files: MNISTFiles

  /// - Parameter pack: compresses a file; without it, the files are as their contents.
  public init(_ dataset: Dataset, pack: ([UInt8]) -> [UInt8] = { $0 }) {
    self.dataset = dataset
    let names = MNISTFiles.published.all.map(\.name)
    let plain = [
      idxPixels(dataset.training.pixels), idxLabels(dataset.training.labels),
      idxPixels(dataset.test.pixels), idxLabels(dataset.test.labels),
    ]
    let packed = plain.map(pack)
    contents = Dictionary(uniqueKeysWithValues: zip(names, packed))
    let published = names.indices.map { Self.published(names[$0], packed[$0], of: plain[$0]) }
    files = MNISTFiles(
      trainingImages: published[0], trainingLabels: published[1], testImages: published[2], testLabels: published[3])
  }

  /// The same set with another file of the training images, and its checksum.
  public func publishing(_ compressed: [UInt8]) -> SmallMNIST {
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
  public func write(to folder: String) throws {
    for (name, bytes) in contents { try AtomicFile.write(bytes, to: folder + "/" + name) }
  }

  private static func published(_ name: String, _ packed: [UInt8], of plain: [UInt8]) -> PublishedFile {
    PublishedFile(
      name: name, sha256: SHA256.hexDigest(of: packed), bytes: packed.count,
      decompressedSHA256: SHA256.hexDigest(of: plain), decompressedBytes: plain.count)
  }
}

/// An IDX file of 28×28 images.
public func idxPixels(_ pixels: [UInt8]) -> [UInt8] {
  [0, 0, 8, 3] + bigEndian(pixels.count / 784) + bigEndian(28) + bigEndian(28) + pixels
}

/// An IDX file of labels.
public func idxLabels(_ labels: [UInt8]) -> [UInt8] { [0, 0, 8, 1] + bigEndian(labels.count) + labels }

private func bigEndian(_ value: Int) -> [UInt8] {
  [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
}
