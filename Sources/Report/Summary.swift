import Results

extension StudyReport {
  /// All networks in one table, the same that the README shows.
  static func summary(_ study: StudyFacts) -> [String] {
    let rows = study.networks.map { group -> [String] in
      let row = group.rows[0]
      return [
        name(of: group.key), group.key.rank.map(String.init) ?? "–", Markdown.spread(group.spread(of: \.testAccuracy)),
        Markdown.count(row.parameters), Markdown.percent(row.parameterRatio), Markdown.percent(row.byteRatio),
        Markdown.percent(row.macRatio),
      ]
    }
    let header = ["network", "D", "test accuracy (%)", "numbers stored", "of the baseline", "bytes", "multiply–accumulates"]
    return ["## Summary", Markdown.table(header, rows)]
  }

  private static func name(of key: NetworkKey) -> String {
    switch key.method {
    case .dense: "baseline"
    case .truncated, .fineTuned: key.method.rawValue
    case .dynamic: "\(key.method.rawValue), SVD every \(key.cadence?.rawValue ?? "–")"
    }
  }
}
