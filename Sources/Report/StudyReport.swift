import Files
import Results

/// The report of a study: one Markdown page, made from its result files.
public enum StudyReport {
  /// Writes the report.
  ///
  /// It has no date: equal results make equal reports.
  /// - Parameters:
  ///   - results: the study's result files; `results.csv` and `manifest.json` must be there.
  ///   - folder: where its figures are, `figures/<dataset>/<study>`; the existing ones are shown, by relative paths.
  ///   - path: where the report goes, usually `ResultFiles.report`.
  /// - Throws: `FileError` for a file that cannot be read or written, or that belongs to another dataset or study.
  /// - Returns: whether the file changed; a report that is up to date is not touched.
  @discardableResult
  public static func write(results: ResultFiles, figures folder: String, to path: String) throws(FileError) -> Bool {
    let text = try text(results: results, figures: folder, path: path)
    if isRegularFile(path), try readFile(path) == Array(text.utf8) { return false }
    try AtomicFile.write(text, to: path)
    return true
  }

  /// The text of a report at `path`.
  static func text(results: ResultFiles, figures folder: String, path: String) throws(FileError) -> String {
    let study = try StudyFacts(reading: results)
    let figures = FigureLinks(folder: folder, report: path)
    let sections =
      header(study) + summary(study) + claims(study) + baseline(study) + part1(study, figures) + part2(study)
      + part3(study, figures) + howItWasMade(study) + times(study)
    return sections.joined(separator: "\n\n") + "\n"
  }
}
