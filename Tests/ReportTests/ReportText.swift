import Files
import Report
import Results
import TestSupport

/// The report of `sample`, written into a folder of its own; `change` may touch the files first.
func report(of sample: SampleStudy, change: (ResultFiles, String) throws -> Void = { _, _ in }) throws -> String {
  try withTemporaryFolder { folder in
    let files = try sample.write(to: folder + "/results")
    try change(files, folder)
    try StudyReport.write(results: files, figures: "\(folder)/figures/\(files.dataset)/\(files.study)", to: files.report)
    return try readText(files.report)
  }
}

/// The report of `sample` with other rows of results and costs.
func report(
  of sample: SampleStudy, results: (inout ResultRow) -> Void = { _ in }, costs: (inout CostRow) -> Void = { _ in }
) throws -> String {
  try report(of: sample) { files, _ in
    var (changedResults, changedCosts) = (sample.results, sample.costs)
    for index in changedResults.indices { results(&changedResults[index]) }
    for index in changedCosts.indices { costs(&changedCosts[index]) }
    try ResultRow.write(changedResults, to: files.results)
    try CostRow.write(changedCosts, to: files.costs)
  }
}

/// The lines of a report under a heading, up to the next one.
func lines(under heading: String, of report: String) -> [Substring] {
  Array(report.split(separator: "\n").drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("## ") })
}

/// The cells of the first table under a heading, without its header.
func table(under heading: String, of report: String) -> [[String]] {
  cells(lines(under: heading, of: report).drop { !$0.hasPrefix("|") })
}

/// The cells of the table whose header begins so, without it.
func table(_ header: String, of report: String) -> [[String]] {
  cells(report.split(separator: "\n").drop { !$0.hasPrefix(header) })
}

private func cells(_ lines: ArraySlice<Substring>) -> [[String]] {
  lines.prefix { $0.hasPrefix("|") }.dropFirst(2).map { line in
    line.dropFirst(2).dropLast(2).replacing(" | ", with: "|").split(separator: "|", omittingEmptySubsequences: false)
      .map(String.init)
  }
}

/// The verdict on a claim, `a` to `e`.
func verdict(_ claim: Character, in report: String) -> String {
  let claims = lines(under: "## The paper's claims", of: report).drop { !$0.hasPrefix("**(\(claim))") }
  let verdict = claims.first { $0.hasPrefix("Verdict: **") } ?? ""
  return String(verdict.dropFirst("Verdict: **".count).prefix { $0 != "*" })
}
