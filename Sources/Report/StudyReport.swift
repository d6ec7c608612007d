import Files
import Foundation
import Results

/// The report of a study: one Markdown page, made from its result files.
public enum StudyReport {
  /// Writes the report, and its tables in LaTeX.
  ///
  /// They have no date: equal results make equal files. A table of an earlier report that this one does not have is removed.
  /// - Parameters:
  ///   - results: the study's result files; `results.csv` and `manifest.json` must be there.
  ///   - folder: where its figures are, `figures/<dataset>/<study>`; the existing ones are shown, by relative paths. The tables
  ///     go to `tables` in it.
  ///   - path: where the report goes, usually `ResultFiles.report`.
  /// - Throws: `FileError` for a file that cannot be read or written, or that belongs to another dataset or study.
  /// - Returns: whether a file changed; what is up to date is not touched.
  @discardableResult
  public static func write(results: ResultFiles, figures folder: String, to path: String) throws(FileError) -> Bool {
    let blocks = try blocks(results: results, figures: folder, path: path)
    let tables = blocks.compactMap(\.table).map { table in
      (
        table.name.path(in: folder),
        LaTeX.file(table, label: "\(results.dataset)-\(results.study)-\(table.name.rawValue)")
      )
    }
    var changed: [(path: String, bytes: [UInt8])] = []
    for (path, text) in [(path, text(of: blocks))] + tables {
      let bytes = Array(text.utf8)
      if isRegularFile(path), try readFile(path) == bytes { continue }
      changed.append((path, bytes))
    }
    try AtomicFile.write(changed)
    let current = Set(tables.map(\.0))
    let earlier = ReportTable.Name.allCases.map { $0.path(in: folder) }.filter { !current.contains($0) && isRegularFile($0) }
    for path in earlier { try remove(path) }
    return !changed.isEmpty || !earlier.isEmpty
  }

  private static func remove(_ path: String) throws(FileError) {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw FileError(path: path, found: error.localizedDescription, expected: "a file that can be removed")
    }
  }

  /// The text of a report.
  static func text(of blocks: [Block]) -> String { blocks.map(\.markdown).joined(separator: "\n\n") + "\n" }

  /// The pieces of a report at `path`.
  static func blocks(results: ResultFiles, figures folder: String, path: String) throws(FileError) -> [Block] {
    let study = try StudyFacts(reading: results)
    let figures = FigureLinks(folder: folder, report: path)
    return header(study) + summary(study)
      + figures.show("accuracy-by-bytes", "Test accuracy by size of the network's file.")
      + (study.has(.part1) ? [] : sizes(figures)) + claims(study) + baseline(study, figures)
      + part1(study, figures) + part2(study)
      + part3(study, figures) + part4(study, figures) + howItWasMade(study) + times(study)
  }
}
