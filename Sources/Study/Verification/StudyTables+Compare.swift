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

  /// The columns that identify a row, wherever they are.
  static let identifying: Set = [
    "dataset", "study", "seed", "experiment", "method", "rank", "cadence", "epoch", "layer", "index", "storage", "bits",
    "ranks", "calibration_images", "allocation",
  ]

  private static func compare(
    _ stored: [[String]], with made: [[String]], of part: Comparison.Part, table: any StudyTable
  ) -> Comparison {
    let columns = table.columns
    let identity = columns.indices.filter { identifying.contains(columns[$0]) }
    let measured = columns.indices.filter { !identity.contains($0) && columns[$0] != "seconds" }
    func label(_ name: [String]) -> String { Self.label(zip(identity.map { columns[$0] }, name)) }
    var left = Dictionary(grouping: stored) { fields in identity.map { fields[$0] } }
    var differences: [String] = []
    for fields in made {
      let name = identity.map { fields[$0] }
      guard let rows = left.removeValue(forKey: name) else {
        differences.append("\(label(name)): found no such row")
        continue
      }
      let others = measured.filter { fields[$0] != rows[0][$0] }
      if rows.count > 1 {
        differences.append("\(label(name)): found \(rows.count) such rows")
      } else if !others.isEmpty {
        let values = others.map { "\(columns[$0]): found \(rows[0][$0]), run again \(fields[$0])" }
        differences.append("\(label(name)): \(values.joined(separator: "; "))")
      }
    }
    for name in left.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      differences.append("\(label(name)): found a row that the run does not give")
    }
    return Comparison(part: part, subject: table.name, count: made.count + left.count, differences: differences)
  }

  /// The identity of a row of a known run in words. Uniform ranks follow from the rank.
  private static func label(_ name: some Sequence<(String, String)>) -> String {
    let isUniform = name.contains { $0 == ("allocation", Allocation.uniform.rawValue) }
    let known = ["dataset", "study", "seed", "experiment"] + (isUniform ? ["ranks", "allocation"] : [])
    return name.filter { !known.contains($0) && !$1.isEmpty }
      .map { "\($0) \($1)" }.joined(separator: ", ")
  }
}
