import MNIST
import Testing

@Suite struct ImagesTests {
  /// Five images; all pixels of image i are 50 i, but for its first, which is 255.
  let images = Images(
    pixels: (0..<5).flatMap { i in [255] + [UInt8](repeating: UInt8(50 * i), count: 783) }, labels: [4, 3, 2, 1, 0])

  @Test func prefixAndSuffixPartition() {
    let (first, last) = (images.prefix(3), images.suffix(2))
    #expect(first.labels == [4, 3, 2] && last.labels == [1, 0])
    #expect(first.pixels + last.pixels == images.pixels)
    #expect(images.prefix(5) == images && images.suffix(0).count == 0)
    #expect(images[1..<3].labels == [3, 2])
  }

  @Test func normalisesRange() {
    let input = images.normalised(1..<3, mean: 0.5, deviation: 0.25)
    #expect(input.count == 2 * 784)
    #expect(input[0] == 2 && input[784] == 2)
    #expect(input[1] == (Float(50) / 255 - 0.5) / 0.25)
    #expect(input[1567] == (Float(100) / 255 - 0.5) / 0.25)
  }

  @Test func normalisesShuffledBatch() {
    let order = [4, 0, 3]
    var buffer = [Float](repeating: -1, count: 3 * 784)
    images.normalise(order[0..<2], mean: 0, deviation: 1, into: &buffer)
    #expect(buffer[1] == Float(200) / 255 && buffer[785] == 0)
    #expect(buffer[1568...].allSatisfy { $0 == -1 })
  }
}
