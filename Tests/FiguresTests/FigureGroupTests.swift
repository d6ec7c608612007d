import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// Which figures are drawn, where, and when again.
@Suite struct FigureGroupTests {
  @Test func figuresAreDrawnAgainIfAnythingHasChanged() throws {
    try withTemporaryFolder { folder in
      let (table, figures) = ("\(folder)/scaling.csv", "\(folder)/figures")
      try ScalingRow.write(ScalingFigureTests.rows, to: table)
      func draw(_ program: String? = "a", fresh: Bool = false) throws -> [String]? {
        try FigureGroup.measured(.scaling, table).draw(
          to: figures, unlessDrawnBy: program, fresh: fresh, log: { Issue.record("\($0)") }, isCancelled: { false })
      }
      let paths = FigureCatalog.formats.map { "\(figures)/\(FigureCatalog.scalingName).\($0)" }
      #expect(try draw(nil) == paths && !fileExists("\(figures)/.drawn.json"), "without a program no record is kept")
      #expect(try draw() == paths)
      #expect(try draw() == nil, "nothing has changed")
      #expect(try draw(fresh: true) == paths)
      #expect(try draw("b") == paths, "another program")
      #expect(try draw("b") == nil)
      try ScalingRow.write(Array(ScalingFigureTests.rows.dropFirst()), to: table)
      #expect(try draw("b") == paths, "another table")
      let environment = SVDFigureTests.manifest.environment
      try ScalingManifest(models: [], sgemm: 1, environment: environment, started: "", seconds: 1).write(
        to: "\(folder)/scaling.json")
      #expect(try draw("b") == paths, "another manifest")
      #expect(try draw("b") == nil)
      try AtomicFile.write("by hand", to: paths[1])
      #expect(try draw("b") == paths, "another figure")
      unlink(paths[2])
      #expect(try draw("b") == paths, "a missing figure")
    }
  }

  /// Cancelled before any figure is drawn: the earlier ones stay.
  @Test func cancelled() throws {
    try withTemporaryFolder { folder in
      try CompareRow.write(CompareFigureTests.rows, to: "\(folder)/compare.csv")
      try AtomicFile.write("earlier", to: "\(folder)/figures/ratios.svg")
      #expect(throws: CancellationError.self) {
        try FigureCatalog.draw(compare: "\(folder)/compare.csv", to: "\(folder)/figures", isCancelled: { true })
      }
      #expect(try readText("\(folder)/figures/ratios.svg") == "earlier")
    }
  }

  @Test func measurementsAreDrawnWhereTheyAreAndOnlyBesideMNIST() throws {
    try withTemporaryFolder { folder in
      let files = { ResultFiles(root: folder, dataset: $0, study: "paper") }
      let folders = { (dataset: String) in FigureGroup.all(below: folder, study: files(dataset)).map(\.folder) }
      #expect(folders("mnist") == ["mnist/paper"])
      for table in MeasuredTable.allCases { try AtomicFile.write("a table", to: table.path(below: folder)) }
      #expect(folders("mnist") == ["mnist/paper"] + MeasuredTable.allCases.map { "\($0)" })
      #expect(folders("digits") == ["digits/paper"])
      #expect(folders("mine") == ["mine/paper"])
    }
  }

  /// Rows of a run that the manifest does not have are left out, and said to be.
  @Test func rowsOfNoRunAreSaid() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder)
      var manifest = try Manifest.read(from: files.manifest)
      manifest.runs.removeAll { $0.experiment == .part2 }
      try manifest.write(to: files.manifest)
      var lines: [String] = []
      #expect(throws: CancellationError.self) {
        try FigureCatalog.draw(results: files, to: "\(folder)/figures", log: { lines.append($0) }, isCancelled: { true })
      }
      // One network: its result, five epochs and four costs.
      #expect(lines == ["figures: 10 rows of runs that the manifest does not have are left out"])
    }
  }
}
