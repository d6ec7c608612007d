import Files

/// All rows of a study's result files, read together.
public struct StudyResults: Sendable {
  public let results: [ResultRow]
  public let history: [HistoryRow]
  public let spectra: [SpectrumRow]
  public let costs: [CostRow]

  /// Reads the files. Only `results.csv` must be there; the others are empty until a run has written them.
  /// - Throws: `FileError` if a file is missing or wrong, or holds rows of another dataset or study: a figure or a
  ///   report must never give one dataset's numbers under another's name.
  public init(reading files: ResultFiles) throws(FileError) {
    results = try Self.checked(try ResultRow.read(from: files.results), from: files.results, of: files)
    history = try Self.checked(try HistoryRow.readIfPresent(from: files.history), from: files.history, of: files)
    spectra = try Self.checked(try SpectrumRow.readIfPresent(from: files.spectra), from: files.spectra, of: files)
    costs = try Self.checked(try CostRow.readIfPresent(from: files.costs), from: files.costs, of: files)
  }

  /// The seeds that have results, ascending.
  public var seeds: [UInt64] { Set(results.map(\.key.seed)).sorted() }

  private static func checked<Row: TableRow>(
    _ rows: [Row], from path: String, of files: ResultFiles
  ) throws(FileError) -> [Row] {
    for (index, row) in rows.enumerated() where (row.key.dataset, row.key.study) != (files.dataset, files.study) {
      throw FileError(path: "\(path):\(index + 2)", found: "a row of \(row.key.dataset), \(row.key.study)",
        expected: "\(files.dataset), \(files.study)")
    }
    return rows
  }
}
