/// Grey-scale images of 28×28 pixels, each with its label.
public struct Images: Equatable, Sendable {
  /// Height of an image in pixels.
  public static let rows = 28
  /// Width of an image in pixels.
  public static let columns = 28
  /// Pixels of an image: the length of a network's input vector.
  public static let pixelsPerImage = rows * columns
  /// Labels are 0 ..< `classes`.
  public static let classes = 10

  /// count×784, one image after the other, each row by row from the top; 0 is background, 255 is ink.
  public let pixels: [UInt8]
  /// The digit each image shows, 0 ... 9.
  public let labels: [UInt8]

  /// Number of images.
  public var count: Int { labels.count }

  /// - Precondition: 784 pixels a label, and labels 0 ... 9.
  public init(pixels: [UInt8], labels: [UInt8]) {
    precondition(pixels.count == labels.count * Self.pixelsPerImage)
    precondition(labels.allSatisfy { $0 < Self.classes })
    self.pixels = pixels
    self.labels = labels
  }

  /// The images of `range`, copied.
  public subscript(range: Range<Int>) -> Images {
    let size = Self.pixelsPerImage
    return Images(pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]), labels: Array(labels[range]))
  }

  /// The first `count` images, copied.
  public func prefix(_ count: Int) -> Images { self[0..<count] }

  /// The last `count` images, copied.
  public func suffix(_ count: Int) -> Images { self[self.count - count..<self.count] }
}
