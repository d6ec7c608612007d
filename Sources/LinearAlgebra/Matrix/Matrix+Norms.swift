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

  /// ‖A‖_F, scaled first so that the squares neither overflow nor vanish. The sum is in `Scalar`: for a million elements, see
  /// `norm(workers:)`.
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

  /// ‖A‖_F, with all sums in `Double`, of finite elements: it neither overflows nor vanishes. The workers share the elements; the
  /// bits do not depend on these.
  public func norm(workers: Workers) -> Double {
    let scale = maxNorm > 0 ? Scalar.powerOfTwo(near: maxNorm) : 1
    return divided(by: scale, workers: workers).squaredNorm(workers: workers).squareRoot() * Double(scale)
  }

  /// ‖A‖_F², unscaled, with all sums in `Double`; NaN or an infinity where an element is not finite. The workers share the elements;
  /// the bits do not depend on these.
  func squaredNorm(workers: Workers) -> Double {
    let length = 1 << 16
    var sums = [Double](repeating: 0, count: (elements.count + length - 1) / length)
    elements.withUnsafeBufferPointer { elements in
      sums.withUnsafeMutableBufferPointer { sums in
        workers.forEach(elements.count, by: length) { range, _ in
          sums[range.lowerBound / length] = squares(UnsafeBufferPointer(rebasing: elements[range]))
        }
      }
    }
    return sums.reduce(0, +)
  }
}

extension Matrix where Scalar: BLASScalar {
  /// A / `scale`. The workers share the elements.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func divided(by scale: Scalar, workers: Workers) -> Matrix {
    var result = self
    result.withElements { elements in
      workers.forEach(elements.count, by: 1 << 16) { range, _ in
        for i in range { elements[i] /= scale }
      }
    }
    return result
  }
}

/// Σ a² in `Double`, eight sums at once.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func squares<Scalar: BLASScalar>(_ values: UnsafeBufferPointer<Scalar>) -> Double {
  var (sums, rest) = (SIMD8<Double>(), 0.0)
  let whole = values.count / 8 * 8
  for i in stride(from: 0, to: whole, by: 8) {
    let x = SIMD8<Double>((values.baseAddress! + i).simd8)
    sums.addProduct(x, x)
  }
  for i in whole..<values.count { rest += Double(values[i]) * Double(values[i]) }
  return sums.sum() + rest
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
