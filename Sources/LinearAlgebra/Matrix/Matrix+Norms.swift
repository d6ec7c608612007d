extension Matrix {
  /// The largest absolute value of an element; 0 for an empty matrix, NaN where there is one.
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

  /// Throws if an element is NaN or infinite; LAPACK may hang on it or answer silently.
  /// - Throws: `LinearAlgebraError.notFinite` with the first such element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func requireFinite() throws(LinearAlgebraError) {
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(row: index / columns, column: index % columns, value: Double(elements[index]))
  }
}

extension Matrix where Scalar: BLASScalar {
  /// ‖A‖_F², not scaled: for elements of ordinary size.
  public var sumOfSquares: Double { elements.sumOfSquares }
}

extension Array where Element: BLASScalar {
  /// Σ a². Sixteen sums at once, since one addition cannot begin before the last has ended; over 1,024 elements, and those
  /// sums in `Double`.
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

extension BinaryFloatingPoint {
  /// The power of two at or below `value` > 0, kept where its reciprocal is finite too: scaling by it is exact.
  static func powerOfTwo(near value: Self) -> Self {
    let limit = Self.greatestFiniteMagnitude.exponent - 1
    return Self(sign: .plus, exponent: Swift.max(-limit, Swift.min(limit, value.exponent)), significand: 1)
  }
}

extension Array where Element: BinaryFloatingPoint {
  /// Singular values, descending, of a matrix that was divided by `scale`, for the matrix itself.
  /// - Throws: `LinearAlgebraError.overflow`.
  func scaledBack(by scale: Element) throws(LinearAlgebraError) -> [Element] {
    let values = map { $0 * scale }
    guard values.first?.isFinite ?? true else { throw .overflow(precision: "\(Element.self)") }
    return values
  }
}
