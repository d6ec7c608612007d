extension Matrix {
  /// The largest absolute value of an element; 0 for an empty matrix, NaN where an element is NaN.
  public var maxNorm: Scalar {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      var largest: Scalar = 0
      for element in elements {
        if element.isNaN { return .nan }
        largest = max(largest, element.magnitude)
      }
      return largest
    }
  }

  /// ‖A‖_F, scaled first so that the squares neither overflow nor vanish.
  public var frobeniusNorm: Scalar {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      let largest = maxNorm
      guard largest > 0, largest.isFinite else { return largest }
      let scale = Scalar.powerOfTwo(near: largest)
      var sum: Scalar = 0
      for element in elements { sum += (element / scale) * (element / scale) }
      return sum.squareRoot() * scale
    }
  }

  /// Checks that all elements are finite: LAPACK may hang on NaN, or return a wrong result.
  /// - Throws: `LinearAlgebraError.notFinite` with the first such element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func requireFinite() throws(LinearAlgebraError) {
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(row: index / columns, column: index % columns, value: Double(elements[index]))
  }
}

extension Matrix where Scalar: BLASScalar {
  /// ‖A‖_F², unscaled: the squares must neither overflow nor vanish.
  public var sumOfSquares: Double { elements.sumOfSquares }
}

extension Array where Element: BLASScalar {
  /// Σ a²: sixteen sums at once, because an addition waits for the one before; over 1,024 elements each, whose sums are added
  /// in `Double`.
  var sumOfSquares: Double {
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    get {
      withUnsafeBytes { bytes in
        let size = MemoryLayout<Element>.stride
        var total = 0.0
        for start in Swift.stride(from: 0, to: count, by: 1024) {
          var sums = SIMD16<Element>()
          let end = Swift.min(count, start + 1024)
          for i in Swift.stride(from: start, to: end - 15, by: 16) {
            let x = bytes.loadUnaligned(fromByteOffset: i * size, as: SIMD16<Element>.self)
            sums += x * x
          }
          for i in (end - (end - start) % 16)..<end { sums[0] += self[i] * self[i] }
          total += Double(sums.sum())
        }
        return total
      }
    }
  }
}
