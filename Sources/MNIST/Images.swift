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

  /// How many images there are.
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
    return Images(
      pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]), labels: Array(labels[range]))
  }

  /// The first `count` images, copied.
  public func prefix(_ count: Int) -> Images { self[0..<count] }

  /// The last `count` images, copied.
  public func suffix(_ count: Int) -> Images { self[self.count - count..<self.count] }
}

extension Images {
  /// Writes the images `indices`, in that order, as a network's input: x = (pixel/255 − mean) / deviation.
  ///
  /// - Parameters:
  ///   - indices: which images; a range, or a slice of a shuffled order.
  ///   - mean: subtracted, on the scale where ink is 1.
  ///   - deviation: divided by, on the same scale.
  ///   - buffer: receives indices.count×784 numbers from its start; what lies behind them stays.
  /// - Precondition: `buffer` is long enough, `deviation` is positive.
  public func normalise(
    _ indices: some Collection<Int>, mean: Float, deviation: Float, into buffer: inout [Float]
  ) {
    precondition(buffer.count >= indices.count * Self.pixelsPerImage && deviation > 0)
    let table = (0..<256).map { (Float($0) / 255 - mean) / deviation }
    var offset = 0
    for index in indices {
      copy(index, through: table, to: &buffer, at: offset)
      offset += Self.pixelsPerImage
    }
  }

  /// The images `indices` as a network's input: indices.count×784; see `normalise(_:mean:deviation:into:)`.
  public func normalised(_ indices: some Collection<Int>, mean: Float, deviation: Float) -> [Float] {
    var buffer = [Float](repeating: 0, count: indices.count * Self.pixelsPerImage)
    normalise(indices, mean: mean, deviation: deviation, into: &buffer)
    return buffer
  }

  private func copy(_ index: Int, through table: [Float], to buffer: inout [Float], at offset: Int) {
    let start = index * Self.pixelsPerImage
    for pixel in 0..<Self.pixelsPerImage {
      buffer[offset + pixel] = table[Int(pixels[start + pixel])]
    }
  }
}
