import CKernels

extension BLASScalar {
  /// As the requirement says, number by number; the index i lies in block i / 16.
  public static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, stride: Int, to numbers: UnsafeMutablePointer<Self>,
    places: UnsafeMutablePointer<UInt32>, every place: UInt32
  ) -> Int {
    var found = 0
    for i in 0..<count {
      let number = source[i / 16 * stride + i % 16]
      // Written in any case, and counted or not: no branch that a processor cannot foresee.
      (numbers[found], places[found]) = (number, UInt32(i) * place)
      found += number != 0 ? 1 : 0
    }
    return found
  }

  /// As the requirement says, number by number.
  public static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, to numbers: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var found = 0
    for i in 0..<count {
      (numbers[found], indices[found]) = (source[i], UInt8(i))
      found += source[i] != 0 ? 1 : 0
    }
    return found
  }
}

#if arch(x86_64)
  extension Float {
    /// As the requirement says, eight numbers at a time, by the processor's permutations (AVX2).
    public static func listNonzeros(
      _ source: UnsafePointer<Float>, count: Int, stride: Int, to numbers: UnsafeMutablePointer<Float>,
      places: UnsafeMutablePointer<UInt32>, every place: UInt32
    ) -> Int { listNonzerosOfBlocks(source, count, stride, numbers, places, place) }

    /// As the requirement says, eight numbers at a time, by the processor's permutations (AVX2).
    public static func listNonzeros(
      _ source: UnsafePointer<Float>, count: Int, to numbers: UnsafeMutablePointer<Float>,
      indices: UnsafeMutablePointer<UInt8>
    ) -> Int { listNonzerosOfRow(source, count, numbers, indices) }
  }
#endif
