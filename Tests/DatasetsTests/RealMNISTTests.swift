import Files
import Foundation
import LinearAlgebra
import Datasets
import Testing

/// What `MNIST_DIR` names, else `data/mnist` of the checkout if MNIST is there.
private let folder: String? = {
  if let named = ProcessInfo.processInfo.environment["MNIST_DIR"], !named.isEmpty { return named }
  let usual = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/") + "/data/mnist"
  return (try? MNISTFolder(path: usual).check()) == nil ? nil : usual
}()
private let isPublished = MNISTFiles.published.all.allSatisfy { fileExists("\(folder ?? "")/\($0.name)") }

/// Known properties of MNIST itself; run where it is.
@Suite(.enabled(if: folder != nil, "no MNIST: neither MNIST_DIR nor data/mnist")) struct RealMNISTTests {
  @Test func facts() throws {
    let source = try DatasetSource.resolve(
      .auto, environment: ["MNIST_DIR": folder ?? ""], log: { Issue.record("\($0)") })
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
    // Label and sum of the pixels of the first and last images, in whole and as the study splits them.
    #expect(ends(mnist.training) == [[5, 27_525], [8, 20_920]] && ends(mnist.test) == [[7, 18_454], [6, 41_833]])
    #expect(ends(mnist.training.prefix(55_000)) == [[5, 27_525], [0, 41_380]])
    #expect(ends(mnist.training.suffix(5_000)) == [[1, 12_743], [8, 20_920]])
  }

  /// The digests of the decompressed contents belong to the published files.
  @Test(.enabled(if: isPublished, "MNIST_DIR has other files")) func decompressedDigests() throws {
    for file in MNISTFiles.published.all {
      let compressed = try readFile("\(folder ?? "")/\(file.name)")
      try #require(SHA256.hexDigest(of: compressed) == file.sha256)
      let contents = try Gzip.decompress(compressed, path: file.name, limit: file.decompressedBytes)
      #expect(contents.count == file.decompressedBytes && SHA256.hexDigest(of: contents) == file.decompressedSHA256)
    }
  }

  /// Label and sum of the pixels of the first and the last image.
  private func ends(_ images: Images) -> [[Int]] {
    [0, images.count - 1].map { index in
      let pixels = images.pixels[index * 784..<index * 784 + 784]
      return [Int(images.labels[index]), pixels.reduce(0) { $0 + Int($1) }]
    }
  }

  private func histogram(_ images: Images) -> [Int] {
    var counts = [Int](repeating: 0, count: 10)
    for label in images.labels { counts[Int(label)] += 1 }
    return counts
  }
}
