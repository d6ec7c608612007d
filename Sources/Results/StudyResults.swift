import Files

/// All rows of a study's result files, read together.
public struct StudyResults: Sendable {
  /// Of `results.csv`.
  public let results: [ResultRow]
  /// Of `history.csv`.
  public let history: [HistoryRow]
  /// Of `spectra.csv`.
  public let spectra: [SpectrumRow]
  /// Of `costs.csv`.
  public let costs: [CostRow]
  /// Runs whose rows are left out, because they do not belong with the newest run.
  public let outdated: [Manifest.Run]

  /// Reads the files, but for rows of runs that the manifest shows to be outdated. Only `results.csv` must be there; the others are empty until a run has written them.
  /// - Throws: `FileError` if a file is missing or wrong, or holds rows of another dataset or study: a figure or a
  ///   report must never give one dataset's numbers under another's name.
  public init(reading files: ResultFiles) throws(FileError) {
    let outdated = try Manifest.readIfPresent(from: files.manifest)?.outdated ?? []
    func current<Row: NetworkRow>(_ rows: [Row], from path: String) throws(FileError) -> [Row] {
      try Self.checked(rows, from: path, of: files).filter { row in
        !outdated.contains { ($0.seed, $0.experiment) == (row.key.seed, row.key.experiment) }
      }
    }
    results = try current(try ResultRow.read(from: files.results), from: files.results)
    history = try current(try HistoryRow.readIfPresent(from: files.history), from: files.history)
    spectra = try current(try SpectrumRow.readIfPresent(from: files.spectra), from: files.spectra)
    costs = try current(try CostRow.readIfPresent(from: files.costs), from: files.costs)
    self.outdated = outdated
  }

  /// The seeds that have results, ascending.
  public var seeds: [UInt64] { Set(results.map(\.key.seed)).sorted() }

  private static func checked<Row: NetworkRow>(
    _ rows: [Row], from path: String, of files: ResultFiles
  ) throws(FileError) -> [Row] {
    for (index, row) in rows.enumerated() where (row.key.dataset, row.key.study) != (files.dataset, files.study) {
      throw FileError(
        path: "\(path):\(index + 2)", found: "a row of \(row.key.dataset), \(row.key.study)",
        expected: "\(files.dataset), \(files.study)")
    }
    return rows
  }
}
