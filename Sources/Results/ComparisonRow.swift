import Files

/// A row of `comparisons.csv`: two networks of one seed on the same test images.
public struct ComparisonRow: Hashable, Sendable {
  /// The first network.
  public var key: NetworkKey
  /// The second one, of the same seed: its `ResultFiles.name`.
  public var other: String
  /// Test images on which both are right.
  public var bothRight: Int
  /// On which the first alone is right.
  public var onlyFirst: Int
  /// On which the second alone is right.
  public var onlySecond: Int
  /// On which both are wrong.
  public var bothWrong: Int
  /// Of McNemar's exact test, two-sided.
  public var p: Double

  /// A row with the p of its counts.
  public init(key: NetworkKey, other: String, bothRight: Int, onlyFirst: Int, onlySecond: Int, bothWrong: Int) {
    (self.key, self.other, self.bothRight, self.onlyFirst) = (key, other, bothRight, onlyFirst)
    (self.onlySecond, self.bothWrong) = (onlySecond, bothWrong)
    p = McNemar.probability(onlyFirst: onlyFirst, onlySecond: onlySecond)
  }

  /// All test images.
  public var images: Int { bothRight + onlyFirst + onlySecond + bothWrong }
  /// The first network's, in percent.
  public var accuracy: Double { percentage(bothRight + onlyFirst) }
  /// The second network's, in percent.
  public var otherAccuracy: Double { percentage(bothRight + onlySecond) }

  private func percentage(_ count: Int) -> Double { Double(count) * 100 / Double(images) }
}

extension ComparisonRow: NetworkRow {
  public static let columns =
    NetworkKey.columns + ["other", "both_right", "only_first", "only_second", "both_wrong", "p", "bits"]
    + NetworkKey.trailingColumns

  public var fields: [String] {
    key.fields + [other, "\(bothRight)", "\(onlyFirst)", "\(onlySecond)", "\(bothWrong)", "\(p)", "\(key.bits)"]
      + key.trailingFields
  }

  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    other = fields.nextText()
    bothRight = try fields.next(in: 0...Bounds.largest)
    onlyFirst = try fields.next(in: 0...Bounds.largest)
    onlySecond = try fields.next(in: 0...Bounds.largest)
    bothWrong = try fields.next(in: 0...Bounds.largest)
    p = try fields.next(in: 0...1)
    key.bits = try fields.next(in: 1...64)
    try key.readTrailing(&fields)
  }
}
