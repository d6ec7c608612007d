import Files
import Foundation
import Results

/// Figures that are drawn together, from the same tables into one folder.
public enum FigureGroup: Sendable {
  /// Of one study on one dataset.
  case study(ResultFiles)
  /// Of measurements, from the table at a path.
  case measured(MeasuredTable, String)

  /// The figures of `study`, and of the measurements whose tables exist below `root`. On data other than MNIST,
  /// the study's alone.
  public static func all(below root: String, study: ResultFiles) -> [FigureGroup] {
    let tables = study.dataset == "mnist" ? MeasuredTable.allCases.filter { fileExists($0.path(below: root)) } : []
    return [.study(study)] + tables.map { .measured($0, $0.path(below: root)) }
  }

  /// Where the group lies, below the folder of all figures.
  public var folder: String {
    switch self {
    case .study(let files): "\(files.dataset)/\(files.study)"
    case .measured(let table, _): "\(table)"
    }
  }

  /// The tables, and the manifest that says how they were made.
  private var tables: [String] {
    switch self {
    case .study(let files):
      StudyTables.all.map { files.table($0.name) } + [files.manifest] + [files.published].compactMap { $0 }
    case .measured(_, let path): [path, MeasuredTable.manifest(of: path)]
    }
  }

  /// Draws the group into `folder`, unless it was drawn there from the same tables by the same program.
  /// - Parameters:
  ///   - program: digest of the program; `nil` to draw in any case and keep no record.
  ///   - fresh: draw in any case, and keep the record.
  /// - Returns: the paths written; `nil` if the figures are up to date.
  /// - Throws: as `FigureCatalog.draw(results:to:log:isCancelled:)`.
  public func draw(
    to folder: String, unlessDrawnBy program: String?, fresh: Bool, log: (String) -> Void, isCancelled: () -> Bool
  ) throws -> [String]? {
    let record = "\(folder)/.drawn.json"
    let inputs = try SHA256.hexDigest(
      of: Array((program ?? "").utf8) + tables.flatMap { fileExists($0) ? try readFile($0) : [] })
    if program != nil, !fresh, (try? DrawnFigures(readingFrom: record, folder: folder))?.inputs == inputs { return nil }
    let paths =
      switch self {
      case .study(let files): try FigureCatalog.draw(results: files, to: folder, log: log, isCancelled: isCancelled)
      case .measured(.svd, let path):
        try FigureCatalog.draw(svdSizes: SVDSizeFiles(table: path), to: folder, log: log, isCancelled: isCancelled)
      case .measured(.compare, let path):
        try FigureCatalog.draw(compare: path, to: folder, log: log, isCancelled: isCancelled)
      case .measured(.scaling, let path):
        try FigureCatalog.draw(scaling: path, to: folder, log: log, isCancelled: isCancelled)
      }
    if program != nil { try DrawnFigures(inputs: inputs, paths: paths).write(to: record) }
    return paths
  }
}

/// What a folder's figures were drawn from, kept beside them, so that they are not drawn again.
private struct DrawnFigures: Codable {
  /// SHA-256 of the program's digest and the tables.
  let inputs: String
  /// SHA-256 of each figure, by its name.
  let files: [String: String]

  init(inputs: String, paths: [String]) throws {
    self.inputs = inputs
    files = try Dictionary(
      uniqueKeysWithValues: paths.filter(isRegularFile).map {
        (URL(fileURLWithPath: $0).lastPathComponent, SHA256.hexDigest(of: try readFile($0)))
      })
  }

  /// - Returns: `nil` if there is no record, or a figure is no longer the one that was drawn.
  init?(readingFrom path: String, folder: String) throws {
    self = try JSON(parsing: readFile(path)).decoded(path: path, expected: "a record of figures")
    for (name, digest) in files where try SHA256.hexDigest(of: readFile("\(folder)/\(name)")) != digest { return nil }
  }

  func write(to path: String) throws { try AtomicFile.write(JSON(encoding: self).prettyText, to: path) }
}
