import Files
import LinearAlgebra

extension SafeTensors {
  /// The element types of the format. Tensors of any type are read and kept; `elements(as:place:)` converts those of floating
  /// point from 16 bits on.
  public enum ElementType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case int16 = "I16"
    case uint16 = "U16"
    case int32 = "I32"
    case uint32 = "U32"
    case int64 = "I64"
    case uint64 = "U64"
    /// 1 sign, 4 exponent and 3 fraction bits.
    case float8E4M3 = "F8_E4M3"
    /// 1 sign, 5 exponent and 2 fraction bits.
    case float8E5M2 = "F8_E5M2"
    /// The upper half of a `float32`.
    case bfloat16 = "BF16"
    case float16 = "F16"
    case float32 = "F32"
    case float64 = "F64"

    /// The type that holds `Scalar` without rounding: F32 or F64.
    public static func holding<Scalar: BLASScalar>(_: Scalar.Type) -> Self {
      Scalar.self == Double.self ? .float64 : .float32
    }

    /// Bytes an element.
    public var size: Int {
      switch self {
      case .bool, .uint8, .int8, .float8E4M3, .float8E5M2: 1
      case .int16, .uint16, .bfloat16, .float16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }
}

extension SafeTensors.Tensor {
  /// The elements, row-major, in another precision; narrower ones are widened without rounding.
  /// - Parameter place: the file and tensor, for the error.
  /// - Throws: `FileError` for a type other than F64, F32, F16 and BF16.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func elements<Scalar: BLASScalar>(as _: Scalar.Type, place: String) throws(FileError) -> [Scalar] {
    switch type {
    case .float64: return words(UInt64.self).map { Scalar(Double(bitPattern: $0)) }
    case .float32: return words(UInt32.self).map { Scalar(Float(bitPattern: $0)) }
    case .float16: return words(UInt16.self).map { Scalar(Float16(bitPattern: $0)) }
    case .bfloat16: return words(UInt16.self).map { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    default: throw FileError(path: place, found: "elements of type \(type.rawValue)", expected: "F64, F32, F16 or BF16")
    }
  }

  /// The tensor as a matrix: the first extent is its rows, the second its columns.
  /// - Parameter place: the file and tensor, for the error.
  /// - Throws: `FileError` where there are not two dimensions, or as `elements(as:place:)`.
  public func matrix<Scalar: BLASScalar>(of _: Scalar.Type, place: String) throws(FileError) -> Matrix<Scalar> {
    guard shape.count == 2 else {
      throw FileError(path: place, found: "the shape \(shape)", expected: "two dimensions, rows and columns")
    }
    return Matrix(rows: shape[0], columns: shape[1], elements: try elements(as: Scalar.self, place: place))
  }

  private func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Word>.size).map {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self))
      }
    }
  }
}

extension SafeTensors {
  /// The tensor of this name; without a name, the only one of two dimensions.
  /// - Parameter path: the file, for the error.
  /// - Throws: `FileError` that lists the tensors, where none has this name, or not exactly one has two dimensions.
  public func matrixTensor(named name: String?, path: String) throws(FileError) -> (name: String, tensor: Tensor) {
    if let name {
      guard let tensor = self[name] else {
        throw FileError(path: path, found: "no tensor '\(name)'", expected: "one of these: \(Self.list(tensors))")
      }
      return (name, tensor)
    }
    let matrices = tensors.filter { $0.tensor.shape.count == 2 }
    guard matrices.count == 1 else {
      let found = "\(matrices.isEmpty ? "no" : "\(matrices.count)") tensors of two dimensions"
      let expected = matrices.isEmpty ? "one; there is: \(Self.list(tensors))" : "the name of one: \(Self.list(matrices))"
      throw FileError(path: path, found: found, expected: expected)
    }
    return matrices[0]
  }

  /// Names and shapes in one line, of the first 50.
  private static func list(_ tensors: [(name: String, tensor: Tensor)]) -> String {
    let shown = tensors.prefix(50).map { "\($0.name) \($0.tensor.shape)" }
    let more = tensors.count > shown.count ? ["and \(tensors.count - shown.count) more"] : []
    return tensors.isEmpty ? "nothing" : (shown + more).joined(separator: ", ")
  }
}
