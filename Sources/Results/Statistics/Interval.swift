/// The mean of the values of several seeds, and its 95 % confidence interval by Student's t.
public struct Interval: Equatable, Sendable {
  /// Of all values.
  public let mean: Double
  /// Half the width of the interval: t s / √n; `nil` for one value, which has none.
  public let halfWidth: Double?
  /// How many values.
  public let count: Int

  /// The interval of the mean of `values`, taken as independent and normal.
  ///
  /// `nil` if there are no values, or one of them is not finite: a training that diverged has no mean to show.
  public init?(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    count = values.count
    // About the first value: equal values have exactly that mean, and no variance.
    let differences = values.map { $0 - values[0] }
    let shift = differences.reduce(0, +) / Double(count)
    mean = values[0] + shift
    guard count > 1 else {
      halfWidth = nil
      return
    }
    let squares = differences.map { ($0 - shift) * ($0 - shift) }.reduce(0, +)
    let error = (squares / Double(count - 1) / Double(count)).squareRoot()
    halfWidth = StudentT.quantile(within: 0.95, degrees: count - 1) * error
  }

  /// The lower end; the mean where there is one value.
  public var lower: Double { mean - (halfWidth ?? 0) }
  /// The upper end; the mean where there is one value.
  public var upper: Double { mean + (halfWidth ?? 0) }
}
