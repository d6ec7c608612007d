import Results

/// The weights, the rows of one table, or the configuration of a run, compared with the result files after it was run again.
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

  /// The run.
  public let part: Part
  /// `configuration`, `weights`, or a table's name.
  public let subject: String
  /// Files or rows, on either side.
  public let count: Int
  /// A line for each that differs: what was found, and what the run gave.
  public let differences: [String]

  /// Of `count`, those without a difference.
  public var agreeing: Int { count - differences.count }
  public var agrees: Bool { differences.isEmpty }
}
