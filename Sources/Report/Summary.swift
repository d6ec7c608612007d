import Results

extension StudyReport {
  /// The networks of the baseline and parts 1 to 3 in one table, which the README has as well; part 4 has tables of its own.
  static func summary(_ study: StudyFacts) -> [Block] {
    let rows = study.networks.filter { $0.key.experiment != .part4 }.map { group -> [String] in
      let (parameters, bytes, macs) = (group.parameters, group.bytes, group.macs)
      return [
        group.key.title, group.key.rank.map(String.init) ?? "–", Markdown.interval(group.test),
        Markdown.count(parameters.count), Markdown.percent(parameters.ratio), Markdown.percent(bytes.ratio),
        Markdown.percent(macs.ratio),
      ]
    }
    let header = ["network", "D", "test accuracy (%)", "parameters", "of the baseline", "bytes", "multiply–accumulates"]
    return [
      "## Summary",
      .table(
        ReportTable(
          name: .results, caption: "Test accuracy and size of each network; sizes are relative to the baseline.",
          columns: header, rows: rows)),
    ]
  }
}
