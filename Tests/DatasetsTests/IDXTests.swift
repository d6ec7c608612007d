import Files
import Datasets
import TestSupport
import Testing

@Suite struct IDXTests {
  static let twoImages = idxPixels([UInt8](repeating: 1, count: 784) + [UInt8](repeating: 2, count: 784))

  @Test func decodes() throws {
    let images = try IDX.images(
      pixelFile: Self.twoImages, pixelPath: "images", labelFile: idxLabels([3, 9]), labelPath: "labels")
    #expect(images.count == 2)
    #expect(images.labels == [3, 9])
    #expect(images.pixels[783] == 1 && images.pixels[784] == 2)
  }

  @Test func noImagesAreDecodedToo() throws {
    #expect(try IDX.pixels(of: idxPixels([]), path: "images") == [])
  }

  @Test func mislabelled() {
    #expect(
      throws: FileError(
        path: "images", found: "magic number 0x00000801 (a file of labels)", expected: "0x00000803 (a file of images)")
    ) { try IDX.pixels(of: idxLabels([3, 9]), path: "images") }
    #expect(
      throws: FileError(
        path: "labels", found: "magic number 0x00000803 (a file of images)", expected: "0x00000801 (a file of labels)")
    ) { try IDX.labels(of: Self.twoImages, path: "labels") }
  }

  @Test func otherMagicNumbers() {
    for (magic, found): ([UInt8], String) in [
      ([0, 0, 0x0D, 3], "0x00000d03 (elements that are not unsigned bytes)"),
      ([0, 0, 8, 2], "0x00000802 (2 dimensions)"),
      ([0x1F, 0x8B, 8, 0], "0x1f8b0800 (a gzip file)"),
      ([3, 8, 0, 0], "0x03080000 (not an IDX file)"),
    ] as [([UInt8], String)] {
      #expect(
        throws: FileError(
          path: "images", found: "magic number \(found)", expected: "0x00000803 (a file of images)"), "\(magic), \(found)"
      ) { try IDX.pixels(of: magic + Self.twoImages.dropFirst(4), path: "images") }
    }
  }

  @Test func headerEndsEarly() {
    for length: Int in [0, 3, 4, 15] {
      #expect(throws: FileError(path: "images", found: "\(length) bytes", expected: "a header of 16 bytes"), "\(length)") {
        try IDX.pixels(of: Array(Self.twoImages[..<length]), path: "images")
      }
    }
  }

  @Test func otherLength() {
    for difference in [-1, -784, 1] {
      let file = difference < 0 ? Array(Self.twoImages.dropLast(-difference)) : Self.twoImages + [0]
      #expect(
        throws: FileError(
          path: "images", found: "\(1584 + difference) bytes", expected: "1584 for the 2 images it announces")
      ) { try IDX.pixels(of: file, path: "images") }
    }
  }

  /// 2³² − 1 images: three terabytes must be refused before they are allocated.
  @Test func hugeCount() {
    var file = Self.twoImages
    file.replaceSubrange(4..<8, with: [255, 255, 255, 255])
    #expect(
      throws: FileError(
        path: "images", found: "1584 bytes", expected: "3367254359296 for the 4294967295 images it announces")
    ) { try IDX.pixels(of: file, path: "images") }
  }

  @Test func otherDimensions() {
    var file = Self.twoImages
    file[11] = 14
    file[15] = 56
    #expect(throws: FileError(path: "images", found: "images of 14×56 pixels", expected: "28×28")) {
      try IDX.pixels(of: file, path: "images")
    }
  }

  @Test func labelAboveNine() {
    #expect(throws: FileError(path: "labels", found: "the label 10 for image 2", expected: "a digit from 0 to 9")) {
      try IDX.labels(of: idxLabels([0, 9, 10]), path: "labels")
    }
  }

  @Test func labelsCutOff() {
    #expect(throws: FileError(path: "labels", found: "9 bytes", expected: "10 for the 2 labels it announces")) {
      try IDX.labels(of: idxLabels([3, 9]).dropLast(), path: "labels")
    }
  }

  @Test func otherNumberOfLabels() {
    #expect(throws: FileError(path: "labels", found: "3 labels", expected: "2, one for each image")) {
      try IDX.images(pixelFile: Self.twoImages, pixelPath: "images", labelFile: idxLabels([1, 2, 3]), labelPath: "labels")
    }
  }

  @Test func anErrorIsOneLine() {
    let error = #expect(throws: FileError.self) {
      try IDX.pixels(of: idxLabels([3, 9]), path: "data/mnist/train-images-idx3-ubyte.gz")
    }
    #expect(
      error.map(String.init(describing:)) == """
        data/mnist/train-images-idx3-ubyte.gz: found magic number 0x00000801 (a file of labels), \
        expected 0x00000803 (a file of images)
        """)
  }
}
