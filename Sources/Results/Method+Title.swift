extension Method {
  /// The method's name in figures and reports; `rawValue` is its name in files.
  public var title: String {
    switch self {
    case .dense: "baseline"
    case .fineTuned: "fine-tuned"
    case .whitenedKeepingBias: "whitened, bias kept"
    case .matchedUnweighted: "matched, unweighted"
    case .truncated, .dynamic, .whitened, .matched: rawValue
    }
  }

  /// The name with the cadence, such as `dynamic, SVD every step`.
  public func title(_ cadence: Cadence?) -> String { cadence.map { "\(title), SVD every \($0.rawValue)" } ?? title }
}

extension Allocation {
  /// Its name in figures and reports.
  public var title: String {
    switch self {
    case .uniform: "uniform ranks"
    case .energy: "ranks by energy"
    case .output: "ranks by output error"
    case .gradient: "ranks by gradient"
    case .exchanged: "ranks exchanged"
    case .sensitivity: "ranks by sensitivity"
    case .listed: "listed ranks"
    }
  }
}

extension NetworkKey {
  /// The kind of network in figures and reports: method, cadence, allocation unless it is uniform, bits unless 32.
  public var title: String {
    let ranks = allocation == nil || allocation == .uniform ? nil : allocationTitle
    return ([method.title(cadence)] + [ranks, bits == 32 ? nil : "\(bits) bits"].compactMap { $0 }).joined(separator: ", ")
  }

  /// How its ranks are chosen: the way, or the ranks of the study file.
  public var allocationTitle: String {
    allocation == .listed ? "ranks \(ranks?.description ?? "–")" : (allocation ?? .uniform).title
  }

  /// The same with the rank, such as `fine-tuned, D = 20`.
  public var titleWithRank: String { rank.map { "\(title), D = \($0)" } ?? title }
}
