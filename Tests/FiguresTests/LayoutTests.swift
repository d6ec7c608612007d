import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// Every figure has room for its texts, whatever the study.
@Suite struct LayoutTests {
  /// Studies from the smallest to the largest that a figure must have room for.
  private static var studies: [BeyondStudy] {
    let sizes: [(hidden: [Int], ranks: Int, seeds: Int, name: String)] = [
      ([1], 1, 1, "one"), ([1, 1024], 2, 2, "two"), ([300, 1, 100], 3, 1, String(repeating: "a long name ", count: 7)),
      (Array(repeating: 1024, count: 5), 3, 1, "paper"), (Array(repeating: 512, count: 6), 5, 3, "six"),
      (Array(repeating: 16384, count: 9), 6, 1, String(repeating: "W", count: 70)),
      (Array(repeating: 1024, count: 12), 8, 10, String(repeating: "圧縮", count: 35)),
    ]
    return sizes.map { size in
      var study = BeyondStudy(seeds: size.seeds)
      (study.base.study, study.base.widths) = (size.name, [784] + size.hidden + [10])
      let ranks = (1...size.ranks).map { 3 * $0 * $0 }
      study.base.trainedRanks = ranks
      study.base.truncated = ranks.map { ($0, 90 + 8 * Double($0) / Double($0 + 10)) }
      (study.budgets, study.steps, study.images.ranks) = (ranks, ranks, ranks)
      return study
    }
  }

  static func check(_ svg: String, _ comment: String) throws {
    let size = try #require(svg.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/))
    let (width, height) = (try #require(Double(size.1)), try #require(Double(size.2)))
    let texts = SVGText.all(in: svg)
    #expect(texts.count > 4, "\(comment)")
    for (index, text) in texts.enumerated() {
      #expect(
        text.left >= 0 && text.top >= 0 && text.right <= width && text.bottom <= height, "\(comment): \(text) is cut off")
      for other in texts[..<index] { #expect(!text.overlaps(other), "\(comment): \(text) lies on \(other)") }
    }
  }

  @Test func everyTextLiesInsideTheFigureAndOnNoOther() throws {
    let published = try PublishedRow.read(from: AccuracyByBytesTests.table)
    for study in Self.studies {
      try withTemporaryFolder { folder in
        let rows = try StudyResults(reading: study.write(to: folder))
        let study = study.base
        let title = StudyTitle(dataset: "mnist", study: study.study, seeds: [Set(study.seeds)])
        for (name, figure) in FigureCatalog.recipes(published: published) {
          let (bytes, warnings) = try #require(figure(rows, title), "\(study.study), \(name)").draw(on: .svg)
          #expect(warnings == "", "\(study.study), \(name)")
          let svg = String(decoding: bytes, as: UTF8.self)
          try Self.check(svg, "\(study.study), \(name)")
          // gnuplot leaves out entries that its own key has no room for.
          for network in rows.history.byNetwork() where name == "learning-curves" {
            #expect(svg.contains("<text>\(network.key.titleWithRank)</text>"), "\(study.study): \(network.key)")
          }
          for network in rows.spectra.byNetwork() where name == "spectra" {
            #expect(svg.contains(": \(network.key.titleWithRank)</text>"), "\(study.study): \(network.key)")
          }
        }
      }
    }
  }

  /// Losses between the least and the greatest that a table can hold; their numbers are wide.
  @Test func aLargeLossHasRoomBesideTheAxis() throws {
    for losses in [[1e15, 1e-5], [123_456, 123_457], [0.00012, 0.00013], [5, 5]] {
      try withTemporaryFolder { folder in
        let sample = SampleStudy()
        let files = try sample.write(to: folder)
        var history = sample.history
        for index in history.indices { history[index].trainingLoss = losses[index % 2] }
        try HistoryRow.write(history, to: files.history)
        let rows = try StudyResults(reading: files)
        let figure = try #require(FigureCatalog.learningCurves(rows, StudyTitle(dataset: "mnist", study: "paper")))
        let svg = String(decoding: try figure.draw(on: .svg).output, as: UTF8.self)
        try Self.check(svg, "\(losses)")
        // Numbers at the right of the first panel's epochs belong to the losses.
        #expect(SVGText.all(in: svg).count { $0.left > 380 && $0.bottom < 370 && Double($0.text) != nil } >= 2, "\(losses)")
      }
    }
  }

  @Test func aKeyHasAsManyColumnsAsItsLongestEntryAllows() {
    for (count, length, height) in [
      (1, 5, 32), (4, 5, 32), (5, 5, 32), (5, 20, 52), (17, 35, 192), (3, 100, 72), (200, 35, 2012),
    ] {
      var figure = Figure(name: "key", title: "", subtitle: "", height: 100)
      figure.addKey(Array(repeating: KeyEntry(title: String(repeating: "a", count: length)), count: count))
      #expect(figure.height == 100 + height, "\(count) of \(length)")
    }
  }

  @Test func longTextsAreWrappedAtSpaces() {
    #expect(wrapped("a bc def", size: 10, width: 35) == ["a bc", "def"])
    #expect(wrapped("", size: 10, width: 40) == [""])
    #expect(wrapped("圧縮圧縮圧", size: 10, width: 25) == ["圧縮", "圧縮", "圧"])
    for line in wrapped(String(repeating: "Wide words, ", count: 40), size: 14, width: 300).dropLast() {
      #expect(textWidth(line, size: 14) <= 300 && textWidth(line, size: 14) > 200, "\(line)")
    }
  }

  /// In pixels from the left and the top; a second line under the title moves all plots down by its height.
  @Test func aPlotLiesWhereItIsPlaced() throws {
    for (subtitle, shift) in [("short", 0), (String(repeating: "long words ", count: 15), 18)] {
      var figure = Figure(name: "plot", title: "a", subtitle: subtitle)
      figure.place(left: 80, right: 720, top: 96, bottom: 390, x: "across", y: "up", marks: Ticks(marks: [(1, "0")]))
      figure.plot(["1 with lines lw 1 notitle"])
      let panel = try DrawnFigure(figure).panels[0]
      #expect([panel.left, panel.right] == [0.1, 0.9] && [panel.top, panel.bottom] == [96 + shift, 390 + shift])
      // In the middle of the axis: below it, and beside the texts of its marks.
      let (below, beside) = (434 + shift, 243 + shift)
      #expect(
        panel.labels.contains { $0 == ("across", "103 at screen 0.5, (1 - \(below) / height) center tc rgb '#222222'") })
      let up = panel.labels.first { $0.text == "up" }?.place.firstMatch(
        of: /^104 at screen ([\d.]+), \(1 - (\d+) \/ height\)/)
      #expect(up?.2 == "\(beside)" && (Double(up?.1 ?? "") ?? 1) <= (80 - 30) / 800)
    }
  }
}
