import Files

/// The steps of the study, in the order in which they run.
public enum Experiment: String, CaseIterable, Codable, Sendable {
  case baseline, part1, part2, part3, part4

  /// Its place among all experiments.
  public var order: Int { Experiment.allCases.firstIndex(of: self) ?? 0 }
}

/// How a network got its weights.
public enum Method: String, CaseIterable, Codable, Sendable {
  case dense, truncated, fineTuned, dynamic
  /// `whitened` without its correction of the bias.
  case whitenedKeepingBias
  /// Projected on the leading eigenvectors of the outputs' covariance.
  case whitened
  /// `matched` with all errors of a layer's outputs counted alike.
  case matchedUnweighted
  /// Reduced-rank regression on the inputs that the compressed network sees, layer by layer, in the metric of the gradient.
  case matched
}

/// How the ranks of the layers are chosen.
public enum Allocation: String, CaseIterable, Codable, Sendable {
  /// The same rank D in each compressed layer.
  case uniform
  /// By the energy of W that a rank keeps: σ² / Σ σ².
  case energy
  /// By the error of a layer's outputs, relative to their variance.
  case output
  /// By the error of a layer's outputs in the metric of the gradient there.
  case gradient
  /// Exchanged between layers while the divergence from the original's outputs falls.
  case exchanged
  /// By what each layer alone costs on the validation split.
  case sensitivity
  /// As the study file lists them.
  case listed
}

/// How often dynamic SVD renews its factors.
public enum Cadence: String, CaseIterable, Codable, Sendable { case epoch, step }

/// The network that a row is about: the seven leading columns of every result file, and three behind the row's own.
public struct NetworkKey: Hashable, Sendable {
  /// `mnist`, `digits`, or the name of somebody's own data.
  public var dataset: String
  /// The study file's name.
  public var study: String
  /// Of all random streams.
  public var seed: UInt64
  /// The part that made it.
  public var experiment: Experiment
  /// How it got its weights.
  public var method: Method
  /// D. Where ranks are allocated, their layers have the parameters of uniform D. `nil` for the dense network and for `listed`.
  public var rank: Int?
  /// `nil` but for `dynamic`.
  public var cadence: Cadence?
  /// The rank of each layer; `nil` for the dense network.
  public var ranks: LayerRanks?
  /// Images that the statistics are of; `nil` where none are used.
  public var calibrationImages: Int?
  /// `nil` for the dense network.
  public var allocation: Allocation?
  /// Bits of a stored factor's element; a column of `results.csv` alone.
  public var bits = 32

  /// A network's key.
  public init(
    dataset: String, study: String, seed: UInt64, experiment: Experiment, method: Method, rank: Int? = nil,
    cadence: Cadence? = nil, ranks: LayerRanks? = nil, calibrationImages: Int? = nil, allocation: Allocation? = nil,
    bits: Int = 32
  ) {
    (self.dataset, self.study, self.seed, self.experiment) = (dataset, study, seed, experiment)
    (self.method, self.rank, self.cadence, self.ranks) = (method, rank, cadence, ranks)
    (self.calibrationImages, self.allocation, self.bits) = (calibrationImages, allocation, bits)
  }
}

extension NetworkKey {
  static let columns = ["dataset", "study", "seed", "experiment", "method", "rank", "cadence"]
  /// Behind the columns of the row itself.
  static let trailingColumns = ["ranks", "calibration_images", "allocation"]

  var fields: [String] {
    [dataset, study, "\(seed)", experiment.rawValue, method.rawValue, rank.map(String.init) ?? "", cadence?.rawValue ?? ""]
  }

  var trailingFields: [String] {
    [ranks?.description ?? "", calibrationImages.map(String.init) ?? "", allocation?.rawValue ?? ""]
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

  /// Reads what `trailingFields` gave.
  mutating func readTrailing(_ fields: inout FieldReader) throws(FileError) {
    ranks = try fields.nextIfPresent()
    calibrationImages = try fields.nextIfPresent(in: 1...Bounds.largest)
    allocation = try fields.nextWordIfPresent()
  }
}
