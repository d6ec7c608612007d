import Files

/// A study's rows as figures and report use them: those that belong together.
@dynamicMemberLookup
public struct StudyResults: Sendable {
  private let tables: StudyTables
  /// Runs whose rows are left out, because they do not belong with the newest run.
  public let outdated: [Manifest.Run]

  /// Reads the files, but for rows of runs that the manifest shows to be outdated. Only `results.csv` must be there.
  /// - Throws: `FileError` if a file is missing or wrong, or holds rows of another dataset or study: a figure or a
  ///   report must never give one dataset's values under another's name.
  public init(reading files: ResultFiles) throws(FileError) {
    let outdated = try Manifest.readIfPresent(from: files.manifest)?.outdated ?? []
    let tables = try StudyTables(reading: files, required: [files.results])
    for table in StudyTables.all {
      let keys = table.keys(in: tables)
      guard let index = keys.firstIndex(where: { ($0.dataset, $0.study) != (files.dataset, files.study) }) else { continue }
      throw FileError(
        path: "\(files.table(table.name)):\(index + 2)", found: "a row of \(keys[index].dataset), \(keys[index].study)",
        expected: "\(files.dataset), \(files.study)")
    }
    self.tables = tables.filter { key in !outdated.contains { $0.made(key) } }
    self.outdated = outdated
  }

  /// The rows of one table.
  public subscript<Row>(dynamicMember rows: KeyPath<StudyTables, [Row]>) -> [Row] { tables[keyPath: rows] }

  /// The seeds that have results, ascending.
  public var seeds: [UInt64] { Set(tables.results.map(\.key.seed)).sorted() }
}
