import Files
import LinearAlgebra

extension SafeTensors.Tensor {
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
