import Foundation
import Results
import Testing

@testable import Figures

@Suite struct AxisTests {
  @Test(arguments: [
    ([71.8, 96.1, 98.2, 98.77], ["80", "90", "95", "98", "99"]),
    ([94.8, 95.2, 96.1, 97.1], ["94.5", "95", "95.5", "96", "96.5", "97"]),
    ([50, 99, 100], ["50", "80", "90", "95", "98", "99", "100"]),
  ])
  func accuraciesHaveRoundMarks(accuracies: [Double], expected: [String]) {
    let scale = AccuracyScale(holding: accuracies)
    #expect(scale.ticks.sorted { $0.position < $1.position }.map(\.label) == expected)
    for accuracy in accuracies {
      #expect(scale.lowest < scale.position(accuracy) && scale.position(accuracy) < scale.highest)
    }
  }

  @Test(arguments: [[], [100], [0], [98.5, 98.5]] as [[Double]])
  func aScaleOfLittleIsStillAScale(accuracies: [Double]) {
    let scale = AccuracyScale(holding: accuracies)
    #expect(scale.lowest.isFinite && scale.highest.isFinite && scale.lowest < scale.highest)
  }

  @Test func ranksThatAreCloseLoseTheirText() {
    #expect(Ticks.values([10, 20, 1024, 20]) == "('10' 10.0, '20' 20.0, '1024' 1024.0)")
    #expect(Ticks.values([99, 100, 200]) == "('99' 99.0, '' 100.0, '200' 200.0)")
  }

  @Test func networksThatAreDrawnApartLookApart() {
    let cases: [(Experiment, Method, Int?, Cadence?)] = [
      (.baseline, .dense, nil, nil), (.part1, .truncated, 20, nil), (.part2, .fineTuned, 10, nil),
      (.part2, .fineTuned, 20, nil), (.part3, .dynamic, 20, .epoch), (.part3, .dynamic, 20, .step),
    ]
    let keys = cases.map {
      NetworkKey(dataset: "mnist", study: "paper", seed: 1, experiment: $0.0, method: $0.1, rank: $0.2, cadence: $0.3)
    }
    #expect(Set(plotStyles(of: keys).map(\.linePoints)).count == keys.count)
    #expect(Set(plotStyles(of: keys).map(\.line)).count == keys.count)
    #expect(Set(keys.map { PlotStyle(of: $0).fill }).count == 5, "one a kind")
  }

  @Test func countsAreShort() {
    #expect([5_000_000, 215_000, 12].map(Ticks.count) == ["5 M", "215 k", "12"])
  }

  @Test func aPDFLosesItsTimeAndNothingElse() {
    let bytes = Array("%PDF-1.5 /CreationDate (D:20250203040506Z) %%EOF\n".utf8)
    let expected = Array("%PDF-1.5 /CreationDate (D:19700101000000Z) %%EOF\n".utf8)
    #expect(GnuplotTerminal.pdf.withoutTime(bytes) == expected)
    #expect(GnuplotTerminal.svg.withoutTime(bytes) == bytes)
  }

  @Test func halfAFileIsNotComplete() {
    #expect(GnuplotTerminal.svg.isComplete(Array("<?xml version=\"1.0\"?><svg></svg>\n".utf8)))
    #expect(!GnuplotTerminal.svg.isComplete(Array("<?xml version=\"1.0\"?><svg>".utf8)))
    #expect(!GnuplotTerminal.png.isComplete([]))
  }
}
