import Foundation
import Testing

@testable import Figures

/// What the figure of a model's spectra shows, against the values.
@Suite struct ModelSpectraTests {
  static func layer(_ name: String, _ rows: Int, _ columns: Int, rank: Int? = nil) -> LayerSpectrum {
    let values = (0..<min(rows, columns)).map { 7 * pow(0.8, Double($0)) }
    return LayerSpectrum(name: name, rows: rows, columns: columns, values: values, rank: rank)
  }

  static func layer(_ name: String, _ values: [Double], rank: Int? = nil) -> LayerSpectrum {
    LayerSpectrum(name: name, rows: values.count, columns: 2 * values.count, values: values, rank: rank)
  }

  private func drawn(_ spectra: [LayerSpectrum]) throws -> DrawnFigure {
    try DrawnFigure(FigureCatalog.modelSpectra("model.safetensors", spectra))
  }

  /// The two lines above a panel.
  private func title(_ panel: DrawnFigure.Panel) -> [String] {
    panel.labels.filter { $0.place.contains("font ',13'") || $0.place.contains("font ',12'") }.map(\.text)
  }

  @Test func theEnergyOfTheLargestValues() {
    let ranks = { (values: [Double]) in [0.9, 0.99].map { Self.layer("", values).rank(ofEnergy: $0) } }
    #expect(ranks(Array(repeating: 3, count: 10)) == [9, 10] && ranks(Array(repeating: 0.1, count: 1000)) == [900, 990])
    #expect(
      ranks([3, 1]) == [1, 2] && ranks([3, 0.9]) == [1, 2] && ranks([1, 0.1, 0]) == [1, 1] && ranks([4]) == [1, 1])
    #expect(ranks([0, 0]) == [nil, nil] && ranks([]) == [nil, nil])
    // Their squares are no numbers.
    #expect(ranks([3e200, 1e200]) == [1, 2] && ranks([3e-200, 1e-200]) == [1, 2])
    #expect(Self.layer("", 20, 30).breakEven == 12)
  }

  @Test func everyMatrixHasAPanelWithItsMarks() throws {
    let spectra = [
      Self.layer("a.weight", 20, 30), Self.layer("b.weight", 40, 10, rank: 4), Self.layer("c.weight", 1, 300, rank: 1),
      Self.layer("d.weight", [5, 4, 3, 0, 0], rank: 4), Self.layer("e.weight", [0, 0, 0], rank: 2),
      Self.layer("f.weight", 3, 3, rank: 9),
    ]
    let figure = try drawn(spectra)
    #expect(
      figure.titles == [
        "Singular values of model.safetensors", "6 matrices; relative to the largest value of each (log scale)",
      ])
    #expect(
      figure.key.map(\.title) == [
        "break-even rank mn/(m + n)", "90 % of the energy Σσ²", "99 % of the energy Σσ²", "chosen rank",
      ])
    #expect(
      figure.panels.map(title) == [
        ["a", "20 × 30"], ["b", "40 × 10"], ["c", "1 × 300"], ["d", "5 × 10"], ["e", "3 × 6"], ["f", "3 × 3"],
      ])
    for (layer, panel) in zip(spectra, figure.panels) {
      #expect(try panel.x == 0...100 && panel.y.contains(1) && panel.settings["logscale"] == "y")
      let low = try panel.y.lowerBound
      let isZero = layer.values[0] == 0
      #expect(panel.labels.contains { $0.text == "all values are 0" } == isZero)
      let breakEven = 100 * layer.breakEven / Double(layer.values.count)
      #expect(
        panel.arrows.count == (isZero ? 0 : 1) && panel.arrows.allSatisfy { $0.hasPrefix("from \(breakEven), graph 0") })
      if isZero { continue }
      let shares = layer.values.indices.map { 100 * Double($0 + 1) / Double(layer.values.count) }
      let lines = panel.plots.filter { $0.with == "lines" }
      #expect(lines.count == (shares.count == 1 ? 0 : 1))
      for line in lines {
        #expect(line.columns[0] == shares)
        for (drawn, value) in zip(line.columns[1], layer.values) {
          // A zero is below the axis.
          #expect(value > 0 ? nearlyEqual([drawn], [value / layer.values[0]]) : 0 < drawn && drawn < low)
        }
      }
      let marks = panel.plots.filter { $0.with == "points" }
      let rank = layer.rank.flatMap { $0 <= shares.count ? $0 : nil }
      let ranks = [layer.rank(ofEnergy: 0.9), layer.rank(ofEnergy: 0.99), rank].compactMap { $0 }
      #expect(marks.map { $0.columns[0] } == ranks.map { [shares[$0 - 1]] }, "\(layer.name)")
      #expect(
        zip(marks, ranks).allSatisfy {
          nearlyEqual($0.columns[1], [max(layer.values[$1 - 1] / layer.values[0], low)])
        })
      #expect(zip(marks, figure.key.dropFirst()).allSatisfy { $0.style == $1.points })
    }
  }

  @Test func aLongLineHasAPointAPixel() throws {
    let panel = try drawn([Self.layer("a", (1...40_000).map { 1 / Double($0) }.map { max($0, 0.1) })]).panels[0]
    let shares = panel.plots[0].columns[0]
    #expect((600...800).contains(shares.count) && shares[0] == 100.0 / 40_000 && shares.last == 100)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { 0 < $1 - $0 && $1 - $0 < 0.2 })
  }

  private func names(_ count: Int, _ name: (Int) -> String) -> [LayerSpectrum] {
    (0..<count).map { Self.layer(name($0), 4, 4) }
  }

  @Test func namesThatDifferInNumbersShareAPanel() throws {
    func groups(_ spectra: [LayerSpectrum]) -> [String] {
      SpectrumGroup.groups(of: spectra, atMost: 24).map { "\($0.name): \($0.layers.count)" }
    }
    #expect(groups(names(24) { "\($0)" }).count == 24 && groups(names(25) { "\($0)" }) == ["*: 25"])
    // Numbers that are words of their own, if that is enough.
    let words =
      names(12) { "h.\($0).fc1" } + names(12) { "h.\($0).fc2" } + names(3) { "a/\($0).\($0)/x" } + names(1) { _ in "head2" }
    #expect(groups(words) == ["h.*.fc1: 12", "h.*.fc2: 12", "a/*.*/x: 3", "head2: 1"])
    #expect(groups(names(30) { "fc\($0).weight" }) == ["fc*.weight: 30"])
    // é and e with an accent of its own are equal for Swift, and two names.
    #expect(groups([Self.layer("\u{E9}", 2, 2), Self.layer("e\u{301}", 2, 2)]).count == 2)
    #expect(groups(names(300) { "\(UnicodeScalar(UInt32(0x4E00 + $0))!)" }).count == 300)
  }

  @Test func theColourIsTheDepth() throws {
    let spectra = (0..<8).flatMap { layer in
      (0..<4).map { Self.layer("model.1.layers.\(10 + layer).experts.\($0)", 8, 4 + layer, rank: 2) }
    }
    let figure = try drawn(spectra + [Self.layer("head", 30, 8)])
    #expect(figure.titles[1].hasPrefix("33 matrices, together where names differ only in numbers; "))
    #expect(figure.panels.map(title) == [["model.*.layers.*.experts.*", "32 of 8 × 4 to 8 × 11"], ["head", "30 × 8"]])
    #expect(figure.key.last?.title == "layer 10 … 17" && figure.key.last?.shades.count == 12)
    let colours = figure.panels[0].plots.filter { $0.with == "lines" }.map { String($0.style.prefix(16)) }
    #expect(
      colours
        == (0..<8).flatMap { Array(repeating: "lc rgb '\(ColourScale.colour(0.85 - 0.85 * Double($0) / 7))'", count: 4) })
    #expect(colours.first == figure.key.last?.shades.first?.prefix(16).description)
    #expect(colours.last == figure.key.last?.shades.last?.prefix(16).description)
    // Each mark has the colour of its line.
    let marks = figure.panels[0].plots.filter { $0.with == "points" }
    #expect(marks.count == 3 && marks[0].columns[2] == (0..<32).map { ColourScale.number(0.85 - 0.85 * Double($0 / 4) / 7) })
    #expect(figure.panels[1].plots[0].style.hasPrefix("lc rgb '\(Palette.text)'"))
    // Those of 8 × 8 and 8 × 4.
    #expect(figure.panels[0].arrows.map { $0.prefix { $0 != "," } } == ["from 50.0", "from \(100 * (32.0 / 12) / 4)"])
    #expect(try drawn(names(23) { "\($0)" } + [2, 3].map { Self.layer("\($0)", 4, $0) }).panels[0].arrows.count == 3)
  }

  @Test func theLargestAreShownAndTheOthersCounted() throws {
    // A letter each; every third is small.
    let spectra = (0..<36).map { Self.layer("\(UnicodeScalar(UInt8(65 + $0)))", $0 % 3 == 0 ? 2 : 5, 6) }
    let figure = try drawn(spectra)
    #expect(figure.panels.map { title($0)[0] } == spectra.filter { $0.rows == 5 }.map(\.name))
    #expect(figure.titles[1].hasPrefix("36 matrices: the 24 largest, and 12 more that are not shown; "))
    let groups = try drawn(spectra.flatMap { layer in (0...1).map { Self.layer("\(layer.name).\($0)", layer.rows, 6) } })
    #expect(groups.panels.count == 24 && groups.titles.count == 3)
    #expect(groups.titles[1].hasSuffix("in numbers: the 24 largest groups, and 12 more that are not shown;"))
  }
}
