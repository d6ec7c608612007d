import LinearAlgebra

/// Labelled images, a byte a pixel, and the inputs that the bytes stand for.
public struct Samples<Scalar: BLASScalar>: Sendable {
  /// Pixels of an image.
  public let width: Int
  /// `count` × `width` bytes, one image after the other.
  public let pixels: [UInt8]
  /// One class an image.
  public let labels: [UInt8]
  /// The difference of the input for each byte and that for a black pixel.
  private let inputs: [Scalar]
  /// The input for a black pixel; most pixels are black.
  private let background: Scalar

  /// Images whose inputs are (byte / 255 − `mean`) / `deviation`.
  public init(width: Int, pixels: [UInt8], labels: [UInt8], mean: Double, deviation: Double) {
    precondition(pixels.count == labels.count * width && deviation > 0)
    (self.width, self.pixels, self.labels) = (width, pixels, labels)
    inputs = (0..<256).map { Scalar(Double($0) / 255 / deviation) }
    background = Scalar(-mean / deviation)
  }

  /// Number of images.
  public var count: Int { labels.count }

  /// Copies the images `indices` into the vectors of `batch`: `indices.count` vectors of length `width`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gather(_ indices: ArraySlice<Int>, into batch: inout InterleavedBatch<Scalar>, workers: Workers) {
    precondition(batch.count == indices.count && batch.width == width)
    let width = width
    batch.background = background
    pixels.withUnsafeBufferPointer { pixels in
      inputs.withUnsafeBufferPointer { inputs in
        batch.fillBlocks(workers: workers) { vectors, elements in
          for (lane, vector) in vectors.enumerated() {
            let start = indices[indices.startIndex + vector] * width
            for column in 0..<width { elements[16 * column + lane] = inputs[Int(pixels[start + column])] }
          }
        }
      }
    }
  }
}
