import Files

/// Keys of a study file with rules of their own in `Experiment.depends`.
public enum StudyKey {
  /// Which images are used.
  public static let dataset = "dataset"
  /// The section of the network.
  public static let network = "network"
  /// Within dataset and network: the digests of their files.
  public static let digests = "sha256"
  /// The section of the built-in digits.
  public static let digits = "digits"
  /// The seed of all random streams.
  public static let seed = "seed"
  /// The section of the images that statistics are of, which ranks and maps follow from.
  public static let calibration = "calibration"
}

/// The words for data that everybody has; all other names are of somebody's own.
public enum BuiltInData: String, CaseIterable {
  case mnist, digits

  /// Whether a dataset's name is of data that a study names itself.
  public static func isOwn(_ dataset: String) -> Bool { BuiltInData(rawValue: dataset) == nil }
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

  /// The values of a configuration that the results depend on. Files count by what they hold, and not by where they lie.
  public func values(of configuration: JSON, dataset: String) -> [String: JSON] {
    guard case .object(var values) = configuration else { return [:] }
    let data = configuration[StudyKey.dataset]?[StudyKey.digests]
    values = values.filter { key, _ in depends(on: key, dataset: dataset) }
    values[StudyKey.dataset] = data.map { .object([StudyKey.digests: $0]) }
    if case .object(var network)? = values[StudyKey.network] {
      network["file"] = nil
      values[StudyKey.network] = .object(network)
    }
    return values
  }
}
