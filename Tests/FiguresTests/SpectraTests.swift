import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct SpectraTests {
  /// The columns of every data block of `spectra` with `rows`.
  private func blocks(_ rows: [SpectrumRow]) throws -> [[[Double]]] {
    try figure(rows).statements.compactMap { if case .data(let columns, _) = $0 { columns } else { nil } }
  }

  private func figure(_ rows: [SpectrumRow]) throws -> Figure {
    try withTemporaryFolder { folder in
      var sample = SampleStudy()
      sample.seeds = [1, 2]
      let files = try sample.write(to: folder)
      try SpectrumRow.write(rows, to: files.spectra)
      let title = StudyTitle(dataset: "mnist", study: "paper")
      return try #require(FigureCatalog.spectra(try StudyResults(reading: files), title))
    }
  }

  private func row(_ method: Method, index: Int, _ value: Double, seed: UInt64 = 1) -> SpectrumRow {
    let isDense = method == .dense
    let key = NetworkKey(
      dataset: "mnist", study: "paper", seed: seed, experiment: isDense ? .baseline : .part3, method: method,
      rank: isDense ? nil : 20, cadence: isDense ? nil : .step)
    return SpectrumRow(key: key, layer: 1, index: index, singularValue: value)
  }

  @Test func ratiosAreToTheBaselineOfTheSameSeed() throws {
    let rows =
      [
        row(.dense, index: 1, 8), row(.dense, index: 2, 4), row(.dense, index: 1, 2, seed: 2),
        row(.dense, index: 2, 1, seed: 2),
      ]
      + [
        row(.dynamic, index: 1, 4), row(.dynamic, index: 2, 1), row(.dynamic, index: 1, 1, seed: 2),
        row(.dynamic, index: 2, 0.75, seed: 2),
      ]
    // Means of two seeds: bands and lines of the values before and after, then of the ratios.
    let blocks = try blocks(rows)
    #expect([blocks[2], blocks[3]] == [[[1, 2], [5, 2.5]], [[1, 2], [2.5, 0.875]]])
    #expect([blocks[6], blocks[7]] == [[[1, 2], [1, 1]], [[1, 2], [0.5, 0.5]]])
    // t with one degree of freedom is 12.706: 5 ± 12.706 · 3, 2.5 ± 12.706 · 1.5; a band ends above 0.
    #expect(
      nearlyEqual(blocks[0][1], [0.005, 0.0025]) && nearlyEqual(blocks[0][2], [43.1186142, 21.5593071], within: 1e-6))
    #expect(blocks[4] == [[1, 2], [1, 1], [1, 1]], "the ratio of the baseline to itself")
  }

  @Test func aBaselineOfZeroOrNoneHasNoRatio() throws {
    let rows =
      [row(.dense, index: 1, 8), row(.dense, index: 2, 0)]
      + [row(.dynamic, index: 1, 4), row(.dynamic, index: 2, 1), row(.dynamic, index: 3, 1)]
    #expect(try Array(blocks(rows)[2...3]) == [[[1], [1]], [[1], [0.5]]])
    // Without any baseline there are the values alone, and their sample in the key.
    #expect(try blocks([row(.dynamic, index: 1, 4)]).first == [[1], [4]])
  }

  /// The line at D is for networks with D in each layer.
  @Test func lineAtD() throws {
    var (uniform, other) = ([row(.dynamic, index: 1, 4)], [row(.dynamic, index: 1, 4)])
    uniform[0].key.allocation = .uniform
    (other[0].key.allocation, other[0].key.ranks) = (.output, LayerRanks([33, 7]))
    // Within the indices that are shown.
    (uniform[0].key.rank, other[0].key.rank) = (2, 2)
    func lines(_ rows: [SpectrumRow]) throws -> Int {
      try figure(rows).statements.count {
        if case .command(let text) = $0 { text.hasPrefix("set arrow from 2,") } else { false }
      }
    }
    #expect(try lines(uniform) == 1 && lines(other) == 0 && lines(uniform + other) == 1)
  }

  @Test func theAxesHoldWhatIsNotTiny() throws {
    let part = GridPart(name: "", holding: [0.5, 2], height: 100)
    #expect(part.low < 0.5 && part.low > 0.4 && part.high > 2 && part.high < 2.5)
    #expect(part.marks.marks.map(\.text) == ["0.5", "1", "2"])
    let single = GridPart(name: "", holding: [1], height: 100)
    #expect(single.low < 1 && single.high > 1 && single.marks.marks.count >= 2)
  }

  @Test func panelsFillTheWidth() {
    for count in 1...64 {
      let grid = PanelGrid(count: count, parts: [GridPart(name: "", holding: [1, 10], height: 100)])
      #expect((120...730).contains(grid.width), "\(count)")
    }
  }
}
