import Files
import Foundation
import LinearAlgebra

/// A file of named tensors in the safetensors format: the length of the header in 8 bytes, little-endian, the header in JSON,
/// the elements of the tensors. PyTorch, NumPy and others open it.
public struct SafeTensors: Sendable {
  /// One tensor: row-major elements, little-endian.
  public struct Tensor: Equatable, Sendable {
    /// How an element is stored.
    public let type: ElementType
    /// The extent of each dimension, the slowest first.
    public let shape: [Int]
    /// The elements, without gaps.
    public let bytes: [UInt8]

    /// A tensor whose elements fill `bytes`.
    public init(type: ElementType, shape: [Int], bytes: [UInt8]) {
      precondition(type.size(of: shape) == bytes.count)
      (self.type, self.shape, self.bytes) = (type, shape, bytes)
    }
  }

  /// In the order of their bytes in the file. Names that differ in any byte are different names.
  public internal(set) var tensors: [(name: String, tensor: Tensor)] = []
  /// Text by name, kept beside the tensors.
  public var metadata: [String: String] = [:]

  /// No tensors.
  public init() {}

  /// The tensor of this name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name.isIdentical(to: name) }?.tensor }

  /// Adds a tensor of `shape` from its elements, row-major, rounded to `type`, which is one of floating point from 16 bits on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func append<Scalar: BLASScalar>(_ name: String, shape: [Int], elements: [Scalar], as type: ElementType) {
    precondition(shape.reduce(1, *) == elements.count && self[name] == nil)
    tensors.append((name, Tensor(shape: shape, elements: elements, as: type)))
  }

  /// Adds a matrix, rounded to `type`.
  public mutating func append<Scalar: BLASScalar>(_ name: String, _ matrix: Matrix<Scalar>, as type: ElementType) {
    append(name, shape: [matrix.rows, matrix.columns], elements: matrix.elements, as: type)
  }

  /// Adds a tensor of bytes.
  public mutating func append(_ name: String, shape: [Int], bytes: [UInt8]) {
    precondition(shape.reduce(1, *) == bytes.count)
    append(name, Tensor(type: .uint8, shape: shape, bytes: bytes))
  }

  /// Adds a tensor as it is.
  public mutating func append(_ name: String, _ tensor: Tensor) {
    precondition(self[name] == nil)
    tensors.append((name, tensor))
  }
}

extension SafeTensors {
  /// The whole file. The same tensors give the same bytes.
  public var encoded: [UInt8] { Self.joined(pieces) }

  /// The pieces, one behind the other.
  static func joined(_ pieces: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { bytes += piece }
    return bytes
  }

  /// The whole file in pieces: the header, then the bytes of each tensor, which are not copied.
  public var pieces: [[UInt8]] {
    [Self.header(of: tensors.map { ($0.name, $0.tensor.type, $0.tensor.shape) }, metadata: metadata)]
      + tensors.map(\.tensor.bytes)
  }

  /// Length of `encoded` in bytes, from types and shapes alone.
  static func encodedSize(
    of tensors: [(name: String, type: ElementType, shape: [Int])], metadata: [String: String]
  ) -> Int {
    tensors.reduce(header(of: tensors, metadata: metadata).count) { $0 + size(of: $1.shape, $1.type) }
  }

  /// What comes before the elements: the length of the header, and the header.
  public static func header(
    of tensors: [(name: String, type: ElementType, shape: [Int])], metadata: [String: String]
  ) -> [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.precedes($1.key) }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, type, shape) in tensors {
      let end = offset + size(of: shape, type)
      let extents = shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(quoted(name)):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(extents)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    // The elements begin at a multiple of 8 bytes, as in the format's own library.
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
  }

  private static func size(of shape: [Int], _ type: ElementType) -> Int {
    guard let size = type.size(of: shape) else {
      preconditionFailure("\(shape) of \(type.rawValue) is no whole number of bytes")
    }
    return size
  }

  private static func quoted(_ text: String) -> String { JSON.string(text).text }
}
