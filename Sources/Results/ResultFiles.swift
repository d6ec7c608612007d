/// Where a study's results lie, and what each file is called.
///
///     <root>/<dataset>/<study>/results.csv, history.csv, spectra.csv, costs.csv, manifest.json, REPORT.md
///     <root>/<dataset>/<study>/weights/seed-<seed>/…      (not in git)
public struct ResultFiles: Sendable, Hashable {
  /// `experiments/results` unless the user says otherwise.
  public let root: String
  public let dataset: String
  public let study: String

  public init(root: String, dataset: String, study: String) {
    self.root = root
    self.dataset = dataset
    self.study = study
  }

  public var folder: String { "\(root)/\(dataset)/\(study)" }
  public var results: String { "\(folder)/results.csv" }
  public var history: String { "\(folder)/history.csv" }
  public var spectra: String { "\(folder)/spectra.csv" }
  public var costs: String { "\(folder)/costs.csv" }
  public var manifest: String { "\(folder)/manifest.json" }
  public var report: String { "\(folder)/REPORT.md" }
  public func weights(seed: UInt64) -> String { "\(folder)/weights/seed-\(seed)" }
}
