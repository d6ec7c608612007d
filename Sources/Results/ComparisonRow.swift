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

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    other = fields.nextText()
    bothRight = try fields.next(in: Bounds.images)
    onlyFirst = try fields.next(in: Bounds.images)
    onlySecond = try fields.next(in: Bounds.images)
    bothWrong = try fields.next(in: Bounds.images)
    p = try fields.next(
      equalTo: McNemar.probability(onlyFirst: onlyFirst, onlySecond: onlySecond), "McNemar's p of the row's counts")
    key.bits = try fields.next(in: 1...64)
    try key.readTrailing(&fields)
  }
}

extension ComparisonRow {
  /// The rows of a study; none if there is no such file.
  /// - Throws: `FileError` with the line that is wrong, or of another dataset or study.
  public static func readIfPresent(of files: ResultFiles) throws(FileError) -> [ComparisonRow] {
    fileExists(files.comparisons) ? try read(ResultFiles.comparisonsTable, of: files) : []
  }
}

extension [ComparisonRow] {
  /// The rows of which `results.csv` has both networks, and has as many test images right as the row says.
  public func agreeing(with results: [ResultRow]) -> [ComparisonRow] {
    let networks = Set(results.map(\.key))
    let accuracies = Dictionary(grouping: results, by: \.key.seed).mapValues { rows in
      Dictionary(rows.map { (ResultFiles.name(of: $0.key), $0.testAccuracy) }) { first, _ in first }
    }
    return filter { row in
      guard networks.contains(row.key), let names = accuracies[row.key.seed],
        let first = names[ResultFiles.name(of: row.key)], let second = names[row.other]
      else { return false }
      // Accuracies are such quotients: they agree to the bit, or by at least one image.
      return row.accuracy == first && row.otherAccuracy == second
    }
  }
}
