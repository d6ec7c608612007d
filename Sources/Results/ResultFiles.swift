/// Where a study's results lie, and what each file is called.
///
///     <root>/<dataset>/<study>/results.csv, history.csv, spectra.csv, costs.csv, manifest.json, REPORT.md
///     <root>/<dataset>/<study>/weights/seed-<seed>/…      (not in git)
public struct ResultFiles: Sendable, Hashable {
  /// `experiments/results` unless the user says otherwise.
  public let root: String
  /// `mnist` or `digits`.
  public let dataset: String
  /// The study file's name without its extension.
  public let study: String

  /// The files of one study on one dataset.
  public init(root: String, dataset: String, study: String) {
    self.root = root
    self.dataset = dataset
    self.study = study
  }

  /// All of them lie below it.
  public var folder: String { "\(root)/\(dataset)/\(study)" }
  /// One row a network.
  public var results: String { "\(folder)/results.csv" }
  /// One row an epoch.
  public var history: String { "\(folder)/history.csv" }
  /// One row a singular value.
  public var spectra: String { "\(folder)/spectra.csv" }
  /// One row a network and way to store it.
  public var costs: String { "\(folder)/costs.csv" }
  /// What made the rest.
  public var manifest: String { "\(folder)/manifest.json" }
  /// Tables, figures and claims.
  public var report: String { "\(folder)/REPORT.md" }
  /// The networks of one seed.
  public func weights(seed: UInt64) -> String { "\(folder)/weights/seed-\(seed)" }
}
