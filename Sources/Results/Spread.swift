/// The median, the least and the greatest of the values of several seeds.
public struct Spread: Equatable, Sendable {
  /// The middle one, or the mean of the middle two.
  public let median: Double
  /// The least.
  public let minimum: Double
  /// The greatest.
  public let maximum: Double
  /// How many values.
  public let count: Int

  /// The median of an even number of values is the mean of the middle two.
  ///
  /// `nil` if there are no values, or one of them is not finite: a training that diverged has no median to show.
  public init?(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    (minimum, maximum, count) = (sorted[0], sorted[sorted.count - 1], sorted.count)
  }
}

extension [Double] {
  /// The greatest; NaN if one of them is, which `max()` may pass over; `nil` if there are none.
  public var greatest: Double? { contains(where: \.isNaN) ? .nan : self.max() }
}
