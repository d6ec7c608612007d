import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Report

@Suite struct LaTeXTests {
  private static let table = ReportTable(
    name: .results, caption: "50 % of A_1 & B.", columns: ["network", "test (%)"],
    rows: [["a_b, D = 20", "98.61 ± 0.06"], ["–", "−1 < 2"]])

  @Test func file() {
    #expect(
      LaTeX.file(Self.table, label: "mnist-my study_1-results") == #"""
        % Needs \usepackage{booktabs}.
        \begin{table}
          \centering
          \caption{50 \% of A\_1 \& B.}
          \label{tab:mnist-my-study-1-results}
          \begin{tabular}{lr}
            \toprule
            network & test (\%) \\
            \midrule
            a\_b, D = 20 & 98.61 $\pm$ 0.06 \\
            -- & $-$1 $<$ 2 \\
            \bottomrule
          \end{tabular}
        \end{table}

        """#)
  }

  @Test func escapes() {
    #expect(
      LaTeX.escaped("\\{}$#^~>\r\n") == "\\textbackslash{}\\{\\}\\$\\#\\textasciicircum{}\\textasciitilde{}$>$ ")
  }

  /// Every table of the page has a file with the same cells; LaTeX takes them all, where it is installed.
  @Test func tablesOfAStudy() throws {
    try withTemporaryFolder { folder in
      var part = SamplePart4()
      part.sample.seeds = [1, 2]
      let text = try part.text { files, place in
        let figures = "\(place)/figures/\(files.dataset)/\(files.study)"
        try StudyReport.write(results: files, figures: figures, to: files.report)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(figures)/tables") {
          try FileManager.default.copyItem(atPath: "\(figures)/tables/\(name)", toPath: "\(folder)/\(name)")
        }
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(
        names
          == [
            "ablation", "allocation", "allocation-seconds", "baseline", "budget-bytes", "budgets", "calibration-images", "dynamic",
            "fine-tuned", "layer-ranks", "results", "times", "truncated",
          ].map { "\($0).tex" })
      for name in names {
        let lines = try readText("\(folder)/\(name)").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let rows = lines.filter { $0.hasSuffix(" \\\\") }.map { $0.dropLast(3).components(separatedBy: " & ") }
        #expect(rows.count > 1 && Set(rows.map(\.count)).count == 1, "\(name)")
        for row in rows {
          let cells = row.map { $0.replacing("\\%", with: "%").replacing("$\\pm$", with: "±").replacing("--", with: "–") }
          let isThere = text.contains("| \(cells.joined(separator: " | ")) |")
          #expect(isThere, "\(name): \(cells)")
        }
      }
      try compile(names, in: folder)
    }
  }

  /// Runs pdflatex on all of them, if there is one.
  private func compile(_ names: [String], in folder: String) throws {
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/pdflatex" }
    guard let program = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return }
    let page = "\\documentclass{article}\\usepackage[utf8]{inputenc}\\usepackage{booktabs}\\begin{document}"
    try AtomicFile.write(
      page + names.map { "\\input{\($0)}\\clearpage" }.joined() + "\\end{document}", to: "\(folder)/all.tex")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = Pipe()
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// A table of an earlier report goes, and no other file does.
  @Test func tablesThatAreGone() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder)
      func write() throws -> Bool { try StudyReport.write(results: files, figures: "\(folder)/f", to: files.report) }
      #expect(try write())
      for name in ["budgets.tex", "layer-ranks.tex", "mine.tex", "budgets.txt"] {
        try AtomicFile.write("x", to: "\(folder)/f/tables/\(name)")
      }
      #expect(try write() && !write())
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/f/tables").sorted()
      #expect(
        names == [
          "baseline.tex", "budgets.txt", "dynamic.tex", "fine-tuned.tex", "mine.tex", "results.tex", "times.tex",
          "truncated.tex",
        ])
    }
  }

  /// A table that is up to date is not written again; one that was changed is.
  @Test func upToDate() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder)
      func write() throws -> Bool { try StudyReport.write(results: files, figures: "\(folder)/f", to: files.report) }
      #expect(try write() && !write())
      let path = "\(folder)/f/tables/results.tex"
      let before = try readText(path)
      #expect(before.contains("\\label{tab:mnist-paper-results}"))
      try AtomicFile.write(before + "%", to: path)
      #expect(try write() && readText(path) == before)
    }
  }
}
