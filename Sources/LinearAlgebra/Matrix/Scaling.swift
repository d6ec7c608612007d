extension BinaryFloatingPoint {
  /// The power of two at or below `value` > 0, limited so that its reciprocal is finite too. Scaling by it is exact.
  public static func powerOfTwo(near value: Self) -> Self {
    let limit = Self.greatestFiniteMagnitude.exponent - 1
    return Self(sign: .plus, exponent: Swift.max(-limit, Swift.min(limit, value.exponent)), significand: 1)
  }
}

extension Array where Element: BinaryFloatingPoint {
  /// Singular values, descending, of a matrix that was divided by `scale`, multiplied by it.
  /// - Throws: `LinearAlgebraError.overflow`.
  func scaledBack(by scale: Element) throws(LinearAlgebraError) -> [Element] {
    let values = map { $0 * scale }
    guard values.first?.isFinite ?? true else { throw .overflow(precision: "\(Element.self)") }
    return values
  }
}
