import Results

/// Two networks by their test accuracies, seed by seed: what the seeds have in common cancels out.
struct PairedDifference {
  /// First − second, in percentage points.
  let points: Interval
  /// The same test images, a row a seed, ascending; none where `comparisons.csv` has none.
  let images: [ComparisonRow]

  enum Verdict { case more, less, undecided }

  /// `nil` if the networks have no seed in common.
  init?(_ first: NetworkGroup<ResultRow>, _ second: NetworkGroup<ResultRow>, in study: StudyFacts) {
    let others = Dictionary(second.rows.map { ($0.key.seed, $0) }) { row, _ in row }
    let pairs = first.rows.compactMap { row in others[row.key.seed].map { (row, $0) } }
    guard let points = Interval(pairs.map { $0.0.testAccuracy - $0.1.testAccuracy }) else { return nil }
    self.points = points
    images = pairs.compactMap { study.images($0.0.key, $0.1.key) }.sorted { $0.key.seed < $1.key.seed }
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
