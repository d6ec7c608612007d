extension Method {
  /// The method's name in figures and reports; `rawValue` is its name in files.
  public var title: String {
    switch self {
    case .dense: "baseline"
    case .fineTuned: "fine-tuned"
    case .truncated, .dynamic: rawValue
    }
  }
}

extension NetworkKey {
  /// The kind of network in figures and reports, such as `dynamic, SVD every step`.
  public var title: String { cadence.map { "\(method.title), SVD every \($0.rawValue)" } ?? method.title }

  /// The same with the rank, such as `fine-tuned, D = 20`.
  public var titleWithRank: String { rank.map { "\(title), D = \($0)" } ?? title }
}
