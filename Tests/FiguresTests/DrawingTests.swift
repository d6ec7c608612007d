import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct DrawingTests {
  @Test func everyFigureIsWrittenInEveryFormatAndTheSameEachTime() throws {
    try withTemporaryFolder { folder in
      let files = try BeyondStudy().write(to: folder + "/results")
      let figures = folder + "/figures/mnist/beyond"
      var lines: [String] = []
      let paths = try FigureCatalog.draw(results: files, to: figures) { lines.append($0) }
      #expect(lines == [])
      #expect(paths == FigureCatalog.names.flatMap { name in ["svg", "png", "pdf"].map { "\(figures)/\(name).\($0)" } })
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: figures).count == 3 * FigureCatalog.names.count,
        "no temporary file is left")

      let first = try paths.map { try readFile($0) }
      for (path, bytes) in zip(paths, first) {
        #expect(bytes.count > 4000 && bytes.count < 1_000_000, "\(path) has \(bytes.count) bytes")
        #expect(bytes.starts(with: try magic(of: path)), "\(path)")
      }
      #expect(try FigureCatalog.draw(results: files, to: figures) == paths)
      for (path, bytes) in zip(paths, first) { #expect(try readFile(path) == bytes, "\(path) differs") }
    }
  }

  private func magic(of path: String) throws -> [UInt8] {
    switch URL(fileURLWithPath: path).pathExtension {
    case "svg": Array("<?xml".utf8)
    case "png": [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    default: Array("%PDF-".utf8)
    }
  }

  @Test func titlesNameTheDatasetAndLegendsTheMethods() throws {
    try withTemporaryFolder { folder in
      var sample = SampleStudy()
      (sample.dataset, sample.study, sample.seeds) = ("digits", "quick", [1, 2])
      let paths = try FigureCatalog.draw(results: try sample.write(to: folder), to: folder + "/figures")
      for path in paths where path.hasSuffix(".svg") {
        let text = try readText(path)
        #expect(text.contains("digits, study quick"), "\(path)")
        #expect(!text.lowercased().contains("mnist"), "\(path)")
      }
      let curves = try readText(folder + "/figures/accuracy-by-rank.svg")
      for word in ["baseline", "truncated", "fine-tuned", "dynamic, SVD every epoch", "dynamic, SVD every step", "2 seeds"] {
        #expect(curves.contains(word), "\(word)")
      }
      #expect(try readText(folder + "/figures/bytes.svg").contains("fine-tuned, D = 20"))
    }
  }

  @Test func whatHasNoResultsIsLeftOutAndSaidSo() throws {
    for (experiments, expected): ([Experiment], [String]) in [
      ([Experiment.baseline], ["bytes", "spectra", "learning-curves"]),
      ([.part1], ["accuracy-by-rank", "accuracy-by-parameters", "accuracy-by-bytes", "bytes"]),
    ] {
      try withTemporaryFolder { folder in
        var sample = SampleStudy()
        sample.experiments = experiments
        var lines: [String] = []
        for name in FigureCatalog.names { try AtomicFile.write("of earlier results", to: "\(folder)/figures/\(name).svg") }
        let paths = try FigureCatalog.draw(results: try sample.write(to: folder), to: folder + "/figures") {
          lines.append($0)
        }
        // Figures of earlier results do not stay.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/figures").count == paths.count)
        #expect(
          Set(paths) == Set(expected.flatMap { name in FigureCatalog.formats.map { "\(folder)/figures/\(name).\($0)" } }))
        #expect(lines.count == FigureCatalog.names.count - expected.count)
        #expect(lines.allSatisfy { $0.contains("not drawn") && $0.contains("no results for it yet") })
      }
    }
  }

  @Test func aDivergedTrainingIsDrawnAsAGap() throws {
    try withTemporaryFolder { folder in
      let sample = SampleStudy()
      let files = try sample.write(to: folder)
      var history = sample.history
      for index in history.indices where history[index].epoch > 2 { history[index].trainingLoss = .nan }
      try HistoryRow.write(history, to: files.history)
      let title = StudyTitle(dataset: "mnist", study: "paper")
      let figure = try #require(FigureCatalog.learningCurves(try StudyResults(reading: files), title))
      #expect(try figure.files(in: folder + "/figures", log: { Issue.record("\($0)") }).count == 3)
    }
  }

  @Test func seedsThatDifferBetweenNetworksAreSaid() {
    for (seeds, note): (Set<Set<UInt64>>, String) in [
      ([], ""), ([[1]], ""), ([[1, 2]], "2 seeds"), ([[1, 2, 3], [1]], "1 to 3 seeds, which differ between networks"),
      ([[1, 2], [3, 4]], "2 seeds, which differ between networks"),
    ] {
      let title = StudyTitle(dataset: "mnist", study: "paper", seeds: seeds)
      for (text, start, end) in [
        (title.text, ", mean and 95 % interval of ", ""), (title.showing(.mean).text, ", mean of ", ""),
        (title.showing(.lines).text, ", thick: mean of ", "; thin: each seed"),
      ] { #expect(text == "mnist, study paper" + (note.isEmpty ? "" : start + note + end)) }
    }
  }

  @Test func aMissingOrForeignResultFileIsAnError() throws {
    try withTemporaryFolder { folder in
      let none = ResultFiles(root: folder, dataset: "mnist", study: "none")
      #expect(throws: FileError(path: none.results, found: "no such file", expected: "a table that a run writes")) {
        try FigureCatalog.draw(results: none, to: folder + "/figures")
      }
      var sample = SampleStudy()
      sample.dataset = "digits"
      try ResultRow.write(sample.results, to: none.results)
      #expect(throws: FileError(path: none.results + ":2", found: "a row of digits, paper", expected: "mnist, none")) {
        try FigureCatalog.draw(results: none, to: folder + "/figures")
      }
      #expect(!fileExists(folder + "/figures"))
    }
  }

  @Test func aFolderThatCannotBeMadeIsAFileError() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder + "/results")
      try AtomicFile.write("a file", to: folder + "/figures")
      #expect(throws: FileError.self) { try FigureCatalog.draw(results: files, to: folder + "/figures") }
      #expect(try readText(folder + "/figures") == "a file")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
  func aFolderThatCannotBeWrittenIsAFileError() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder + "/results")
      let locked = folder + "/locked"
      try FileManager.default.createDirectory(
        atPath: locked, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o500])
      #expect(throws: FileError.self) { try FigureCatalog.draw(results: files, to: locked) }
    }
  }
}
