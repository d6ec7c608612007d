import Files
import Results

/// The rows of a study's tables as the files have them, those of outdated runs included.
struct StoredTables {
  let results: [ResultRow]
  let history: [HistoryRow]
  let spectra: [SpectrumRow]
  let costs: [CostRow]

  /// A table that is not there has no rows.
  /// - Throws: `FileError` for one that cannot be read.
  init(reading files: ResultFiles) throws(FileError) {
    results = try ResultRow.readIfPresent(from: files.results)
    history = try HistoryRow.readIfPresent(from: files.history)
    spectra = try SpectrumRow.readIfPresent(from: files.spectra)
    costs = try CostRow.readIfPresent(from: files.costs)
  }

  /// The rows of one run beside those that it gave again, table by table; one without rows on either side is left out.
  func compare(_ output: ExperimentOutput, of part: Comparison.Part) -> [Comparison] {
    [
      Self.compare(results, with: output.results, of: part, table: "results.csv"),
      Self.compare(history, with: output.history, of: part, table: "history.csv"),
      Self.compare(spectra, with: output.spectra, of: part, table: "spectra.csv"),
      Self.compare(costs, with: output.costs, of: part, table: "costs.csv"),
    ].filter { $0.count > 0 }
  }

  /// A line for each table with rows of runs that the manifest does not have: there is nothing to run again.
  func rowsWithoutRun(in manifest: Manifest, of files: ResultFiles) -> [String] {
    let known = Set(manifest.runs.map(Comparison.Part.init))
    func line<Row: NetworkRow>(_ rows: [Row], _ path: String) -> String? {
      let count = rows.count { row in !known.contains { ($0.seed, $0.experiment) == (row.key.seed, row.key.experiment) } }
      return count == 0 ? nil : "\(path): found \(count) rows of runs that the manifest does not have: they are not compared"
    }
    return [
      line(results, files.results), line(history, files.history), line(spectra, files.spectra), line(costs, files.costs),
    ]
    .compactMap { $0 }
  }

  /// The columns that say which row it is; they come first.
  private static let identifying: Set = [
    "dataset", "study", "seed", "experiment", "method", "rank", "cadence", "epoch", "layer", "index", "storage", "bits",
  ]

  private static func compare<Row: NetworkRow>(
    _ stored: [Row], with made: [Row], of part: Comparison.Part, table: String
  ) -> Comparison {
    let identity = Row.columns.prefix { identifying.contains($0) }.count
    let found = Dictionary(
      grouping: stored.filter { ($0.key.seed, $0.key.experiment) == (part.seed, part.experiment) }.map(\.fields),
      by: { Array($0[..<identity]) })
    var differences: [String] = []
    var left = found
    for fields in made.map(\.fields) {
      let name = Array(fields[..<identity])
      guard let rows = left.removeValue(forKey: name) else {
        differences.append("\(label(name, Row.columns)): found no such row")
        continue
      }
      let others = fields.indices.filter { $0 >= identity && Row.columns[$0] != "seconds" && fields[$0] != rows[0][$0] }
      if rows.count > 1 {
        differences.append("\(label(name, Row.columns)): found \(rows.count) such rows")
      } else if !others.isEmpty {
        let values = others.map { "\(Row.columns[$0]): found \(rows[0][$0]), run again \(fields[$0])" }
        differences.append("\(label(name, Row.columns)): \(values.joined(separator: "; "))")
      }
    }
    for name in left.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      differences.append("\(label(name, Row.columns)): found a row that the run does not give")
    }
    return Comparison(part: part, subject: table, count: made.count + left.count, differences: differences)
  }

  /// The row's identity in words; which part it is of goes without saying.
  private static func label(_ name: [String], _ columns: [String]) -> String {
    zip(columns, name).filter { !["dataset", "study", "seed", "experiment"].contains($0) && !$1.isEmpty }
      .map { "\($0) \($1)" }.joined(separator: ", ")
  }
}
