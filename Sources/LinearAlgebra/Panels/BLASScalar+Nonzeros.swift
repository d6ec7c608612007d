import CKernels

extension BLASScalar {
  /// As the requirement says, element by element.
  public static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, stride: Int, to elements: UnsafeMutablePointer<Self>,
    places: UnsafeMutablePointer<UInt32>, every place: UInt32
  ) -> Int {
    var found = 0
    for i in 0..<count {
      let element = source[i / Tile.nr * stride + i % Tile.nr]
      // Always written, but counted only if not zero: there is no branch to mispredict.
      (elements[found], places[found]) = (element, UInt32(i) * place)
      found += element != 0 ? 1 : 0
    }
    return found
  }

  /// As the requirement says, element by element.
  public static func listNonzeros(
    _ source: UnsafePointer<Self>, count: Int, to elements: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var found = 0
    for i in 0..<count {
      (elements[found], indices[found]) = (source[i], UInt8(i))
      found += source[i] != 0 ? 1 : 0
    }
    return found
  }
}

#if arch(x86_64)
  extension Float {
    /// As the requirement says, eight elements at a time, by AVX2's permutations.
    public static func listNonzeros(
      _ source: UnsafePointer<Float>, count: Int, stride: Int, to elements: UnsafeMutablePointer<Float>,
      places: UnsafeMutablePointer<UInt32>, every place: UInt32
    ) -> Int { lowrank_list_nonzeros_of_blocks(source, count, stride, elements, places, place) }

    /// As the requirement says, eight elements at a time, by AVX2's permutations.
    public static func listNonzeros(
      _ source: UnsafePointer<Float>, count: Int, to elements: UnsafeMutablePointer<Float>,
      indices: UnsafeMutablePointer<UInt8>
    ) -> Int { lowrank_list_nonzeros_of_row(source, count, elements, indices) }
  }
#endif
