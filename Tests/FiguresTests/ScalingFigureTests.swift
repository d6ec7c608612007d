import Files
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct ScalingFigureTests {
  /// Invented costs, at the paper's sizes and around them.
  static let rows: [ScalingRow] = ScalingRow.Work.allCases.flatMap { work -> [ScalingRow] in
    func row(_ width: Int, _ rank: Int, _ batch: Int, measured: Bool = true) -> ScalingRow {
      let model = 1e-9 * Double(width * width) * Double(batch) / (work == .lowRank ? 20 : 1)
      return ScalingRow(
        work: work, width: width, rank: work == .dense ? nil : rank, batch: batch, runs: measured ? 5 : 0,
        seconds: measured ? 1.1 * model : nil, flops: 1, factorisationFlops: 0, bytes: 1, modelSeconds: model)
    }
    return [
      row(256, 20, 128), row(1024, 20, 128), row(16384, 20, 128, measured: false), row(1024, 50, 128), row(1024, 20, 32),
    ]
  }

  private func draw(_ rows: [ScalingRow], in folder: String) throws -> (paths: [String], lines: [String]) {
    try ScalingRow.write(rows, to: "\(folder)/scaling.csv")
    #expect(try ScalingRow.read(from: "\(folder)/scaling.csv") == rows)
    var lines: [String] = []
    return (try FigureCatalog.draw(scaling: "\(folder)/scaling.csv", to: "\(folder)/figures") { lines.append($0) }, lines)
  }

  @Test func axesAndKeyAreNamed() throws {
    try withTemporaryFolder { folder in
      let (paths, lines) = try draw(Self.rows, in: folder)
      #expect(lines == [])
      let text = try readText(paths[0])
      for word in ["width n (log)", "rank D (log)", "batch (log)", "16384", "dynamic, SVD every step", "low-rank", "dense"] {
        #expect(text.contains(word), "\(word)")
      }
    }
  }

  @Test func gnuplotHasNothingToComplainAbout() throws {
    for rows: [ScalingRow] in [
      Self.rows.filter { $0.work == .dense }, Self.rows.filter { $0.seconds == nil }, Array(Self.rows.prefix(1)),
    ] {
      try withTemporaryFolder { folder in
        let (paths, lines) = try draw(rows, in: folder)
        #expect(paths.count == 3 && lines == [], "\(rows)")
      }
    }
  }

  @Test func withoutRowsThereIsNoFigure() throws {
    try withTemporaryFolder { folder in
      let (paths, lines) = try draw([], in: folder)
      #expect(paths.isEmpty && lines.count == 1)
    }
  }
}
