/// What several seeds gave: the median, and the least and the greatest.
public struct Spread: Equatable, Sendable {
  public let median: Double
  public let minimum: Double
  public let maximum: Double
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
