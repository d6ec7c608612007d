import LinearAlgebra

/// The inputs of a network, a vector a sample, with their labels: bytes and the inputs that they stand for, as of images, or numbers.
public struct Samples<Scalar: BLASScalar>: Sendable {
  /// Length of a vector: pixels of an image.
  public let width: Int
  /// Number of samples.
  public let count: Int
  /// `count` × `width` bytes, one image after the other; empty where the samples are numbers.
  public let pixels: [UInt8]
  /// One class a sample; empty where there are no labels.
  public let labels: [UInt8]
  /// `count` × `width` inputs; empty where the samples are bytes.
  private let values: [Scalar]
  /// The difference of the input for each byte and that for a black pixel.
  private let inputs: [Scalar]
  /// The input for a black pixel; most pixels are black.
  private let background: Scalar

  /// Images whose inputs are (byte / 255 − `mean`) / `deviation`.
  public init(width: Int, pixels: [UInt8], labels: [UInt8], mean: Double, deviation: Double) {
    precondition(width > 0 && pixels.count % width == 0 && deviation > 0)
    (self.width, self.pixels, self.labels, values) = (width, pixels, labels, [])
    count = pixels.count / width
    precondition(labels.isEmpty || labels.count == count)
    inputs = (0..<256).map { Scalar(Double($0) / 255 / deviation) }
    background = Scalar(-mean / deviation)
  }

  /// Samples whose inputs are (value − `mean`) / `deviation`.
  public init(width: Int, values: [Float], labels: [UInt8], mean: Double, deviation: Double) {
    precondition(width > 0 && values.count % width == 0 && deviation > 0)
    (self.width, self.labels, pixels, inputs, background) = (width, labels, [], [], 0)
    count = values.count / width
    precondition(labels.isEmpty || labels.count == count)
    self.values = values.map { Scalar((Double($0) - mean) / deviation) }
  }

  /// The samples of these indices, copied.
  public func selecting(_ indices: [Int]) -> Samples {
    func rows<Element>(_ all: [Element]) -> [Element] {
      all.isEmpty ? [] : indices.flatMap { all[$0 * width..<($0 + 1) * width] }
    }
    return Samples(
      self, count: indices.count, pixels: rows(pixels), values: rows(values),
      labels: labels.isEmpty ? [] : indices.map { labels[$0] })
  }

  private init(_ all: Samples, count: Int, pixels: [UInt8], values: [Scalar], labels: [UInt8]) {
    (width, inputs, background) = (all.width, all.inputs, all.background)
    (self.count, self.pixels, self.values, self.labels) = (count, pixels, values, labels)
  }

  /// Copies the samples `indices` into the vectors of `batch`: `indices.count` vectors of length `width`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gather(_ indices: ArraySlice<Int>, into batch: inout InterleavedBatch<Scalar>, workers: Workers) {
    precondition(batch.count == indices.count && batch.width == width)
    batch.background = background
    if values.isEmpty {
      inputs.withUnsafeBufferPointer { inputs in
        gather(indices, of: pixels, into: &batch, workers: workers) { inputs[Int($0)] }
      }
    } else {
      gather(indices, of: values, into: &batch, workers: workers) { $0 }
    }
  }

  @inline(__always)
  private func gather<Stored>(
    _ indices: ArraySlice<Int>, of stored: [Stored], into batch: inout InterleavedBatch<Scalar>, workers: Workers,
    _ input: (Stored) -> Scalar
  ) {
    let width = width
    stored.withUnsafeBufferPointer { stored in
      batch.fillBlocks(workers: workers) { vectors, elements in
        for (lane, vector) in vectors.enumerated() {
          let start = indices[indices.startIndex + vector] * width
          for column in 0..<width { elements[16 * column + lane] = input(stored[start + column]) }
        }
      }
    }
  }
}
