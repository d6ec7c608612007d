import Files

/// The rows of a study's tables. A further table is added here: its rows, and its line in `all`.
public struct StudyTables: Equatable, Sendable {
  /// Of `results.csv`.
  public var results: [ResultRow] = []
  /// Of `history.csv`.
  public var history: [HistoryRow] = []
  /// Of `spectra.csv`.
  public var spectra: [SpectrumRow] = []
  /// Of `costs.csv`.
  public var costs: [CostRow] = []
  /// Of `sensitivity.csv`.
  public var sensitivity: [SensitivityRow] = []

  /// All tables, in the order in which they are read, written and compared.
  public static let all: [any StudyTable] = [
    Table(name: ResultFiles.resultsTable, rows: \.results), Table(name: ResultFiles.historyTable, rows: \.history),
    Table(name: ResultFiles.spectraTable, rows: \.spectra), Table(name: ResultFiles.costsTable, rows: \.costs),
    Table(name: ResultFiles.sensitivityTable, rows: \.sensitivity),
  ]

  /// No rows.
  public init() {}

  private struct Table<Row: NetworkRow>: StudyTable {
    let name: String
    let rows: WritableKeyPath<StudyTables, [Row]> & Sendable
  }
}

/// One of the tables of a study.
public protocol StudyTable<Row>: Sendable {
  associatedtype Row: NetworkRow
  /// The name of its file.
  var name: String { get }
  /// Where its rows are.
  var rows: WritableKeyPath<StudyTables, [Row]> & Sendable { get }
}

extension StudyTable {
  /// The columns of its file.
  public var columns: [String] { Row.columns }

  /// The networks that its rows are about, a row each.
  public func keys(in tables: StudyTables) -> [NetworkKey] { tables[keyPath: rows].map(\.key) }

  /// The fields of its rows, in the order of `columns`.
  public func fields(in tables: StudyTables) -> [[String]] { tables[keyPath: rows].map(\.fields) }

  /// The text of its file.
  public func text(of tables: StudyTables) -> String { Row.text(of: tables[keyPath: rows]) }

  fileprivate func read(_ files: ResultFiles, into tables: inout StudyTables) throws(FileError) {
    tables[keyPath: rows] = try Row.read(name, of: files)
  }

  fileprivate func filter(_ tables: inout StudyTables, _ isKept: (NetworkKey) -> Bool) {
    tables[keyPath: rows].removeAll { !isKept($0.key) }
  }

  fileprivate func add(_ others: StudyTables, to tables: inout StudyTables) {
    // Stable by position, which Swift's sort does not promise.
    tables[keyPath: rows] = (tables[keyPath: rows] + others[keyPath: rows]).enumerated().sorted {
      ($0.element.key.seed, $0.element.key.experiment.order, $0.offset)
        < ($1.element.key.seed, $1.element.key.experiment.order, $1.offset)
    }.map(\.element)
  }
}

extension NetworkRow {
  /// The rows of a study's table.
  /// - Throws: `FileError` with the line that is wrong, or of another dataset or study.
  static func read(_ name: String, of files: ResultFiles) throws(FileError) -> [Self] {
    let rows = try read(from: files.table(name))
    guard let index = rows.firstIndex(where: { ($0.key.dataset, $0.key.study) != (files.dataset, files.study) })
    else { return rows }
    throw FileError(
      path: "\(files.table(name)):\(index + 2)", found: "a row of \(rows[index].key.dataset), \(rows[index].key.study)",
      expected: "\(files.dataset), \(files.study)")
  }
}

extension StudyTables {
  /// Reads all tables; one that is not there has no rows, unless it is required.
  /// - Parameter onUnreadable: gets the reason why a table has no rows; without it, the reason is thrown.
  /// - Throws: `FileError` for a table that cannot be read, or holds rows of another dataset or study.
  public init(
    reading files: ResultFiles, required: [String] = [], onUnreadable: ((FileError) -> Void)? = nil
  ) throws(FileError) {
    for table in Self.all where fileExists(files.table(table.name)) || required.contains(files.table(table.name)) {
      var read = self
      do {
        try table.read(files, into: &read)
        self = read
      } catch {
        guard let onUnreadable else { throw error }
        onUnreadable(error)
      }
    }
  }

  /// The rows about some networks.
  public func filter(_ isKept: (NetworkKey) -> Bool) -> StudyTables {
    var tables = self
    for table in Self.all { table.filter(&tables, isKept) }
    return tables
  }

  /// The rows of one run.
  public func rows(of run: Manifest.Run) -> StudyTables { filter(run.made) }

  /// The same with the rows of one run replaced; the order is seed, experiment, and as the experiment gave them.
  public func replacing(_ run: Manifest.Run, with rows: StudyTables) -> StudyTables {
    var tables = filter { !run.made($0) }
    for table in Self.all { table.add(rows, to: &tables) }
    return tables
  }

  /// SHA-256 of the text of each table, by its name.
  public var digests: [String: String] {
    Self.all.reduce(into: [:]) { $0[$1.name] = SHA256.hexDigest(of: Array($1.text(of: self).utf8)) }
  }
}

extension Manifest.Run {
  /// Whether a network is of this run.
  public func made(_ network: NetworkKey) -> Bool { (network.seed, network.experiment) == (seed, experiment) }
}
