extension Method {
  /// The method's name in figures and reports; `rawValue` is its name in files.
  public var title: String {
    switch self {
    case .dense: "baseline"
    case .fineTuned: "fine-tuned"
    case .truncated, .dynamic: rawValue
    }
  }

  /// The name with the cadence, such as `dynamic, SVD every step`.
  public func title(_ cadence: Cadence?) -> String { cadence.map { "\(title), SVD every \($0.rawValue)" } ?? title }
}

extension NetworkKey {
  /// The kind of network in figures and reports.
  public var title: String { method.title(cadence) }

  /// The same with the rank, such as `fine-tuned, D = 20`.
  public var titleWithRank: String { rank.map { "\(title), D = \($0)" } ?? title }
}
