/// Keys of a study file with rules of their own in `Experiment.depends`.
public enum StudyKey {
  /// Which images are used.
  public static let dataset = "dataset"
  /// The section of the built-in digits.
  public static let digits = "digits"
  /// The seed of all random streams.
  public static let seed = "seed"
  /// The section of the images that statistics are of, which ranks and maps follow from.
  public static let calibration = "calibration"
}

extension Experiment {
  /// Whether the results depend on the values under a key of a study file, apart from the baseline that a part starts from.
  /// A run has its own dataset and seed, whatever the file asks for; the digits matter only where they are used.
  public func depends(on key: String, dataset: String) -> Bool {
    switch key {
    case StudyKey.dataset, StudyKey.seed: false
    case StudyKey.digits: dataset == "digits"
    case StudyKey.calibration: order >= Experiment.part2.order
    default: Experiment(rawValue: key).map { $0 == self } ?? true
    }
  }
}
