import Files
import Results

/// The figures of a study, drawn by gnuplot from its result files alone.
public enum FigureCatalog {
  /// The figures there are, by file name without extension, in the order of the study.
  public static let names = recipes.map(\.name)

  /// The extensions of the files that every figure is written in.
  public static let formats = Terminal.allCases.map(\.rawValue)

  private typealias Recipe = (name: String, figure: @Sendable (StudyResults, StudyTitle) -> Figure?)

  private static let recipes: [Recipe] = [
    ("accuracy-by-rank", accuracyByRank), ("accuracy-by-parameters", accuracyByParameters), ("bytes", bytes),
    ("spectra", spectra), ("learning-curves", learningCurves),
  ]

  /// Draws every figure that there are results for, as SVG, PNG and PDF.
  ///
  /// Equal results make equal files, bit for bit, with the same gnuplot and fonts.
  /// - Parameters:
  ///   - results: where the study's result files lie.
  ///   - folder: where the figures go, `figures/<dataset>/<study>`; it is made if it is missing.
  ///   - log: takes a line for every figure that is left out for want of results, and gnuplot's warnings.
  ///   - isCancelled: asked before each figure.
  /// - Returns: the paths written.
  /// - Throws: `FileError` for a file that cannot be read or written, `GnuplotError` if gnuplot is missing or stops,
  ///   `CancellationError`. Then all figures are as they were.
  public static func draw(
    results: ResultFiles, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let rows = try StudyResults(reading: results)
    let title = StudyTitle(dataset: results.dataset, study: results.study, seeds: rows.seeds.count)
    for run in rows.outdated { log("figures: \(run) is left out") }
    return try draw(
      recipes.map { recipe in (recipe.name, { recipe.figure(rows, title) }) }, from: results.folder, to: folder, log: log,
      isCancelled: isCancelled)
  }

  /// Draws every figure that there is; `source` is where its results would lie.
  static func draw(
    _ figures: [(name: String, make: () -> Figure?)], from source: String, to folder: String, log: (String) -> Void,
    isCancelled: () -> Bool
  ) throws -> [String] {
    var files: [(path: String, bytes: [UInt8])] = []
    for (name, make) in figures {
      if isCancelled() { throw CancellationError() }
      if let figure = make() {
        files += try figure.files(in: folder, log: log)
      } else {
        log("\(folder)/\(name): not drawn, \(source) has no results for it yet")
      }
    }
    try AtomicFile.write(files)
    return files.map(\.path)
  }
}
