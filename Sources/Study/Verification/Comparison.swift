import Results

/// What a run gave again, beside what the result files say: the weights, the rows of one table, or the configuration.
public struct Comparison: Equatable, Sendable {
  static let configuration = "configuration"
  static let weights = "weights"

  /// One experiment with one seed.
  public struct Part: Hashable, Sendable, CustomStringConvertible {
    public let seed: UInt64
    public let experiment: Experiment

    init(_ run: Manifest.Run) { (seed, experiment) = (run.seed, run.experiment) }

    public var description: String { "\(experiment.rawValue) (seed \(seed))" }
  }

  /// Whose.
  public let part: Part
  /// `configuration`, `weights`, or a table's name.
  public let subject: String
  /// How many files or rows there are, on one side or the other.
  public let count: Int
  /// A line for each that does not agree: what was found, and what the run gave.
  public let differences: [String]

  /// Of `count`, those that agree.
  public var agreeing: Int { count - differences.count }
  public var agrees: Bool { differences.isEmpty }
}
