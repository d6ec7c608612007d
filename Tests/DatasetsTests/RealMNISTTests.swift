import Files
import Foundation
import LinearAlgebra
import Datasets
import Testing

private let folder = ProcessInfo.processInfo.environment["MNIST_DIR"] ?? ""
private let isPublished = MNISTFiles.published.all.allSatisfy { fileExists("\(folder)/\($0.name)") }

/// Known properties of MNIST itself; run where `MNIST_DIR` names its folder.
@Suite(.enabled(if: !folder.isEmpty, "MNIST_DIR is not set")) struct RealMNISTTests {
  @Test func facts() throws {
    let source = try DatasetSource.resolve(.auto, environment: ["MNIST_DIR": folder], log: { Issue.record("\($0)") })
    #expect(source.name == .mnist)
    let mnist = try source.load(seed: 1, digitsTraining: 1, digitsTest: 1, workers: Workers(count: 2))
    #expect(mnist.name == .mnist)
    #expect(mnist.training.count == 60_000 && mnist.test.count == 10_000)
    #expect(histogram(mnist.training) == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(histogram(mnist.test) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    #expect(mnist.training.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    #expect(mnist.test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    let (mean, deviation) = brightness(mnist.training)
    #expect(abs(mean - 0.1307) < 5e-5 && abs(deviation - 0.3081) < 5e-5)
    #expect(mnist.sha256.count == 4)
    #expect(mnist.training.prefix(55_000).count + mnist.training.suffix(5_000).count == 60_000)
  }

  /// The digests of the decompressed contents belong to the published files.
  @Test(.enabled(if: isPublished, "MNIST_DIR has other files")) func decompressedDigests() throws {
    for file in MNISTFiles.published.all {
      let compressed = try readFile("\(folder)/\(file.name)")
      try #require(SHA256.hexDigest(of: compressed) == file.sha256)
      let contents = try Gzip.decompress(compressed, path: file.name, limit: file.decompressedBytes)
      #expect(contents.count == file.decompressedBytes && SHA256.hexDigest(of: contents) == file.decompressedSHA256)
    }
  }

  private func histogram(_ images: Images) -> [Int] {
    var counts = [Int](repeating: 0, count: 10)
    for label in images.labels { counts[Int(label)] += 1 }
    return counts
  }
}
