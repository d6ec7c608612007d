import Results

extension StudyReport {
  /// All networks in one table, which the README has as well.
  static func summary(_ study: StudyFacts) -> [String] {
    let rows = study.networks.map { group -> [String] in
      let row = group.rows[0]
      return [
        group.key.title, group.key.rank.map(String.init) ?? "–", Markdown.spread(group.spread(of: \.testAccuracy)),
        Markdown.count(row.parameters), Markdown.percent(row.parameterRatio), Markdown.percent(row.byteRatio),
        Markdown.percent(row.macRatio),
      ]
    }
    let header = ["network", "D", "test accuracy (%)", "parameters", "of the baseline", "bytes", "multiply–accumulates"]
    return ["## Summary", Markdown.table(header, rows)]
  }
}
