import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// What the figures of part 4 plot, against the rows.
@Suite struct BeyondFigureTests {
  private static let title = StudyTitle(dataset: "mnist", study: "beyond", seeds: [[1, 2, 3, 4, 5]])

  private func draw(
    _ study: BeyondStudy, _ recipe: (StudyResults, StudyTitle) -> Figure?
  ) throws -> (figure: DrawnFigure, groups: [NetworkGroup<ResultRow>]) {
    let rows = try withTemporaryFolder { try StudyResults(reading: study.write(to: $0)) }
    return (try DrawnFigure(recipe(rows, Self.title)), rows.results.byNetwork())
  }

  private func position(_ accuracy: Double) -> Double { -log10(100 - accuracy) }

  /// Part 4's networks of one D, by what is said of them on the y axis.
  private func steps(_ groups: [NetworkGroup<ResultRow>], rank: Int) -> [String: Double] {
    var result: [String: Double] = [:]
    for group in groups where group.key.experiment == .part4 && group.key.rank == rank {
      let key = group.key
      guard [nil, 20000].contains(key.calibrationImages) else { continue }
      let name =
        key.bits < 32
        ? "\(key.bits) bits"
        : key.allocation == .uniform ? (key.method == .truncated ? "plain" : key.method.title) : key.allocation?.title
      result[name ?? ""] = position(group.rows.reduce(0) { $0 + $1.testAccuracy } / 5)
    }
    return result
  }

  @Test func ablation() throws {
    let (figure, groups) = try draw(BeyondStudy(), FigureCatalog.ablation)
    let expected = [
      "plain", "whitened, bias kept", "whitened", "matched, unweighted", "matched", "ranks by energy",
      "ranks by output error", "ranks by gradient",
      "ranks by sensitivity", "ranks exchanged", "16 bits", "8 bits", "4 bits", "3 bits", "2 bits",
    ]
    try #require(figure.panels.count == 5)
    #expect(figure.key.map(\.title) == ["one step after the other", "other ways to choose ranks", "baseline"])
    for (number, (rank, panel)) in zip([10, 15, 20, 30, 50], figure.panels).enumerated() {
      #expect(panel.labels.contains { $0.text == "D = \(rank)" })
      #expect(panel.yMarks.map(\.text) == (number % 3 == 0 ? expected : expected.map { _ in "" }))
      let (bottom, top) = try panel.ends("yrange")
      #expect(bottom > top, "plain truncation is on top")
      let steps = steps(groups, rank: rank)
      try #require(steps.count == expected.count, "\(steps)")
      var seen: Set<Double> = []
      // The baseline's interval is a band behind all else, around its line.
      let baseline = try #require(groups.first { $0.key.method == .dense }?.interval(of: \.testAccuracy))
      let ends = [baseline.mean, baseline.lower, baseline.upper].map(position)
      let height = Double(expected.count) - 0.5
      #expect(panel.plots[0].with == "boxxyerror")
      #expect(nearlyEqual(panel.plots[0].columns.map { $0[0] }, [ends[0], -0.5, ends[1], ends[2], -0.5, height]))
      for plot in panel.plots where plot.with.hasSuffix("points") {
        #expect(
          figure.titles(of: plot) == [plot.with == "points" ? "other ways to choose ranks" : "one step after the other"])
        for (x, y) in zip(plot.columns[0], plot.columns[1]) {
          #expect(nearlyEqual([x], [steps[expected[Int(y)]] ?? .nan]), "\(rank), \(expected[Int(y)])")
          #expect(try panel.x.contains(x) && seen.insert(y).inserted)
        }
      }
      #expect(seen.count == expected.count)
      for bars in panel.plots.filter({ $0.with == "xerrorbars" }) {
        #expect(zip(bars.columns[0], bars.columns[2]).allSatisfy { $0 > $1 })
        #expect(zip(bars.columns[0], bars.columns[3]).allSatisfy { $0 < $1 })
      }
      for mark in panel.xMarks where !mark.text.isEmpty {
        #expect(nearlyEqual([mark.value], [position(Double(mark.text) ?? .nan)]), "\(mark)")
      }
    }
  }

  /// The study's own way to choose ranks is found from the rows, whichever it is.
  @Test(arguments: [Allocation.uniform, .energy, .output, .gradient, .exchanged, .sensitivity])
  func theTableIsWhatHasMostNetworks(allocation: Allocation) throws {
    var study = BeyondStudy(seeds: 1)
    (study.allocation, study.ways) = (allocation, [.energy, .output, .exchanged, .sensitivity])
    let groups = study.results.byNetwork()
    let table = try #require(MainTable(groups))
    #expect(table.allocation == allocation && table.images == 20000)
    #expect(groups.count { table.contains($0.key) } == 42)
    let overview = try withTemporaryFolder { try StudyResults(reading: study.write(to: $0)) }.overview
    #expect(overview.filter { $0.key.experiment == .part4 }.map(\.key.rank) == study.budgets)
    #expect(overview.count == groups.count { $0.key.experiment != .part4 } + 7)
    // As large as others: the one that was exchanged.
    (study.allocation, study.bits, study.budgets, study.steps) = (.exchanged, [32], [10, 20], [10, 20])
    study.images.counts = []
    #expect(MainTable(study.results.byNetwork())?.allocation == .exchanged)
    #expect(MainTable(study.base.results.byNetwork()) == nil)
  }

  @Test func ranks() throws {
    let (figure, groups) = try draw(BeyondStudy(), FigureCatalog.ranks)
    try #require(figure.panels.count == 2)
    let budgets = [5, 8, 10, 15, 20, 30, 50]
    let ways: [Allocation] = [.uniform, .energy, .output, .gradient, .exchanged, .sensitivity]
    #expect(figure.key.map(\.title) == budgets.map { "D = \($0)" } + ways.map(\.title))
    #expect(
      figure.panels.map { $0.labels.filter { $0.place.contains("center font ',15'") }.map(\.text) } == [
        ["ranks exchanged, by budget"], ["D = 20"],
      ])
    let expected = budgets.map { (rank: $0, allocation: Allocation.exchanged) } + ways.map { (rank: 20, allocation: $0) }
    let lines = figure.panels.flatMap { panel in panel.plots.filter { $0.with == "linespoints" } }
    try #require(lines.count == expected.count)
    for (line, network) in zip(lines, expected) {
      let group = try #require(
        groups.first {
          ($0.key.method, $0.key.rank, $0.key.allocation, $0.key.bits) == (.matched, network.rank, network.allocation, 32)
            && $0.key.calibrationImages == 20000 && $0.key.experiment == .part4
        })
      let means = (0..<6).map { layer -> Double in
        let ranks = group.rows.compactMap { row -> Int? in
          let values = row.key.ranks?.values ?? []
          return layer < values.count ? values[layer] : nil
        }
        return ranks.isEmpty ? .nan : Double(ranks.reduce(0, +)) / Double(ranks.count)
      }
      #expect(line.columns[0] == [1, 2, 3, 4, 5, 6] && nearlyEqual(line.columns[1], means), "\(network)")
    }
    for panel in figure.panels {
      let dense = panel.plots.filter { $0.with == "points" }
      #expect(!dense.isEmpty && dense.allSatisfy { $0.columns[0] == [6] && $0.columns[1] == dense[0].columns[1] })
      #expect(try panel.y.contains(dense[0].columns[1][0]) && dense[0].columns[1][0] > 100)
      #expect(panel.xMarks.map(\.text) == (1...6).map { "W\($0)" })
    }
    #expect(figure.panels[0].yMarks.last?.text == "dense")
  }

  @Test func sensitivity() throws {
    let study = BeyondStudy()
    let (figure, _) = try draw(study, FigureCatalog.sensitivity)
    let cells = try #require(figure.panels.first?.plots.first).columns
    let panel = figure.panels[0]
    #expect(panel.xMarks.map(\.text) == study.grid.map { "\($0)" } && panel.yMarks.map(\.text) == (1...6).map { "W\($0)" })
    let bar = figure.panels[1].plots[0].columns
    // The last layer has ranks to 10 alone.
    #expect(cells[0].count == 5 * 10 + 6)
    var colours: [(loss: Double, colour: Double)] = []
    for index in cells[0].indices {
      let (rank, layer) = (study.grid[Int(cells[0][index])], Int(cells[1][index]) + 1)
      let losses = study.sensitivity.filter { ($0.layer, $0.key.rank) == (layer, rank) }.map(\.validationLoss)
      let mean = losses.reduce(0, +) / Double(losses.count)
      let text = String(format: "%.2g", mean)
      #expect(panel.labels.contains { $0.text == text && $0.place.hasPrefix("at \(cells[0][index]), \(cells[1][index]) ") })
      colours.append((mean, cells[6][index]))
      // The same colour at its place on the bar, within a step of it.
      let place = try #require(
        figure.panels[1].yMarks.first.flatMap { first in
          figure.panels[1].yMarks.last.map { last -> Double in
            let (low, high) = (log(Double(first.text) ?? .nan), log(Double(last.text) ?? .nan))
            return first.value + (log(mean) - low) / (high - low) * (last.value - first.value)
          }
        })
      let step = bar[1].enumerated().min { abs($0.element - place) < abs($1.element - place) }?.offset ?? 0
      #expect(distance(bar[6][step], cells[6][index]) < 12, "W\(layer), \(rank)")
    }
    #expect(figure.panels[1].yName == "validation loss (nats, log scale)")
    // Lightness rises with the loss.
    let sorted = colours.sorted { $0.loss < $1.loss }.map { luminance($0.colour) }
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 <= $1 + 1 })
  }

  private func parts(_ colour: Double) -> [Double] { [16, 8, 0].map { Double(Int(colour) >> $0 & 255) } }
  private func luminance(_ colour: Double) -> Double {
    zip(parts(colour), [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 }
  }
  private func distance(_ a: Double, _ b: Double) -> Double { zip(parts(a), parts(b)).map { abs($0 - $1) }.max() ?? .nan }

  @Test func calibrationImages() throws {
    let study = BeyondStudy()
    let (figure, groups) = try draw(study, FigureCatalog.calibrationImages)
    #expect(
      figure.key.map(\.title)
        == ["baseline", "matched, ranks by gradient, D = 10", "matched, ranks by gradient, D = 20"])
    let lines = figure.panels[0].plots.filter { $0.with == "linespoints" }
    for (line, rank) in zip(lines, [10, 20]) {
      let networks = groups.filter { ($0.key.allocation, $0.key.rank) == (.gradient, rank) }
        .sorted { ($0.key.calibrationImages ?? 0) < ($1.key.calibrationImages ?? 0) }
      #expect(line.columns[0] == (study.images.counts + [20000]).sorted().map(Double.init))
      let means = networks.map { group in position(group.rows.reduce(0) { $0 + $1.testAccuracy } / 5) }
      #expect(nearlyEqual(line.columns[1], means) && figure.titles(of: line).count == 1, "D = \(rank)")
    }
    // One number of images is no line.
    var single = study
    single.images.counts = []
    let rows = try withTemporaryFolder { try StudyResults(reading: single.write(to: $0)) }
    #expect(FigureCatalog.calibrationImages(rows, Self.title) == nil)
  }

  @Test func coloursRiseInLightness() {
    let lightness = stride(from: 0.0, through: 1, by: 0.01).map { luminance(ColourScale.number($0)) }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy(<))
    #expect(ColourScale.colour(0) == "#440154" && ColourScale.colour(1) == "#FDE725" && ColourScale.colour(7) == "#FDE725")
    #expect(ColourScale.isLight(1) && !ColourScale.isLight(0) && ColourScale.lighter("#000000", by: 0.2) == "#333333")
    let styles = (0..<7).map { PlotStyle($0, of: 7).linePoints }
    #expect(Set(styles).count == 7)
  }

  @Test func textsFindPlacesOrNone() throws {
    let box = TextPlaces.Box(left: 0, top: 0, right: 200, bottom: 100)
    var places = TextPlaces()
    var found: [TextPlaces.Box] = []
    let point = (x: 100.0, y: 50.0)
    places.take(at: point)
    for _ in 0..<20 {
      if let place = places.place(width: 40, height: 12, beside: point, inside: box) { found.append(place) }
    }
    #expect((4...8).contains(found.count))
    for (index, place) in found.enumerated() {
      #expect(
        place.left >= 0 && place.right <= 200 && place.top >= 0 && place.bottom <= 100 && place.right - place.left == 40)
      #expect(!found[..<index].contains { $0.overlaps(place) })
      #expect(
        abs((place.left + place.right) / 2 - 100) < 40 && abs((place.top + place.bottom) / 2 - 50) < 20, "near the point")
    }
    #expect(places.place(width: 40, height: 12, beside: point, inside: box, distances: [1, 3]) != nil, "further away")
    // No text lies between a point and its text.
    let (large, start) = (TextPlaces.Box(left: 0, top: 0, right: 400, bottom: 400), (x: 100.0, y: 100.0))
    var crossed = TextPlaces()
    let first = crossed.place(width: 40, height: 12, beside: (x: 104, y: 104), inside: large)
    let second = crossed.place(width: 20, height: 10, beside: start, inside: large, distances: [4])
    let (other, end) = (try #require(first), try #require(second).end(near: start))
    for share in stride(from: 0.0, through: 1, by: 0.01) {
      let (x, y) = (end.x + share * (start.x - end.x), end.y + share * (start.y - end.y))
      #expect(!(other.left...other.right ~= x && other.top...other.bottom ~= y))
    }
    places.take(from: (x: 0, y: 10), to: (x: 200, y: 10))
    #expect(places.place(width: 190, height: 12, beside: (x: 100, y: 0), inside: box) == nil)
  }
}
