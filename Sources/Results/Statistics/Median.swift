extension [Double] {
  /// The middle value, or the mean of the middle two; `nil` if there are none, or one of them is not finite.
  public var median: Double? {
    guard !isEmpty, allSatisfy(\.isFinite) else { return nil }
    let sorted = self.sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The greatest; NaN if one of them is, which `max()` may pass over; `nil` if there are none.
  public var greatest: Double? { contains(where: \.isNaN) ? .nan : self.max() }
}
