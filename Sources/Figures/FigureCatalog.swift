import Files
import Foundation
import Results

/// The figures, drawn by gnuplot from result files.
public enum FigureCatalog {
  /// The figures of a study, by file name without extension.
  public static let names = recipes().map(\.name)

  /// The extensions of the files that every figure is written in.
  public static let formats = GnuplotTerminal.allCases.map(\.rawValue)

  typealias Recipe<Rows, Title> = (name: String, figure: @Sendable (Rows, Title) -> Figure?)

  /// The figures of a study; `published` has what others have published.
  static func recipes(published: [PublishedRow] = []) -> [Recipe<StudyResults, StudyTitle>] {
    [
      ("accuracy-by-rank", accuracyByRank), ("accuracy-by-parameters", accuracyByParameters),
      ("accuracy-by-bytes", { accuracyByBytes($0, $1, published) }), ("bytes", bytes), ("ablation", ablation),
      ("calibration-images", calibrationImages), ("ranks", ranks), ("sensitivity", sensitivity), ("spectra", spectra),
      ("learning-curves", learningCurves),
    ]
  }

  /// Draws every figure of a study that there are results for, as SVG, PNG and PDF.
  ///
  /// Equal results make equal files, bit for bit, with the same gnuplot and fonts.
  /// - Parameters:
  ///   - results: the study's result files.
  ///   - folder: where the figures go, `figures/<dataset>/<study>`; it is made if it is missing.
  ///   - log: takes a line for every figure that is left out because it has no results, and gnuplot's warnings.
  ///   - isCancelled: asked before each figure.
  /// - Returns: the paths written.
  /// - Throws: `FileError` for a file that cannot be read or written, `GnuplotError` if gnuplot is missing or stops,
  ///   `CancellationError`. Then all figures are as they were.
  public static func draw(
    results: ResultFiles, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let rows = try StudyResults(reading: results)
    let published = try results.published.map { try PublishedRow.readIfPresent(from: $0) } ?? []
    let seeds = rows.results.byNetwork().map { Set($0.rows.map(\.key.seed)) }
    let title = StudyTitle(dataset: results.dataset, study: results.study, seeds: Set(seeds))
    for run in rows.outdated { log("figures: \(run) is left out") }
    if rows.unknownRows > 0 { log("figures: \(rows.unknownRows) rows of runs that the manifest does not have are left out") }
    return try draw(
      recipes(published: published), rows, title, from: results.folder, to: folder, log: log, isCancelled: isCancelled)
  }

  /// Draws the figures of `recipes` that `rows` has results for; `source` is where these lie.
  static func draw<Rows, Title>(
    _ recipes: [Recipe<Rows, Title>], _ rows: Rows, _ title: Title, from source: String, to folder: String,
    log: (String) -> Void, isCancelled: () -> Bool
  ) throws -> [String] {
    var (files, missing): ([(path: String, bytes: [UInt8])], [String]) = ([], [])
    for recipe in recipes {
      if isCancelled() { throw CancellationError() }
      if let figure = recipe.figure(rows, title) {
        files += try figure.files(in: folder, log: log)
      } else {
        log("\(folder)/\(recipe.name): not drawn, \(source) has no results for it yet")
        missing += formats.map { "\(folder)/\(recipe.name).\($0)" }
      }
    }
    try AtomicFile.write(files)
    // An earlier figure is of other results.
    for path in missing where isRegularFile(path) { unlink(path) }
    return files.map(\.path)
  }

  /// The rows of a table, and the manifest beside it, if there is one: the same path with `.json` in place of `.csv`.
  static func read<Row: TableRow, Manifest: ManifestFile>(_ table: String) throws -> ([Row], Manifest?) {
    (try Row.read(from: table), try Manifest.readIfPresent(from: MeasuredTable.manifest(of: table)))
  }
}

extension Manifest.Environment {
  /// The processor and the number of threads, in a title.
  var machine: String { "\(titleText(processor)), \(threads) thread\(threads == 1 ? "" : "s")" }
}
