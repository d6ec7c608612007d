import Foundation
import Results
import Testing

@testable import Figures

/// What the figures of measurements plot, against the rows.
@Suite struct MeasuredFigureTests {
  /// Each panel has the rows of its own precision, each line the rows of its own algorithm.
  @Test func svdSizes() throws {
    let rows = SVDFigureTests.rows.enumerated().map { number, row in
      var row = row
      row.seconds *= 1 + 0.01 * Double(number)
      if row.residualRatio != nil { (row.residualRatio, row.orthogonalityOfU, row.orthogonalityOfV) = (0.1, 0.3, 0.2) }
      if row.size == 64, row.residualRatio != nil { row.orthogonalityOfV = 1 + 0.01 * Double(number) }
      row.fullSVDs = row.algorithm == .subspaceCold ? [64: 2, 1024: 3][row.size] ?? 0 : nil
      return row
    }
    let title = SVDTitle(rows: rows, manifest: SVDFigureTests.manifest)
    for (recipe, value, yName) in [
      (
        FigureCatalog.svdErrorBySize, { ($0.size == 64 ? $0.orthogonalityOfV : $0.orthogonalityOfU) },
        "largest of the three error ratios (log)"
      ),
      (FigureCatalog.svdTimeBySize, { $0.seconds }, "time of one SVD (log)"),
    ] as [(@Sendable ([SVDSizeRow], SVDTitle) -> Figure?, (SVDSizeRow) -> Double?, String)] {
      let figure = try DrawnFigure(recipe(rows, title))
      let isTime = yName.hasPrefix("time")
      #expect(figure.panels.map { $0.label(105) } == ["Float", "Double"] && figure.panels.map(\.yName) == [yName, ""])
      #expect(
        figure.key.map(\.title)
          == ["Jacobi", "LAPACK", "subspace, D = 16, cold"] + (isTime ? ["subspace, D = 16, warm"] : []))
      for (panel, precision) in zip(figure.panels, [.float, .double] as [SVDSizeRow.Precision]) {
        #expect(
          panel.xMarks.map(\.text) == ["16", "64", "256", "1024"] && panel.xMarks.map(\.value) == [16, 64, 256, 1024])
        #expect(panel.settings["logscale"] == "xy" && panel.xName == "size n of an n × n matrix (log)")
        #expect(panel.plots.count == figure.key.count)
        for (plot, (title, algorithm)) in zip(panel.plots, zip(figure.key.map(\.title), SVDSizeRow.Algorithm.allCases)) {
          let line = rows.filter { ($0.precision, $0.algorithm) == (precision, algorithm) }
          #expect(figure.titles(of: plot) == [title] && plot.with == "linespoints", "\(precision), \(algorithm)")
          #expect(plot.columns == [line.map { Double($0.size) }, line.compactMap(value)], "\(precision), \(algorithm)")
          #expect(try plot.columns[1].allSatisfy(panel.y.contains) && plot.columns[0].allSatisfy(panel.x.contains))
        }
        // Where most of the runs, not fewer, ended in a full SVD.
        let notes = panel.labels.filter { $0.text == "+ full SVD" }
        #expect(notes.count == (isTime ? 1 : 0) && notes.allSatisfy { $0.place.hasPrefix("at 1024, ") })
        let threshold = "from graph 0, first 50.0 to graph 1, first 50.0 nohead"
        #expect(panel.arrows.map { $0.hasPrefix(threshold) } == (isTime ? [] : [true]))
        #expect(try isTime || panel.y.contains(50))
      }
      for mark in figure.panels[0].yMarks { #expect(mark.isTrue, "\(mark)") }
      #expect(figure.panels[0].yMarks.count >= 2 && figure.panels[1].yMarks.allSatisfy { $0.text == "" })
      #expect(figure.titles.joined(separator: " ").contains(isTime ? "median of up to 5 seeds" : "maximum of up to 5 seeds"))
    }
  }

  /// Points are measured, lines the model; each panel has the rows that are the paper's but for its own quantity.
  @Test func scaling() throws {
    let rows = ScalingFigureTests.rows.enumerated().filter { !ScalingFigureTests.rows[..<$0].contains($1) }.map(\.element)
    let figure = try DrawnFigure(FigureCatalog.costOfAStep(rows.reversed(), nil))
    #expect(figure.key.map(\.title) == ["dense", "low-rank", "dynamic, SVD every step"])
    #expect(figure.panels.map(\.xName) == ["width n (log)", "rank D (log)", "batch (log)"])
    #expect(figure.panels.map { $0.label(105) } == ["D = 20, batch 128", "n = 1024, batch 128", "n = 1024, D = 20"])
    #expect(figure.panels.map(\.yName) == ["time of a step (log)", "", ""])
    let xs: [([Int], (ScalingRow) -> Int?)] = [([256, 1024, 16384], \.width), ([20, 50], \.rank), ([32, 128], \.batch)]
    for (panel, (values, x)) in zip(figure.panels, xs) {
      #expect(panel.xMarks.map(\.value) == values.map(Double.init) && panel.xMarks.map(\.text) == values.map(String.init))
      #expect(panel.settings["logscale"] == "xy")
      for work in ScalingRow.Work.allCases {
        let title = ["dense", "low-rank", "dynamic, SVD every step"][ScalingRow.Work.allCases.firstIndex(of: work) ?? 0]
        func row(_ value: Int) -> ScalingRow? {
          rows.first { row in
            let paper = [("width", row.width, 1024), ("rank", row.rank ?? 20, 20), ("batch", row.batch, 128)]
            let changed = panel.xName?.prefix { $0 != " " } ?? ""
            return row.work == work && x(row) == value && paper.allSatisfy { $0.0 == changed || $0.1 == $0.2 }
          }
        }
        let expected = values.compactMap(row)
        let plots = panel.plots.filter { figure.titles(of: $0) == [title] }
        guard !expected.isEmpty else {
          #expect(plots.isEmpty)
          continue
        }
        let measured = expected.filter { $0.seconds != nil }
        #expect(plots.map(\.with) == ["lines", "points"], "\(work)")
        #expect(plots.first?.columns == [expected.map { Double(x($0) ?? 0) }, expected.map(\.modelSeconds)], "\(work)")
        #expect(plots.last?.columns == [measured.map { Double(x($0) ?? 0) }, measured.compactMap(\.seconds)], "\(work)")
        for plot in plots {
          #expect(try plot.columns[1].allSatisfy(panel.y.contains) && plot.columns[0].allSatisfy(panel.x.contains))
        }
      }
    }
    for (panel, next) in zip(figure.panels, figure.panels.dropFirst()) {
      #expect(panel.right < next.left && next.yMarks.allSatisfy { $0.text == "" } && next.yMarks.count >= 2)
    }
    for mark in figure.panels[0].yMarks { #expect(mark.isTrue, "\(mark)") }
  }

  /// A bar from 1 to the ratio; what is slower goes to the left.
  @Test func compare() throws {
    let rows = CompareFigureTests.rows
    let figure = try DrawnFigure(FigureCatalog.ratios(rows, nil))
    let panel = try #require(figure.panels.first)
    #expect(panel.settings["logscale"] == "x" && panel.plots.count == rows.count && panel.yMarks.count == rows.count)
    #expect(panel.arrows.contains { $0.hasPrefix("from 1, graph 0 to 1, graph 1 ") })
    for (number, row) in rows.enumerated() {
      let (y, ends) = (Double(number), panel.plots[number].columns.map { $0[0] })
      #expect(
        Array(ends[1...]) == [y, min(1, row.ratio), max(1, row.ratio), y - 0.35, y + 0.35] && ends[0] == max(1, row.ratio))
      #expect(panel.plots[number].style == PlotStyle(of: row.peer).fill && panel.yMarks[number].value == y)
      #expect(try panel.x.contains(ends[2]) && panel.x.contains(ends[3]))
      let text = panel.labels.first { $0.place.hasPrefix("at \(max(1, row.ratio)), \(number) ") }?.text
      #expect(text?.hasPrefix(Ticks.threeDigits(row.ratio) + " × ") == true, "\(row)")
    }
    #expect(panel.xMarks.allSatisfy(\.isTrue) && panel.xMarks.count >= 2)
    #expect(panel.xName == "their time divided by ours (log scale): above 1, lowrank is faster")
  }
}
