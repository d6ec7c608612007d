import Files
import LinearAlgebra

extension SafeTensors.Tensor {
  /// A tensor of `shape` from its elements, row-major, rounded to the nearest of `type`, which is F64, F32, F16 or BF16. An
  /// element beyond the range of the type becomes an infinity.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init<Scalar: BLASScalar>(shape: [Int], elements: [Scalar], as type: SafeTensors.ElementType) {
    precondition(shape.reduce(1, *) == elements.count)
    let bytes =
      switch type {
      case .float64: Self.bytes(elements.map { Double($0).bitPattern.littleEndian })
      case .float32: Self.bytes(elements.map { Float($0).bitPattern.littleEndian })
      case .float16: Self.bytes(elements.map { Float16($0).bitPattern.littleEndian })
      case .bfloat16: Self.bytes(elements.map { Self.bfloat16($0).littleEndian })
      default: preconditionFailure("elements of type \(type.rawValue) are not written")
      }
    self.init(type: type, shape: shape, bytes: bytes)
  }

  private static func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] { words.withUnsafeBytes { Array($0) } }

  /// The nearest BF16, ties to the even one. From `Double`, `Float` is made by rounding to odd, so that nothing is rounded twice.
  @inline(__always)
  private static func bfloat16<Scalar: BLASScalar>(_ value: Scalar) -> UInt16 {
    let single = Float(value)
    var bits = single.bitPattern
    if Scalar.self == Double.self, single.isFinite, Scalar(single) != value {
      // One step towards zero where rounding went away from it; then the last bit says that something was cut off.
      if Scalar(single.magnitude) > value.magnitude { bits -= 1 }
      bits |= 1
    }
    guard !single.isNaN else { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }

  /// The elements, row-major, in another precision; narrower ones are widened without rounding.
  /// - Parameter place: the file and tensor, for the error.
  /// - Throws: `FileError` for a type other than F64, F32, F16 and BF16.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func elements<Scalar: BLASScalar>(as _: Scalar.Type, place: String) throws(FileError) -> [Scalar] {
    switch type {
    case .float64: return converted { Scalar(Double(bitPattern: $0)) }
    case .float32: return converted { Scalar(Float(bitPattern: $0)) }
    case .float16: return converted { Scalar(Float16(bitPattern: $0)) }
    case .bfloat16: return converted { (word: UInt16) in Scalar(Float(bitPattern: UInt32(word) << 16)) }
    default: throw SafeTensors.notConverted(type, place: place)
    }
  }

  /// The tensor as a matrix: the first extent is its rows, the second its columns.
  /// - Parameter place: the file and tensor, for the error.
  /// - Throws: `FileError` where there are not two dimensions, or as `elements(as:place:)`.
  public func matrix<Scalar: BLASScalar>(of _: Scalar.Type, place: String) throws(FileError) -> Matrix<Scalar> {
    let (rows, columns) = try SafeTensors.matrixShape(shape, type: type, place: place)
    return Matrix(rows: rows, columns: columns, elements: try elements(as: Scalar.self, place: place))
  }

  /// `convert` of each little-endian word.
  @inline(__always)
  private func converted<Word: FixedWidthInteger, Scalar>(_ convert: (Word) -> Scalar) -> [Scalar] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Word>.size).map {
        convert(Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self)))
      }
    }
  }
}

extension SafeTensors {
  /// Rows and columns of a tensor that can be read as a matrix.
  /// - Throws: `FileError` where there are not two dimensions, or the type is not converted.
  static func matrixShape(_ shape: [Int], type: ElementType, place: String) throws(FileError) -> (rows: Int, columns: Int) {
    guard shape.count == 2 else {
      throw FileError(path: place, found: "the shape \(shape)", expected: "two dimensions, rows and columns")
    }
    guard type.isConverted else { throw notConverted(type, place: place) }
    return (shape[0], shape[1])
  }

  fileprivate static func notConverted(_ type: ElementType, place: String) -> FileError {
    FileError(path: place, found: "elements of type \(type.rawValue)", expected: "F64, F32, F16 or BF16")
  }
}
