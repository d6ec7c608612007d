import Foundation
import Results
import Testing

@testable import Figures

@Suite struct AxisTests {
  @Test func accuraciesHaveRoundMarks() {
    for (accuracies, expected): ([Double], [String]) in [
      ([71.8, 96.1, 98.2, 98.77], ["80", "90", "95", "98", "99"]),
      ([94.8, 95.2, 96.1, 97.1], ["94.5", "95", "95.5", "96", "96.5", "97"]),
      ([96.6, 98.97], ["96.5", "97", "97.5", "98", "98.5", "99"]),
      ([50, 99, 100], ["50", "80", "90", "95", "98", "99", "100"]),
    ] {
      let scale = AccuracyScale(holding: accuracies)
      #expect(scale.ticks.marks.sorted { $0.value < $1.value }.map(\.text) == expected, "\(accuracies)")
      for accuracy in accuracies {
        #expect(scale.lowest < scale.position(accuracy) && scale.position(accuracy) < scale.highest, "\(accuracy)")
      }
    }
  }

  @Test func aScaleOfLittleIsStillAScale() {
    for accuracies: [Double] in [[], [100], [0], [98.5, 98.5]] as [[Double]] {
      let scale = AccuracyScale(holding: accuracies)
      #expect(scale.lowest.isFinite && scale.highest.isFinite && scale.lowest < scale.highest, "\(accuracies)")
    }
  }

  @Test func ranksThatAreCloseLoseTheirText() {
    let texts = { (values: [Int], pixels: Int) in
      Ticks.values(values, from: 8, to: 1280, pixels: pixels).marks.map(\.text)
    }
    #expect(texts([10, 20, 1024, 20], 700) == ["10", "20", "1024"])
    #expect(texts([99, 100, 200], 700) == ["99", "", "200"])
    #expect(texts([99, 100, 200], 100) == ["99", "", ""])
    #expect(Ticks.values([5, 7], from: 4, to: 8, pixels: 700).list == "('5' 5.0, '7' 7.0)")
  }

  @Test func everyLogarithmicAxisHasMarksThatAreNotTooMany() {
    for (low, high, expected): (Double, Double, [String]) in [
      (1, 1000, ["1", "10", "100", "1000"]), (2, 60, ["2", "5", "10", "20", "50"]),
      (3, 4, ["3", "3.2", "3.4", "3.6", "3.8", "4"]),
      (0.99, 1.01, ["0.99", "0.995", "1", "1.005", "1.01"]), (1e-9, 1e9, ["1e-05", "1", "100000"]),
    ] { #expect(Ticks.logarithmic(from: low, to: high, atMost: 6).marks.map(\.text) == expected, "\(low), \(high)") }
    for power in stride(from: -300.0, to: 300, by: 7) {
      for width in [1e-9, 1e-3, 0.1, 1, 3, 10, 40, 100, 250] {
        let count = Ticks.logarithmic(from: pow(10, power), to: pow(10, power + width), atMost: 5).marks.count
        #expect((2...5).contains(count) || power + width > 300, "\(power), \(width)")
      }
    }
  }

  @Test func epochsAreWholeNumbers() {
    #expect(Ticks.counts(to: 3, pixels: 270).marks.map(\.text) == ["0", "1", "2", "3"])
    #expect(Ticks.counts(to: 12, pixels: 270).marks.map(\.text) == ["0", "2", "4", "6", "8", "10", "12"])
    #expect(Ticks.counts(to: 10_000, pixels: 270).marks.map(\.text) == ["0", "2000", "4000", "6000", "8000", "10000"])
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
