/// Where a study's results lie, and what each file is called.
///
///     <root>/<dataset>/<study>/results.csv, history.csv, spectra.csv, costs.csv, sensitivity.csv,
///                              comparisons.csv, manifest.json, REPORT.md
///     <root>/<dataset>/<study>/weights/seed-<seed>/baseline.safetensors, part1-rank-20.safetensors, …      (not in git)
public struct ResultFiles: Sendable, Hashable {
  /// `experiments/results` unless the user says otherwise.
  public let root: String
  /// `mnist`, `digits`, or the name of somebody's own data.
  public let dataset: String
  /// The study file's name without its extension.
  public let study: String

  /// The files of one study on one dataset.
  public init(root: String, dataset: String, study: String) {
    (self.root, self.dataset, self.study) = (root, dataset, study)
  }

  /// All of them lie below it.
  public var folder: String { "\(root)/\(dataset)/\(study)" }
  /// One row a network.
  public var results: String { table(Self.resultsTable) }
  /// One row an epoch.
  public var history: String { table(Self.historyTable) }
  /// One row a singular value.
  public var spectra: String { table(Self.spectraTable) }
  /// One row a network and way to store it.
  public var costs: String { table(Self.costsTable) }
  /// One row a layer and rank.
  public var sensitivity: String { table(Self.sensitivityTable) }
  /// One row a pair of networks with the same seed; made from their answers after a run.
  public var comparisons: String { table(Self.comparisonsTable) }
  /// What made the rest.
  public var manifest: String { "\(folder)/\(Self.manifestName)" }
  /// Tables, figures and claims.
  public var report: String { "\(folder)/REPORT.md" }
  /// The table of this name, one of `StudyTables.all`.
  public func table(_ name: String) -> String { "\(folder)/\(name)" }
  /// The networks of one seed.
  public func weights(seed: UInt64) -> String { "\(folder)/weights/seed-\(seed)" }
  /// The baseline of one seed, from which the other experiments start.
  public func baseline(seed: UInt64) -> String { "\(weights(seed: seed))/\(Self.baselineWeights)" }
}

extension ResultFiles {
  static let resultsTable = "results.csv"
  static let historyTable = "history.csv"
  static let spectraTable = "spectra.csv"
  static let costsTable = "costs.csv"
  public static let sensitivityTable = "sensitivity.csv"
  /// The comparisons' name in the folder.
  public static let comparisonsTable = "comparisons.csv"
  /// The manifest's name in the folder.
  public static let manifestName = "manifest.json"
  /// The baseline's weights, as `weights(of:)` names them.
  public static let baselineWeights = weights(of: "baseline")

  /// A network's name among those of its seed: `baseline`, `part1-rank-20`, `part3-rank-20-step`, `part2-output-20`,
  /// `part2-ranks-33-29-18-11-10`, `part4-matched-gradient-20-images-20000-bits-4`.
  public static func name(of network: NetworkKey) -> String {
    var parts = [network.experiment.rawValue]
    if network.experiment == .part4 { parts.append(network.method.rawValue) }
    switch network.allocation {
    case .listed: parts += ["ranks", network.ranks?.description ?? ""]
    case nil, .uniform: parts += network.rank.map { ["rank", "\($0)"] } ?? []
    case .some(let allocation): parts += network.rank.map { [allocation.rawValue, "\($0)"] } ?? []
    }
    if let cadence = network.cadence { parts.append(cadence.rawValue) }
    if network.experiment == .part4, let images = network.calibrationImages { parts += ["images", "\(images)"] }
    if network.bits != 32 { parts += ["bits", "\(network.bits)"] }
    return parts.joined(separator: "-")
  }

  /// The file of a network's weights: `part1-rank-20.safetensors`.
  public static func weights(of network: NetworkKey) -> String { weights(of: name(of: network)) }

  private static func weights(of name: String) -> String { "\(name).safetensors" }
}
