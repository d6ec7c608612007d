import Files
import Results

extension StudyTables {
  /// Compares the rows of one run with those that it gave again, table by table. A table without rows is left out.
  func compare(_ made: StudyTables, of run: Manifest.Run) -> [Comparison] {
    let stored = rows(of: run)
    return Self.all.map { table in
      Self.compare(table.fields(in: stored), with: table.fields(in: made), of: Comparison.Part(run), table: table)
    }.filter { $0.count > 0 }
  }

  /// A line for each table with rows of runs that the manifest does not have, which cannot be run again.
  func rowsWithoutRun(in manifest: Manifest, of files: ResultFiles) -> [String] {
    let others = filter { key in !manifest.runs.contains { $0.made(key) } }
    return Self.all.compactMap { table in
      let (count, path) = (table.keys(in: others).count, files.table(table.name))
      return count == 0 ? nil : "\(path): found \(count) rows of runs that the manifest does not have: they are not compared"
    }
  }

  /// The columns that identify a row; they come first.
  private static let identifying: Set = [
    "dataset", "study", "seed", "experiment", "method", "rank", "cadence", "epoch", "layer", "index", "storage", "bits",
  ]

  private static func compare(
    _ stored: [[String]], with made: [[String]], of part: Comparison.Part, table: any StudyTable
  ) -> Comparison {
    let columns = table.columns
    let identity = columns.prefix { identifying.contains($0) }.count
    var left = Dictionary(grouping: stored) { Array($0[..<identity]) }
    var differences: [String] = []
    for fields in made {
      let name = Array(fields[..<identity])
      guard let rows = left.removeValue(forKey: name) else {
        differences.append("\(label(name, columns)): found no such row")
        continue
      }
      let others = fields.indices.filter { $0 >= identity && columns[$0] != "seconds" && fields[$0] != rows[0][$0] }
      if rows.count > 1 {
        differences.append("\(label(name, columns)): found \(rows.count) such rows")
      } else if !others.isEmpty {
        let values = others.map { "\(columns[$0]): found \(rows[0][$0]), run again \(fields[$0])" }
        differences.append("\(label(name, columns)): \(values.joined(separator: "; "))")
      }
    }
    for name in left.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      differences.append("\(label(name, columns)): found a row that the run does not give")
    }
    return Comparison(part: part, subject: table.name, count: made.count + left.count, differences: differences)
  }

  /// The identity of a row of a known run in words.
  private static func label(_ name: [String], _ columns: [String]) -> String {
    zip(columns, name).filter { !["dataset", "study", "seed", "experiment"].contains($0) && !$1.isEmpty }
      .map { "\($0) \($1)" }.joined(separator: ", ")
  }
}
