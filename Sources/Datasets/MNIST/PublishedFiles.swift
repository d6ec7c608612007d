import Files
import Foundation

/// A file as its authors published it.
public struct PublishedFile: Equatable, Sendable {
  /// Its name in the folder and on the mirrors; it ends in `.gz`.
  public let name: String
  /// The SHA-256 of the compressed file, in lower-case hexadecimal.
  public let sha256: String
  /// Length of the compressed file.
  public let bytes: Int
  /// The SHA-256 of the decompressed contents.
  public let decompressedSHA256: String
  /// Length of the decompressed contents.
  public let decompressedBytes: Int

  /// A file by its digests and sizes in bytes.
  public init(name: String, sha256: String, bytes: Int, decompressedSHA256: String, decompressedBytes: Int) {
    (self.name, self.sha256, self.bytes) = (name, sha256, bytes)
    (self.decompressedSHA256, self.decompressedBytes) = (decompressedSHA256, decompressedBytes)
  }
}

/// The four files of MNIST.
public struct MNISTFiles: Equatable, Sendable {
  /// The four files.
  public let trainingImages, trainingLabels, testImages, testLabels: PublishedFile

  /// Four files. Tests have smaller ones than those of MNIST.
  public init(
    trainingImages: PublishedFile, trainingLabels: PublishedFile, testImages: PublishedFile, testLabels: PublishedFile
  ) {
    (self.trainingImages, self.trainingLabels) = (trainingImages, trainingLabels)
    (self.testImages, self.testLabels) = (testImages, testLabels)
  }

  /// All four.
  public var all: [PublishedFile] { [trainingImages, trainingLabels, testImages, testLabels] }

  /// As LeCun, Cortes and Burges published them.
  public static let published = MNISTFiles(
    trainingImages: PublishedFile(
      name: "train-images-idx3-ubyte.gz", sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      bytes: 9_912_422, decompressedSHA256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      decompressedBytes: 16 + 60_000 * Images.pixelsPerImage),
    trainingLabels: PublishedFile(
      name: "train-labels-idx1-ubyte.gz", sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      bytes: 28_881, decompressedSHA256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      decompressedBytes: 8 + 60_000),
    testImages: PublishedFile(
      name: "t10k-images-idx3-ubyte.gz", sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      bytes: 1_648_877, decompressedSHA256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      decompressedBytes: 16 + 10_000 * Images.pixelsPerImage),
    testLabels: PublishedFile(
      name: "t10k-labels-idx1-ubyte.gz", sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      bytes: 4_542, decompressedSHA256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      decompressedBytes: 8 + 10_000))
}

/// A folder that holds the four files.
public struct MNISTFolder: Equatable, Sendable {
  /// The folder.
  public let path: String
  /// The files that it must hold.
  public let files: MNISTFiles

  /// A folder whose files are not checked yet.
  public init(path: String, files: MNISTFiles = .published) { (self.path, self.files) = (path, files) }

  /// Checks that all four files exist, each with the contents that were published.
  /// - Throws: `FileError` for the first that does not.
  public func check() throws(FileError) { for file in files.all { _ = try file.read(from: path) } }

  /// Reads, verifies, decompresses and decodes the files. The digests are the published ones, however the files are packed.
  /// - Throws: `FileError` for the first that is missing, has not the published contents, or cannot be decoded.
  public func load() throws(FileError) -> Dataset {
    let training = try load(files.trainingImages, files.trainingLabels)
    let test = try load(files.testImages, files.testLabels)
    let digests = Dictionary(uniqueKeysWithValues: files.all.map { ($0.name, $0.sha256) })
    return Dataset(name: .mnist, training: training, test: test, sha256: digests)
  }

  private func load(_ images: PublishedFile, _ labels: PublishedFile) throws(FileError) -> Images {
    let (images, labels) = (try images.read(from: path), try labels.read(from: path))
    return try IDX.images(
      pixelFile: try images.contents(), pixelPath: images.path, labelFile: try labels.contents(), labelPath: labels.path)
  }
}
