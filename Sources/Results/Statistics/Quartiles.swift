/// The middle of some values, and the range of the middle half.
public struct Quartiles: Equatable, Sendable {
  public let lower: Double
  public let median: Double
  public let upper: Double

  /// The quartiles of one value or more, by linear interpolation between the sorted values: quantile p lies at 1 + (n − 1) p
  /// (definition 7 of Hyndman and Fan 1996).
  public init(of values: [Double]) {
    precondition(!values.isEmpty)
    let sorted = values.sorted()
    func quantile(_ p: Double) -> Double {
      let place = Double(sorted.count - 1) * p
      let (below, above) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
      return below + (place - place.rounded(.down)) * (above - below)
    }
    (lower, median, upper) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }
}
