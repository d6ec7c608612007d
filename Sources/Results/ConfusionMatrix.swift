import Files

/// How often samples of each class were given each class.
public struct ConfusionMatrix: Equatable, Sendable {
  /// Number of classes.
  public let classes: Int
  /// Samples by their true class, of which there are 256 at most, and by the class that they were given: a column a class.
  public private(set) var counts: [[Int]]
  /// Samples by their true class that were given none.
  public private(set) var unanswered: [Int]

  /// The matrix of as many `labels` as `answers`, both below `classes`; `nil` is no answer.
  public init(classes: Int, labels: [UInt8], answers: [Int?]) {
    precondition(labels.count == answers.count)
    self.classes = classes
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: min(classes, 256))
    unanswered = [Int](repeating: 0, count: counts.count)
    for (label, answer) in zip(labels, answers) {
      if let answer { counts[Int(label)][answer] += 1 } else { unanswered[Int(label)] += 1 }
    }
  }

  /// Samples of a class.
  public func samples(of label: Int) -> Int { counts[label].reduce(unanswered[label], +) }
  /// All samples.
  public var samples: Int { counts.indices.reduce(0) { $0 + samples(of: $1) } }
  /// Samples that were given their class.
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  /// Classes that no sample has.
  public var missing: [Int] { counts.indices.filter { samples(of: $0) == 0 } }

  /// A wrong answer.
  public struct Mistake: Equatable, Sendable {
    public let label: Int
    public let answer: Int
    /// How often it was given.
    public let count: Int
  }

  /// The wrong answers that were given, the most frequent first, and equally frequent ones in the order of their classes.
  public var mistakes: [Mistake] {
    let all = counts.indices.flatMap { label in
      counts[label].enumerated().filter { $0.offset != label && $0.element > 0 }
        .map { Mistake(label: label, answer: $0.offset, count: $0.element) }
    }
    // Swift's sort is stable.
    return all.sorted { $0.count > $1.count }
  }

  /// A row a true class: the class, and how often each class was given; then how often none was, if that happened.
  public var table: CSVTable {
    let hasNone = unanswered.contains { $0 > 0 }
    return CSVTable(
      columns: ["true"] + (0..<classes).map { "\($0)" } + (hasNone ? ["none"] : []),
      rows: counts.indices.map { label in
        ["\(label)"] + counts[label].map { "\($0)" } + (hasNone ? ["\(unanswered[label])"] : [])
      })
  }
}
