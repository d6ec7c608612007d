extension SafeTensors.Tensor {
  /// The elements of a tensor of integers; those beyond `Int` become the nearest one. `nil` for another type.
  public var integers: [Int]? {
    switch type {
    case .uint8: words(UInt8.self)
    case .int8: words(Int8.self)
    case .uint16: words(UInt16.self)
    case .int16: words(Int16.self)
    case .uint32: words(UInt32.self)
    case .int32: words(Int32.self)
    case .uint64: words(UInt64.self)
    case .int64: words(Int64.self)
    default: nil
    }
  }

  private func words<Word: FixedWidthInteger>(_: Word.Type) -> [Int] {
    let size = MemoryLayout<Word>.size
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map {
        Int(clamping: Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Word.self)))
      }
    }
  }
}
