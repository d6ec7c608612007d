import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// What each figure of a study plots, against the rows that it is drawn from.
@Suite struct StudyFigureTests {
  private static var title: StudyTitle { StudyTitle(dataset: "mnist", study: "paper", seeds: [[1, 2, 5]]) }

  /// Three seeds whose mean is neither their median nor the middle of their ends, and in each column values of its own.
  private static var sample: SampleStudy {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 5]
    sample.trainedRanks = [10, 20]
    return sample
  }

  private static let results: [ResultRow] = sample.results.enumerated().map { number, row in
    var row = row
    (row.validationAccuracy, row.macRatio) = (50, 0.9)
    (row.parameterRatio, row.byteRatio) = (0.123, 0.0201 + 0.001 * Double(number % 13))
    return row
  }

  private func read(_ sample: SampleStudy = sample, _ results: [ResultRow] = results) throws -> StudyResults {
    try withTemporaryFolder { folder in
      let files = try sample.write(to: folder)
      try ResultRow.write(results, to: files.results)
      return try StudyResults(reading: files)
    }
  }

  /// Whether a text at a place of the screen is beside a point, both in pixels from the left and the top.
  private func near(_ place: String, _ point: (x: Double, y: Double)) -> Bool {
    guard let match = place.firstMatch(of: /at screen ([\d.]+), \(1 - ([\d.]+) \/ height\)/), let x = Double(match.1),
      let y = Double(match.2)
    else { return false }
    return abs(x * 800 - point.x) < 70 && abs(y - point.y) < 20
  }

  private func accuracy(_ position: Double) -> Double { 100 - pow(10, -position) }
  private func position(_ accuracy: Double) -> Double { -log10(100 - accuracy) }

  /// The networks of `title`, by rank.
  private func networks(_ title: String) -> [NetworkGroup<ResultRow>] {
    Self.results.byNetwork().filter { $0.key.title == title }.sorted { ($0.key.rank ?? 0) < ($1.key.rank ?? 0) }
  }

  /// The mean of three values and the ends of its 95 % interval; 4.3027 is Student's t with two degrees of freedom.
  private func interval(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / 3
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2
    let half = 4.302652729911275 * (variance / 3).squareRoot()
    return [mean, mean - half, mean + half]
  }

  /// The mean accuracy of the seeds 1, 2 and 5 and the ends of its interval, as positions.
  private func heights(_ group: NetworkGroup<ResultRow>) -> [Double] {
    interval(group.rows.map(\.testAccuracy)).map(position)
  }

  /// Each series of points is under its own name in the key, at the x of its networks and the accuracies of their seeds.
  private func checkAccuracies(_ figure: DrawnFigure, x: (NetworkGroup<ResultRow>) -> Double) throws {
    let panel = try #require(figure.panels.first)
    var named: [String] = []
    for plot in panel.plots where plot.with.hasSuffix("points") {
      let titles = figure.titles(of: plot)
      try #require(titles.count == 1, "\(plot.style): \(titles)")
      let networks = networks(titles[0])
      named += titles
      #expect(plot.with == (titles[0] == "truncated" ? "linespoints" : "points"))
      #expect(nearlyEqual(plot.columns[0], networks.map(x)), "\(titles[0])")
      #expect(nearlyEqual(plot.columns[1], networks.map { heights($0)[0] }), "\(titles[0])")
      // The bars of the same data, in the same colour.
      let bars = panel.plots.filter { $0.with == "yerrorbars" && $0.style.prefix(16) == plot.style.prefix(16) }
      try #require(bars.count == 1 && bars[0].columns[0] == plot.columns[0], "\(titles[0])")
      for (column, values) in bars[0].columns.dropFirst().enumerated() {
        #expect(nearlyEqual(values, networks.map { heights($0)[column] }), "\(titles[0]), column \(column)")
      }
    }
    #expect(named.sorted() == ["dynamic, SVD every epoch", "dynamic, SVD every step", "fine-tuned", "truncated"])
    // Higher accuracies are higher, and each mark is at its accuracy.
    let (across, up) = (try panel.x, try panel.y)
    for plot in panel.plots where plot.with != "lines" && plot.with != "filledcurves" {
      #expect(plot.columns[0].allSatisfy(across.contains) && plot.columns[1].allSatisfy(up.contains))
    }
    #expect(panel.yMarks.count >= 4)
    for mark in panel.yMarks { #expect(abs(accuracy(mark.value) - (Double(mark.text) ?? .nan)) < 1e-9, "\(mark)") }
    #expect(panel.settings["logscale"] == "x" && panel.yName == "test accuracy (%), error on a log scale")
    // The line is the baseline's mean, on a band from one end of its interval to the other, behind all else.
    let ends = heights(networks("baseline")[0])
    let band = try #require(panel.plots.first)
    #expect(band.with == "filledcurves" && band.columns[0] == [across.lowerBound, across.upperBound])
    #expect(nearlyEqual(band.columns[1] + band.columns[2], [ends[1], ends[1], ends[2], ends[2]]))
    let lines = panel.plots.filter { $0.with == "lines" }
    #expect(lines.count == 1 && nearlyEqual(lines[0].columns[0], [heights(networks("baseline")[0])[0]]))
  }

  @Test func accuracyByRank() throws {
    let figure = try DrawnFigure(FigureCatalog.accuracyByRank(try read(), Self.title))
    try checkAccuracies(figure) { group in
      // Those of one rank stand side by side.
      let side = group.key.method == .fineTuned ? 0.95 : group.key.cadence == .step ? 1.05 : 1
      return Double(group.key.rank ?? 0) * side
    }
    let panel = figure.panels[0]
    #expect(panel.xName == "rank D (log scale)")
    #expect(panel.xMarks.map(\.text) == ["10", "20", "50", "100", "200", "1024"])
    for mark in panel.xMarks { #expect(mark.isTrue, "\(mark)") }
    // Each truncated network's accuracy is written at its point.
    for group in networks("truncated") where group.key.rank != 1024 {
      let accuracy = accuracy(heights(group)[0])
      let labels = panel.labels.filter { $0.text == String(format: "%.1f", accuracy) }
      let point = try panel.pixels(Double(group.key.rank ?? 0), position(accuracy))
      #expect(labels.contains { near($0.place, point) }, "\(group.key): \(labels), \(point)")
    }
    #expect(figure.key.first?.title == "baseline" && figure.titles(of: panel.plots[1]) == ["baseline"])
    #expect(figure.titles == ["Test accuracy by rank", "mnist, study paper, mean and 95 % interval of 3 seeds"])
  }

  @Test func accuracyByParameters() throws {
    let figure = try DrawnFigure(FigureCatalog.accuracyByParameters(try read(), Self.title))
    let panel = figure.panels[0]
    // The baseline has a point of its own here.
    let baseline = panel.plots.filter { $0.with == "points" && figure.titles(of: $0) == ["baseline"] }
    #expect(baseline.count == 1 && baseline[0].columns[0] == [Double(networks("baseline")[0].rows[0].parameters)])
    for group in networks("truncated") {
      let parameters = Double(group.rows[0].parameters)
      let label = panel.labels.first { $0.text == "D = \(group.key.rank ?? 0)" }
      let point = try panel.pixels(parameters, heights(group)[0])
      #expect(label.map { near($0.place, point) } ?? true, "\(group.key)")
    }
    #expect(panel.labels.contains { $0.text == "D = 10" } && panel.labels.contains { $0.text == "D = 50" })
    for mark in panel.xMarks { #expect(mark.isTrue, "\(mark)") }
    #expect(panel.xMarks.count >= 2 && panel.xName?.hasPrefix("parameters") == true)
    var others = figure
    others.removeFirstSeries(with: "points", named: "baseline")
    try checkAccuracies(others) { Double($0.rows[0].parameters) }
  }

  @Test func bytes() throws {
    for (widths, unit, size) in [(Self.sample.widths, "MB", 1e6), ([784, 24, 24, 10], "kB", 1e3)] {
      var sample = Self.sample
      sample.widths = widths
      var results = Self.results
      for (index, row) in sample.results.enumerated() {
        (results[index].bytes, results[index].parameters) = (row.bytes, row.parameters)
      }
      let figure = try DrawnFigure(FigureCatalog.bytes(try read(sample, results), Self.title))
      let panel = try #require(figure.panels.first)
      let networks = results.byNetwork()
      #expect(panel.plots.count == networks.count && panel.yMarks.count == networks.count)
      #expect(panel.xName?.hasPrefix("size of the file (\(unit), ") == true && panel.settings["logscale"] == nil)
      let (bottom, top) = try panel.ends("yrange")
      #expect(bottom > top, "the first is on top")
      for (row, network) in networks.enumerated() {
        let (bar, length) = (panel.plots[row], Double(network.rows[0].bytes) / size)
        #expect(bar.with == "boxxyerror" && bar.style == PlotStyle(of: network.key).fill)
        // x, y, and the ends of the box.
        let (y, ends) = (Double(row), bar.columns.map { $0[0] })
        #expect(nearlyEqual(ends, [length, y, 0, length, y - 0.35, y + 0.35]), "\(network.key)")
        #expect(panel.yMarks[row] == DrawnFigure.Mark(text: network.key.titleWithRank, value: y), "\(network.key)")
        let text = "\(Ticks.threeDigits(length)) \(unit), \(Ticks.threeDigits(100 * network.rows[0].byteRatio)) %"
        let label = panel.labels.first { $0.place.hasPrefix("at \(length), \(row) ") }
        #expect(label?.text == text, "\(network.key)")
        #expect(try panel.x.contains(length), "\(network.key)")
      }
      #expect(figure.titles == ["Bytes on disk", "mnist, study paper; percentages are of the baseline"])
    }
  }

  @Test func learningCurves() throws {
    var rows = Self.sample.history
    // Losses that differ between the seeds.
    for (number, row) in rows.enumerated() {
      rows[number].trainingLoss = row.trainingLoss.map { $0 + 0.01 * Double(row.key.seed) }
    }
    let figure = try withTemporaryFolder { folder in
      let files = try Self.sample.write(to: folder)
      try HistoryRow.write(rows, to: files.history)
      return try DrawnFigure(FigureCatalog.learningCurves(try StudyResults(reading: files), Self.title))
    }
    let history = rows.byNetwork()
    #expect(figure.key.map(\.title) == history.map(\.key.titleWithRank))
    #expect(figure.panels.map(\.yName) == ["validation accuracy (%), log error scale", "training loss (nats, log scale)"])
    #expect(figure.panels.map { $0.settings["logscale"] } == [nil, "y"])
    let values: [(HistoryRow) -> Double] = [{ $0.validationAccuracy }, { $0.trainingLoss ?? .nan }]
    for (number, panel) in figure.panels.enumerated() {
      let value = values[number]
      let axis = { (value: Double) in number == 0 ? position(value) : value }
      // Thin lines for the three seeds of all networks, then the means.
      #expect(panel.plots.count == 4 * history.count && panel.xName == "epoch")
      #expect(panel.xMarks.map(\.text) == ["0", "1", "2", "3", "4"] && panel.xMarks.map(\.value) == [0, 1, 2, 3, 4])
      #expect(try panel.x.contains(4))
      for (index, curve) in history.enumerated() {
        let line = panel.plots[3 * history.count + index]
        #expect(line.with == "linespoints" && figure.titles(of: line) == [curve.key.titleWithRank])
        #expect(line.columns[0] == [0, 1, 2, 3, 4])
        for (number, seed) in [1, 2, 5].enumerated() as EnumeratedSequence<[UInt64]> {
          let thin = panel.plots[3 * index + number]
          let rows = curve.rows.filter { $0.key.seed == seed }.sorted { $0.epoch < $1.epoch }
          #expect(thin.with == "lines" && thin.style.prefix(16) == line.style.prefix(16) && thin.style.hasSuffix("lw 0.4"))
          #expect(thin.columns[0] == line.columns[0] && nearlyEqual(thin.columns[1], rows.map { axis(value($0)) }))
        }
        for epoch in 0...4 {
          let values = curve.rows.filter { $0.epoch == epoch }.map(value)
          let mean = axis(values.reduce(0, +) / 3)
          #expect(nearlyEqual([line.columns[1][epoch]], [mean]), "\(curve.key), \(epoch)")
          if epoch > 0 { #expect(try panel.y.contains(mean), "\(curve.key), \(epoch)") }
        }
      }
    }
    #expect(figure.panels[0].right < figure.panels[1].left)
    for mark in figure.panels[0].yMarks {
      #expect(abs(accuracy(mark.value) - (Double(mark.text) ?? .nan)) < 1e-9, "\(mark)")
    }
    for mark in figure.panels[1].yMarks { #expect(mark.isTrue, "\(mark)") }
  }

  /// Of a study with part 4 its table's networks of 32 bits are shown, and each way to choose ranks is a series.
  @Test(arguments: ["accuracy-by-rank", "accuracy-by-parameters", "bytes"]) func manyNetworks(name: String) throws {
    let study = BeyondStudy()
    let rows = try withTemporaryFolder { try StudyResults(reading: study.write(to: $0)) }
    let recipe = try #require(FigureCatalog.recipes().first { $0.name == name })
    let figure = try DrawnFigure(recipe.figure(rows, Self.title))
    if name == "bytes" {
      #expect(figure.panels[0].yMarks.count == 1 + 6 + 6 + 7)
      #expect(figure.titles[1].contains("mean and 95 % interval of 3 seeds"), "sizes differ between seeds")
      for (row, network) in rows.overview.enumerated() {
        let bytes = network.rows.map { Double($0.bytes) }
        let text = figure.panels[0].labels.first { $0.place.contains(", \(row) left offset") }?.text ?? ""
        let half = try #require(Interval(bytes)?.halfWidth)
        let found = text.firstMatch(of: /± ([0-9.]+) (B|kB|MB),/).flatMap { match in
          Double(match.1).map { $0 * (match.2 == "B" ? 1 : match.2 == "kB" ? 1e3 : 1e6) }
        }
        #expect(half > 0 ? abs((found ?? 0) / half - 1) < 0.06 : found == nil, "\(text), \(half)")
      }
      return
    }
    #expect(
      figure.key.map(\.title) == [
        "baseline", "truncated", "fine-tuned", "fine-tuned, ranks exchanged", "dynamic, SVD every epoch",
        "dynamic, SVD every epoch, ranks exchanged", "dynamic, SVD every step", "dynamic, SVD every step, ranks exchanged",
        "matched, ranks exchanged",
      ])
    let series = figure.panels[0].plots.filter { $0.with.hasSuffix("points") && figure.titles(of: $0) != ["baseline"] }
    #expect(series.map { $0.columns[0].count } == [6, 1, 1, 1, 1, 1, 1, 7])
    #expect(series.map(\.with) == ["linespoints"] + Array(repeating: "points", count: 6) + ["linespoints"])
    let places = series.dropFirst().prefix(6).map { $0.columns[0][0] }
    if name == "accuracy-by-rank" { #expect(Set(places).count == 6 && places.allSatisfy { (15...25).contains($0) }) }
  }

  /// With one seed there is nothing of means and intervals.
  @Test(arguments: FigureCatalog.names) func oneSeed(name: String) throws {
    let study = BeyondStudy(seeds: 1)
    let title = StudyTitle(dataset: "mnist", study: "beyond", seeds: [[1]])
    let recipe = try #require(FigureCatalog.recipes().first { $0.name == name })
    let rows = try withTemporaryFolder { try StudyResults(reading: study.write(to: $0)) }
    let figure = try DrawnFigure(recipe.figure(rows, title))
    for plot in figure.panels.flatMap(\.plots) {
      #expect(
        !["yerrorbars", "xerrorbars", "filledcurves"].contains(plot.with) && !plot.style.contains("transparent")
          && !plot.style.hasSuffix("lw 0.4"), "\(plot)")
    }
    #expect(!figure.titles.contains { $0.contains("seed") || $0.contains("mean") }, "\(figure.titles)")
  }

  /// An interval that goes beyond 100 % ends where the axis ends; one that begins below 0 does no harm.
  @Test func anIntervalMayLeaveTheAxis() throws {
    for accuracies in [[98.5, 99.9], [100, 99], [100, 100], [2, 60]] {
      let interval = try #require(Interval(accuracies))
      let scale = AccuracyScale(holding: [interval])
      let positions = scale.positions(interval)
      #expect(
        positions.allSatisfy(\.isFinite) && positions[1] <= positions[0] && positions[0] <= positions[2], "\(accuracies)")
      #expect(scale.lowest < positions[0] && positions[0] < scale.highest && positions[2] <= scale.highest, "\(accuracies)")
      if interval.upper > 100 { #expect(positions[2] == scale.highest) }
      #expect(scale.ticks.marks.contains { $0.text == "100" } == (interval.mean == 100), "the axis ends below")
      if interval.lower > 0 { #expect(positions[1] > scale.lowest) }
    }
  }

  /// A loss that is missing or not positive is a gap, whatever the other seeds have.
  @Test func aSeedWithoutLossIsAGap() throws {
    try withTemporaryFolder { folder in
      let files = try Self.sample.write(to: folder)
      var history = Self.sample.history
      for index in history.indices where history[index].key.seed == 5 {
        if history[index].epoch == 2 { history[index].trainingLoss = 0 }
        if history[index].epoch == 3 { history[index].trainingLoss = nil }
      }
      try HistoryRow.write(history, to: files.history)
      let figure = try DrawnFigure(FigureCatalog.learningCurves(try StudyResults(reading: files), Self.title))
      for plot in figure.panels[1].plots where plot.with == "linespoints" {
        #expect(plot.columns[1].map(\.isNaN) == [true, false, true, true, false])
      }
    }
  }
}

extension DrawnFigure {
  /// Leaves out a series of one network and its bars.
  mutating func removeFirstSeries(with: String, named title: String) {
    guard let points = panels[0].plots.first(where: { $0.with == with && titles(of: $0) == [title] }) else { return }
    panels[0].plots.removeAll { $0.with != "lines" && $0.columns[0] == points.columns[0] }
  }
}
