import Results

/// Two networks on the same samples.
public struct PairedComparison: Sendable {
  /// Samples that the two give different classes.
  public let differing: Int
  /// What the labels say; `nil` without labels.
  public let difference: Difference?

  /// Which of two networks is better, and by how much.
  public struct Difference: Sendable {
    /// Samples on which the first network alone is right.
    public let onlyFirst: Int
    /// On which the second alone is right.
    public let onlySecond: Int
    /// Of McNemar's exact test, two-sided.
    public let p: Double
    /// The first accuracy minus the second, in percentage points.
    public let points: Double
    /// The 95 % interval of `points` (Agresti and Min 2005).
    public let interval: ClosedRange<Double>
  }

  /// Compares the answers of two networks to the same samples.
  public init(_ first: [Int?], _ second: [Int?], labels: [UInt8]?) {
    precondition(first.count == second.count)
    differing = zip(first, second).count { $0 != $1 }
    difference = labels.map { labels in
      let right = zip(labels, zip(first, second)).map { label, answers in
        (first: answers.0 == Int(label), second: answers.1 == Int(label))
      }
      let (b, c) = (right.count { $0.first && !$0.second }, right.count { $0.second && !$0.first })
      return Difference(
        onlyFirst: b, onlySecond: c, p: McNemar.probability(onlyFirst: b, onlySecond: c),
        points: 100 * Double(b - c) / Double(labels.count),
        interval: PairedProportions.interval(onlyFirst: b, onlySecond: c, images: labels.count))
    }
  }
}

/// Whether a claim about a quantity holds, by its 95 % interval.
public enum Verdict: String, Sendable {
  case holds, fails, undecided
}

extension PairedComparison.Difference {
  /// Whether the first network is worse by at most `margin` percentage points: it holds if all of the interval says so, and fails
  /// if none of it does.
  public func isNoWorse(than margin: Double) -> Verdict {
    interval.lowerBound >= -margin ? .holds : interval.upperBound < -margin ? .fails : .undecided
  }
}
