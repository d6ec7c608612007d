import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// What `spectra` plots, against the rows.
extension SpectraTests {
  /// Each panel has the values of its own layer, under the names of the networks, and below them the ratios.
  @Test func everyPanelHasItsOwnLayer() throws {
    for (hidden, columns) in [(3, 3), (4, 2), (6, 3)] {
      var sample = SampleStudy()
      (sample.seeds, sample.trainedRanks, sample.widths) = (
        [1, 2, 5], [10, 20], [784] + Array(repeating: 64, count: hidden) + [10]
      )
      let all = sample.spectra.enumerated().map { number, row in
        var row = row
        // Values of its own for each network, layer, index and seed, above a hundredth of the largest.
        row.singularValue = 1 + sin(Double(number)) / 2
        return row
      }
      let figure = try withTemporaryFolder { folder in
        let files = try sample.write(to: folder)
        try SpectrumRow.write(all, to: files.spectra)
        return try DrawnFigure(
          FigureCatalog.spectra(try StudyResults(reading: files), StudyTitle(dataset: "mnist", study: "paper")))
      }
      let groups = all.byNetwork()
      let names = groups.map { ($0.key.method == .dense ? "before: " : "after: ") + $0.key.titleWithRank }
      #expect(figure.key.map(\.title) == names + ["D = 10, 20"])
      try #require(figure.panels.count == 2 * hidden)
      for (number, panel) in figure.panels.enumerated() {
        let (layer, isRatio) = (1 + number / 2, number % 2 == 1)
        #expect(panel.labels.last { $0.place.contains("graph 1.09") }?.text == (isRatio ? nil : "W\(layer)"))
        #expect(panel.settings["logscale"] == "xy" && panel.arrows.map { $0.prefix(8) } == ["from 10,", "from 20,"])
        let row = (layer - 1) / columns
        #expect(panel.yName == ((layer - 1) % columns > 0 ? "" : isRatio ? "after / before" : "singular value"), "W\(layer)")
        #expect(panel.xName == (isRatio && layer + columns > hidden ? "index" : ""), "W\(layer)")
        #expect(panel.xMarks.allSatisfy { isRatio ? $0.isTrue : $0.text == "" })
        #expect(panel.yMarks.allSatisfy { (layer - 1) % columns == 0 ? $0.isTrue : $0.text == "" })
        // Along the rows; the ratios below the values.
        let first = figure.panels[number - number % 2]
        #expect(panel.left == first.left && panel.right > panel.left)
        #expect(isRatio ? panel.top > first.bottom : row == 0 || panel.top > figure.panels[number - 2 * columns].bottom)
        if (layer - 1) % columns > 0 {
          #expect(panel.left > figure.panels[number - 2].right && panel.top == figure.panels[number - 2].top)
        }

        // The bands first, each in the colour of its line, which lies within.
        let (bands, lines) = (panel.plots.prefix(names.count), Array(panel.plots.dropFirst(names.count)))
        #expect(lines.map { figure.titles(of: $0) } == names.map { [$0] }, "W\(layer)")
        for (band, line) in zip(bands, lines) {
          #expect(band.with == "filledcurves" && band.style.prefix(16) == line.style.prefix(16))
          try #require(band.columns.count == 3 && band.columns[0] == line.columns[0])
          #expect(zip(band.columns[1], line.columns[1]).allSatisfy { 0 < $0 && $0 <= $1 })
          #expect(zip(band.columns[2], line.columns[1]).allSatisfy { $0 >= $1 })
        }
        for (group, plot) in zip(groups, lines) {
          let rows = group.rows.filter { $0.layer == layer }
          let indices = Set(rows.map(\.index)).sorted()
          #expect(plot.columns[0] == indices.map(Double.init) && plot.with.hasPrefix("lines"))
          let means = indices.map { index -> Double in
            let values = rows.filter { $0.index == index }.map { row -> Double in
              let before = all.first {
                ($0.key.method, $0.key.seed, $0.layer, $0.index) == (.dense, row.key.seed, layer, index)
              }
              return isRatio ? row.singularValue / (before?.singularValue ?? .nan) : row.singularValue
            }
            return values.reduce(0, +) / 3
          }
          #expect(nearlyEqual(plot.columns[1], means), "W\(layer), \(group.key), \(isRatio)")
          #expect(try plot.columns[1].allSatisfy(panel.y.contains) && plot.columns[0].allSatisfy(panel.x.contains))
        }
      }
    }
  }
}
