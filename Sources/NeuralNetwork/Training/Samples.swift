import LinearAlgebra

/// Labelled images, a byte a pixel, and how a byte becomes an input.
public struct Samples<Scalar: BLASScalar>: Sendable {
  /// Pixels of an image.
  public let width: Int
  /// `count` × `width` bytes, one image after the other.
  public let pixels: [UInt8]
  /// One class an image.
  public let labels: [UInt8]
  /// The input for each value of a byte, above that of a black pixel.
  private let inputs: [Scalar]
  /// The input for a black pixel, which most are.
  private let background: Scalar

  /// Images whose inputs are (byte / 255 − `mean`) / `deviation`.
  public init(width: Int, pixels: [UInt8], labels: [UInt8], mean: Double, deviation: Double) {
    precondition(pixels.count == labels.count * width && deviation > 0)
    (self.width, self.pixels, self.labels) = (width, pixels, labels)
    inputs = (0..<256).map { Scalar(Double($0) / 255 / deviation) }
    background = Scalar(-mean / deviation)
  }

  /// How many images.
  public var count: Int { labels.count }

  /// Copies the images `indices` into the vectors of `batch`, `indices.count` of `width` numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gather(_ indices: ArraySlice<Int>, into batch: inout InterleavedBatch<Scalar>, workers: Workers) {
    precondition(batch.count == indices.count && batch.width == width)
    let width = width
    batch.background = background
    pixels.withUnsafeBufferPointer { pixels in
      inputs.withUnsafeBufferPointer { inputs in
        batch.fillBlocks(workers: workers) { vectors, numbers in
          for (lane, vector) in vectors.enumerated() {
            let start = indices[indices.startIndex + vector] * width
            for column in 0..<width { numbers[16 * column + lane] = inputs[Int(pixels[start + column])] }
          }
        }
      }
    }
  }
}
