import Files

/// A study's rows as figures and report use them: those that belong together.
@dynamicMemberLookup
public struct StudyResults: Sendable {
  private let tables: StudyTables
  /// Runs whose rows are left out, because they do not belong with the newest run.
  public let outdated: [Manifest.Run]
  /// Rows that are left out, because the manifest has no run that made them.
  public let unknownRows: Int
  /// The values of the newest run's study file; `nil` without a manifest. The runs whose rows count have the same values of all that
  /// they depend on.
  public let configuration: JSON?
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
    configuration = manifest?.newest?.configuration
    let pairs = try ComparisonRow.readIfPresent(of: files)
    comparisons = pairs.agreeing(with: self.tables.results)
    staleComparisons = pairs.count - comparisons.count
  }

  /// The rows of one table.
  public subscript<Row>(dynamicMember rows: KeyPath<StudyTables, [Row]>) -> [Row] { tables[keyPath: rows] }

  /// The seeds that have results, ascending.
  public var seeds: [UInt64] { Set(tables.results.map(\.key.seed)).sorted() }
}
