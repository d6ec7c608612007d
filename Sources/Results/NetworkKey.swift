import Files

/// The steps of the study, in the order in which they run.
public enum Experiment: String, CaseIterable, Codable, Sendable {
  case baseline, part1, part2, part3

  /// Its place among all experiments.
  public var order: Int { Experiment.allCases.firstIndex(of: self) ?? 0 }
}

/// How a network got its weights.
public enum Method: String, CaseIterable, Codable, Sendable { case dense, truncated, fineTuned, dynamic }

/// How often dynamic SVD renews its factors.
public enum Cadence: String, CaseIterable, Codable, Sendable { case epoch, step }

/// The network that a row is about: the seven leading columns of every result file.
public struct NetworkKey: Hashable, Sendable {
  /// `mnist` or `digits`.
  public var dataset: String
  /// The study file's name.
  public var study: String
  /// Of all random streams.
  public var seed: UInt64
  /// The part that made it.
  public var experiment: Experiment
  /// How it got its weights.
  public var method: Method
  /// `nil` for the dense network.
  public var rank: Int?
  /// `nil` but for `dynamic`.
  public var cadence: Cadence?

  /// A network's key.
  public init(
    dataset: String, study: String, seed: UInt64, experiment: Experiment, method: Method, rank: Int? = nil,
    cadence: Cadence? = nil
  ) {
    (self.dataset, self.study, self.seed, self.experiment) = (dataset, study, seed, experiment)
    (self.method, self.rank, self.cadence) = (method, rank, cadence)
  }
}

extension NetworkKey {
  static let columns = ["dataset", "study", "seed", "experiment", "method", "rank", "cadence"]

  var fields: [String] {
    [dataset, study, "\(seed)", experiment.rawValue, method.rawValue, rank.map(String.init) ?? "", cadence?.rawValue ?? ""]
  }

  init(fields: inout FieldReader) throws(FileError) {
    dataset = fields.nextText()
    study = fields.nextText()
    seed = try fields.next()
    experiment = try fields.next(Experiment.self)
    method = try fields.next(Method.self)
    rank = try fields.nextIfPresent(in: 1...Bounds.largest)
    cadence = try fields.nextWordIfPresent()
  }
}
