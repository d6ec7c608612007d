import Files
import LinearAlgebra
import NeuralNetwork

/// Somebody's data: a vector a sample, perhaps with labels. Read from a pair of IDX files, or from a safetensors file with `x` and `y`.
public struct DataFile: Sendable {
  /// The elements of all samples, one behind the other.
  public enum Values: Sendable {
    /// They stand for byte / 255.
    case bytes([UInt8])
    case numbers([Float])
  }

  /// The file of the samples, as the user named it.
  public let path: String
  /// That of the labels: the same one, or another; `nil` where there are none.
  public let labelPath: String?
  /// The extents of a sample, such as [28, 28].
  public let shape: [Int]
  /// Number of samples, one or more.
  public let count: Int
  /// `count` times the product of `shape`.
  public let values: Values
  /// One class a sample, 0 … 255; `nil` where there are none.
  public let labels: [UInt8]?
  /// SHA-256 of what the files of samples and of labels hold, decompressed; no second one where both are in one file, and `nil` for
  /// samples that were in memory.
  public let digests: (samples: String, labels: String?)?

  /// Elements of a sample.
  public var width: Int { shape.reduce(1, *) }

  /// One more than the largest label; 0 without labels.
  public var classes: Int { labels?.max().map { Int($0) + 1 } ?? 0 }

  /// The same by file name; for samples that were in memory, of their elements and labels.
  public var sha256: [String: String] {
    guard let digests else {
      guard case .bytes(let bytes) = values else { preconditionFailure("numbers are read from files") }
      return [path: SHA256.hexDigest(of: bytes + (labels ?? []))]
    }
    return [split(path).name: digests.samples].merging(
      digests.labels.map { [split(labelPath ?? path).name: $0] } ?? [:]
    ) { $1 }
  }

  /// Bytes in memory.
  public var size: Int {
    switch values {
    case .bytes(let bytes): bytes.count
    case .numbers(let numbers): numbers.count * MemoryLayout<Float>.size
    }
  }

  init(
    path: String, labelPath: String?, shape: [Int], values: Values, labels: [UInt8]?,
    digests: (samples: String, labels: String?)?
  ) throws(FileError) {
    let elements =
      switch values {
      case .bytes(let bytes): bytes.count
      case .numbers(let numbers): numbers.count
      }
    // The product of extents might overflow before it comes to one that is 0.
    guard elements > 0 else { throw FileError(path: path, found: "no element", expected: "one sample or more") }
    let width = shape.reduce(1, *)
    count = elements / width
    (self.path, self.labelPath, self.shape, self.values, self.labels) = (path, labelPath, shape, values, labels)
    self.digests = digests
    if let labels, labels.count != count {
      throw FileError(
        path: labelPath ?? path, found: "\(labels.count) labels", expected: "\(count), one for each sample of \(path)")
    }
    guard case .numbers(let numbers) = values, let index = numbers.firstIndex(where: { !$0.isFinite }) else { return }
    throw FileError(
      path: "\(path): x", found: "\(numbers[index]) in sample \(index / width), element \(index % width) (counted from 0)",
      expected: "finite numbers")
  }

  /// Images that were drawn or read already.
  public init(_ images: Images, name: String) throws(FileError) {
    try self.init(
      path: name, labelPath: name, shape: [Images.rows, Images.columns], values: .bytes(images.pixels),
      labels: images.labels, digests: nil)
  }

  /// Checks that a normalisation leaves all inputs finite.
  /// - Throws: `FileError` that names the options.
  public func require(_ normalisation: Normalisation) throws(FileError) {
    let extremes: [Double] =
      switch values {
      case .bytes: [0, 1]
      case .numbers(let numbers): [Double(numbers.min() ?? 0), Double(numbers.max() ?? 0)]
      }
    let inputs = extremes.map { Float(($0 - normalisation.mean) / normalisation.deviation) }
    guard let index = inputs.firstIndex(where: { !$0.isFinite }) else { return }
    throw FileError(
      path: "--mean, --deviation", found: "\(normalisation.mean) and \(normalisation.deviation)",
      expected: "such that (\(extremes[index]) − mean) / deviation is finite in single precision")
  }

  /// The samples of a range as the inputs of a network.
  public func samples(_ range: Range<Int>? = nil, normalisation: Normalisation) -> Samples<Float> {
    let range = range ?? 0..<count
    let (elements, labels) = (
      range.lowerBound * width..<range.upperBound * width, self.labels.map { Array($0[range]) } ?? []
    )
    let (mean, deviation) = (normalisation.mean, normalisation.deviation)
    return switch values {
    case .bytes(let bytes):
      Samples(width: width, pixels: Array(bytes[elements]), labels: labels, mean: mean, deviation: deviation)
    case .numbers(let numbers):
      Samples(width: width, values: Array(numbers[elements]), labels: labels, mean: mean, deviation: deviation)
    }
  }
}
