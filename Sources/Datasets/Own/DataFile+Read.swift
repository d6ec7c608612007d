import Files
import Foundation
import NeuralNetwork

extension DataFile {
  /// Most bytes that a compressed file may hold.
  private static let limit = 16 << 30

  /// Reads samples: a safetensors file with `x` ([n, …] of F64, F32, F16, BF16 or U8) and perhaps `y` (n integers), or an IDX file of
  /// bytes, which may be compressed by gzip, and its labels.
  /// - Parameter labels: the IDX file of the labels; `nil` for that beside the samples, where there is one.
  /// - Throws: `FileError` that names the file, and the tensor: another format or type, no sample, labels of another number, beyond
  ///   0 … 255 or not whole, numbers that are not finite.
  public init(readingFrom path: String, labels: String? = nil) throws(FileError) {
    let file = try InputFile(path)
    if path.hasSuffix(".safetensors") {
      if let labels {
        throw FileError(path: "--labels", found: labels, expected: "nothing: the labels are 'y' in \(path)")
      }
      // The file, its tensors, and the samples.
      try Memory.require(3 * file.size, place: path)
      let bytes = try file.contents()
      try self.init(SafeTensors(decoding: bytes, path: path), path: path, sha256: SHA256.hexDigest(of: bytes))
      return
    }
    let samples = try Self.decompressed(file)
    let (extents, elements) = try IDX.bytes(of: samples, path: path)
    guard extents.count >= 2 else {
      throw FileError(path: path, found: "\(extents[0]) bytes of one dimension", expected: "samples: two dimensions or more")
    }
    var labelDigest: String?
    let labelPath = labels ?? Self.labels(beside: path)
    let found = try labelPath.map { labelPath throws(FileError) in
      let contents = try Self.decompressed(try InputFile(labelPath, expected: "the labels"))
      let (extents, labels) = try IDX.bytes(of: contents, path: labelPath)
      guard extents.count == 1 else {
        throw FileError(path: labelPath, found: "\(extents.count) dimensions", expected: "labels, of one dimension")
      }
      labelDigest = SHA256.hexDigest(of: contents)
      return labels
    }
    try self.init(
      path: path, labelPath: labelPath, shape: Array(extents.dropFirst()), values: .bytes(elements), labels: found,
      digests: (SHA256.hexDigest(of: samples), labelDigest))
  }

  private static func decompressed(_ file: InputFile) throws(FileError) -> [UInt8] {
    let bytes = try file.contents()
    return Gzip.isCompressed(bytes) ? try Gzip.decompress(bytes, path: file.path, limit: limit) : bytes
  }

  /// The file of labels that belongs to one of images by its name: `images` and `idx3` have become `labels` and `idx1`; `nil` where
  /// there is none.
  static func labels(beside path: String) -> String? {
    let (folder, name) = split(path)
    guard let images = name.ranges(of: "images").last else { return nil }
    let plain = (name.hasSuffix(".gz") ? String(name.dropLast(3)) : name)
    let labels = plain.replacingCharacters(in: images, with: "labels").replacing(/idx\d/, with: "idx1")
    return [labels, labels + ".gz"].map { "\(folder)/\($0)" }.first(where: fileExists)
  }

  private init(_ file: SafeTensors, path: String, sha256: String) throws(FileError) {
    guard let x = file["x"] else {
      let found =
        file.tensors.isEmpty ? "no tensor" : "the tensors \(file.tensors.prefix(20).map(\.name).joined(separator: ", "))"
      throw FileError(path: path, found: found, expected: "x, the samples, and y, their labels")
    }
    guard x.shape.count >= 2, x.type == .uint8 || x.type.isConverted else {
      throw FileError(
        path: "\(path): x", found: "\(x.type.rawValue) of the shape \(x.shape)",
        expected: "[samples, elements] of F64, F32, F16, BF16 or U8")
    }
    let values: Values = x.type == .uint8 ? .bytes(x.bytes) : .numbers(try x.elements(as: Float.self, place: "\(path): x"))
    let labels = try file["y"].map { y throws(FileError) in try Self.labels(y, place: "\(path): y") }
    try self.init(
      path: path, labelPath: labels == nil ? nil : path, shape: Array(x.shape.dropFirst()), values: values, labels: labels,
      digests: (sha256, nil))
  }

  private static func labels(_ y: SafeTensors.Tensor, place: String) throws(FileError) -> [UInt8] {
    guard let integers = y.integers, y.shape.count == 1 || y.shape.count == 2 && y.shape[1] == 1 else {
      throw FileError(
        path: place, found: "\(y.type.rawValue) of the shape \(y.shape)", expected: "one integer a sample: classes from 0 on"
      )
    }
    if let index = integers.firstIndex(where: { !(0...255).contains($0) }) {
      throw FileError(
        path: place, found: "the label \(integers[index]) for sample \(index) (counted from 0)",
        expected: "a class from 0 to 255")
    }
    return integers.map { UInt8($0) }
  }
}
