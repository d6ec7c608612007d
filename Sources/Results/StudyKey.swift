/// The keys of a study file that say on what a result depends.
public enum StudyKey {
  public static let dataset = "dataset"
  public static let digits = "digits"
  public static let seed = "seed"
}

extension Experiment {
  /// Whether this experiment's results depend on the values under a key of a study file, as far as this experiment's own
  /// work goes: not on the sections of other experiments, nor on the dataset and seed that the file asks for, as a run has
  /// its own, nor on the digits where they are not used.
  public func depends(on key: String, dataset: String) -> Bool {
    switch key {
    case StudyKey.dataset, StudyKey.seed: false
    case StudyKey.digits: dataset == "digits"
    default: Experiment(rawValue: key).map { $0 == self } ?? true
    }
  }
}
