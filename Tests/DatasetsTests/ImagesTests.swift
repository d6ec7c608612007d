import Datasets
import Testing

@Suite struct ImagesTests {
  /// Five images; all pixels of image i are 50 i, except for the first, which is 255.
  let images = Images(
    pixels: (0..<5).flatMap { i in [255] + [UInt8](repeating: UInt8(50 * i), count: 783) }, labels: [4, 3, 2, 1, 0])

  @Test func prefixAndSuffixPartition() {
    let (first, last) = (images.prefix(3), images.suffix(2))
    #expect(first.labels == [4, 3, 2] && last.labels == [1, 0])
    #expect(first.pixels + last.pixels == images.pixels)
    #expect(images.prefix(5) == images && images.suffix(0).count == 0)
    #expect(images[1..<3].labels == [3, 2])
  }
}
