import Files

/// A study's rows as figures and report use them: those that belong together.
@dynamicMemberLookup
public struct StudyResults: Sendable {
  private let tables: StudyTables
  /// Runs whose rows are left out, because they do not belong with the newest run.
  public let outdated: [Manifest.Run]
  /// Rows that are left out, because the manifest has no run that made them.
  public let unknownRows: Int
  /// Pairs of networks on the same test images; none without `comparisons.csv`.
  public let comparisons: [ComparisonRow]
  /// Rows of `comparisons.csv` that are left out, because they are about other networks than `results.csv` has.
  public let staleComparisons: Int

  /// Reads the files, but for rows of runs that the manifest shows to be outdated, or does not have. Only `results.csv` must be
  /// there; without a manifest, all rows count.
  /// - Throws: `FileError` if a file is missing or wrong, or holds rows of another dataset or study: a figure or a
  ///   report must never give one dataset's values under another's name.
  public init(reading files: ResultFiles) throws(FileError) {
    let manifest = try Manifest.readIfPresent(from: files.manifest)
    let outdated = manifest?.outdated ?? []
    let tables = try StudyTables(reading: files, required: [files.results])
    let known = tables.filter { key in manifest?.runs.contains { $0.made(key) } ?? true }
    unknownRows = StudyTables.all.reduce(0) { $0 + $1.keys(in: tables).count - $1.keys(in: known).count }
    self.tables = known.filter { key in !outdated.contains { $0.made(key) } }
    self.outdated = outdated
    let pairs = fileExists(files.comparisons) ? try ComparisonRow.read(ResultFiles.comparisonsTable, of: files) : []
    let accuracies = Accuracies(of: self.tables.results)
    comparisons = pairs.filter { accuracies.agree(with: $0) }
    staleComparisons = pairs.count - comparisons.count
  }

  /// The rows of one table.
  public subscript<Row>(dynamicMember rows: KeyPath<StudyTables, [Row]>) -> [Row] { tables[keyPath: rows] }

  /// The seeds that have results, ascending.
  public var seeds: [UInt64] { Set(tables.results.map(\.key.seed)).sorted() }
}

/// The test accuracies that `results.csv` has, by seed and name.
private struct Accuracies {
  private let networks: Set<NetworkKey>
  private let byName: [UInt64: [String: Double]]

  init(of rows: [ResultRow]) {
    networks = Set(rows.map(\.key))
    byName = Dictionary(grouping: rows, by: \.key.seed).mapValues { rows in
      Dictionary(rows.map { (ResultFiles.name(of: $0.key), $0.testAccuracy) }) { first, _ in first }
    }
  }

  /// Whether both networks are there, and as many test images are right as the row says.
  func agree(with row: ComparisonRow) -> Bool {
    guard networks.contains(row.key), let names = byName[row.key.seed],
      let first = names[ResultFiles.name(of: row.key)], let second = names[row.other]
    else { return false }
    // Accuracies are such quotients: they agree to the bit, or by at least one image.
    return row.accuracy == first && row.otherAccuracy == second
  }
}
