import Results

/// Two networks by their test accuracies, seed by seed: what the seeds have in common cancels out.
struct PairedDifference {
  /// First − second, in percentage points.
  let points: Interval
  /// The same test images, a row a seed, ascending; none where `comparisons.csv` has none.
  let images: [ComparisonRow]
  /// The 95 % interval of `points`: over the seeds, and with one seed over the test images.
  let range: ClosedRange<Double>

  enum Verdict { case more, less, undecided }

  /// `nil` if the networks have no seed in common.
  init?(_ first: NetworkGroup<ResultRow>, _ second: NetworkGroup<ResultRow>, in study: StudyFacts) {
    let others = Dictionary(second.rows.map { ($0.key.seed, $0) }) { row, _ in row }
    let pairs = first.rows.compactMap { row in others[row.key.seed].map { (row, $0) } }
    guard let points = Interval(pairs.map { $0.0.testAccuracy - $0.1.testAccuracy }) else { return nil }
    self.points = points
    images = pairs.compactMap { study.images($0.0.key, $0.1.key) }.sorted { $0.key.seed < $1.key.seed }
    range = study.range(of: points, differing: study.differing(pairs[0].0, pairs[0].1))
  }

  /// The first one's accuracy against the second one's: by the interval over the seeds; with one seed, by McNemar's test at 5 %.
  var verdict: Verdict {
    if points.count > 1 { return points.lower > 0 ? .more : points.upper < 0 ? .less : .undecided }
    guard let p = images.first?.p, p <= 0.05 else { return .undecided }
    return points.mean > 0 ? .more : .less
  }

  /// `0.14 ± 0.08 percentage points`, with the sign that it has.
  var text: String { Markdown.interval(points).replacing("-", with: "−") + " percentage points" }
}

extension StudyFacts {
  /// The 95 % interval of a difference of accuracies in points: over the seeds, and with one seed over the test images.
  /// - Parameter differing: the images on which one of the two alone is right; as many as the difference at least.
  func range(of points: Interval, differing: Double) -> ClosedRange<Double> {
    let images = Double(manifest.dataset.testImages)
    guard points.count == 1, images >= 1 else { return points.lower...points.upper }
    return PairedProportions.wald(lead: points.mean * images / 100, differing: differing, images: images)
  }

  /// The images on which one of two networks alone is right. Where `comparisons.csv` does not have them, the most that they can be:
  /// both differ from the baseline on so many, or have so many wrong.
  fileprivate func differing(_ first: ResultRow, _ second: ResultRow) -> Double {
    func counted(_ one: NetworkKey, _ other: NetworkKey) -> Double? {
      one == other ? 0 : images(one, other).map { row in Double(row.onlyFirst + row.onlySecond) }
    }
    if let count = counted(first.key, second.key) { return count }
    let wrong = mostDiffering(first.testAccuracy, second.testAccuracy)
    guard let dense = baseline?.rows.first(where: { $0.key.seed == first.key.seed })?.key,
      let one = counted(first.key, dense), let other = counted(second.key, dense)
    else { return wrong }
    return min(wrong, one + other)
  }

  /// The most test images on which one alone of two networks of these accuracies, in percent, can be right: never both are wrong, or
  /// never both are right.
  func mostDiffering(_ first: Double, _ second: Double) -> Double {
    min(200 - first - second, first + second) / 100 * Double(manifest.dataset.testImages)
  }

  /// The test images of two networks of one seed, whichever comes first in `comparisons.csv`.
  func images(_ first: NetworkKey, _ second: NetworkKey) -> ComparisonRow? {
    if let row = pairs[Pair(key: first, other: ResultFiles.name(of: second))] { return row }
    return pairs[Pair(key: second, other: ResultFiles.name(of: first))].map {
      ComparisonRow(
        key: first, other: ResultFiles.name(of: second), bothRight: $0.bothRight, onlyFirst: $0.onlySecond,
        onlySecond: $0.onlyFirst, bothWrong: $0.bothWrong)
    }
  }

  /// What identifies a row of `comparisons.csv`.
  struct Pair: Hashable {
    let key: NetworkKey
    let other: String
  }
}
