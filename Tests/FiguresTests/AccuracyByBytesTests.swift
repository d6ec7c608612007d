import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

/// What `accuracy-by-bytes` plots, against the rows and the table of what others have published.
@Suite struct AccuracyByBytesTests {
  private static let title = StudyTitle(dataset: "mnist", study: "beyond", seeds: [[1, 2, 3, 4, 5]])
  private static let published = [
    PublishedRow(
      who: "someone", network: "small", parameters: 1000, bytes: nil, accuracy: 97.5, spread: nil, source: "a page", note: ""
    ),
    PublishedRow(
      who: "others", network: "large", parameters: 10, bytes: 9_000_000, accuracy: 99.2, spread: 0.1, source: "a page",
      note: ""),
  ]

  private func position(_ accuracy: Double) -> Double { -log10(100 - accuracy) }

  private func draw(
    _ study: BeyondStudy, published: [PublishedRow] = published
  ) throws -> (figure: DrawnFigure, groups: [NetworkGroup<ResultRow>]) {
    let rows = try withTemporaryFolder { try StudyResults(reading: study.write(to: $0)) }
    return (try DrawnFigure(FigureCatalog.accuracyByBytes(rows, Self.title, published)), rows.results.byNetwork())
  }

  @Test func eachBitWidthIsALineWithItsName() throws {
    let (figure, groups) = try draw(BeyondStudy())
    let panel = try #require(figure.panels.first)
    #expect(
      figure.key.map(\.title) == [
        "Pareto front", "baseline", "truncated", "fine-tuned", "fine-tuned, ranks a layer", "dynamic",
        "dynamic, ranks a layer",
        "whitened", "matched, uniform ranks", "matched, bits as at the lines", "published by others, with ±",
        "the paper's claim",
      ])
    let table = groups.filter { ($0.key.method, $0.key.allocation) == (.matched, .exchanged) && $0.key.experiment == .part4 }
    let lines = panel.plots.filter { $0.with == "linespoints" }
    #expect(lines.count == 7 && figure.titles(of: lines[0]) == ["truncated"])
    for (bits, line) in zip([32, 16, 8, 4, 3, 2], lines.dropFirst()) {
      let networks = table.filter { $0.key.bits == bits }.sorted { ($0.key.rank ?? 0) < ($1.key.rank ?? 0) }
      let means = networks.map { group in group.rows.reduce(0) { $0 + $1.testAccuracy } / 5 }
      #expect(nearlyEqual(line.columns[0], networks.map { group in group.rows.reduce(0) { $0 + Double($1.bytes) } / 5 }))
      #expect(nearlyEqual(line.columns[1], means.map(position)), "\(bits) bits")
      let label = panel.labels.first { $0.text == "\(bits)" }
      let colour = try #require(line.style.firstMatch(of: /rgb '([^']*)'/)).1
      #expect(label?.place.hasSuffix("tc rgb '\(colour)'") == true, "\(bits) bits")
    }
    for plot in panel.plots where plot.with == "points" { #expect(figure.titles(of: plot).count == 1, "\(plot.style)") }
    // Bars over the intervals, in the colour of their points; of others one more; none of the claim and the front.
    let bars = panel.plots.filter { $0.with == "yerrorbars" }
    #expect(bars.count - 1 == panel.plots.count - bars.count - 3)
    #expect(panel.settings["logscale"] == "x" && panel.xName == "size of the file (bytes, log scale)")
    for mark in panel.xMarks { #expect(mark.isTrue, "\(mark)") }
    #expect(figure.titles[1].hasSuffix("mean and 95 % interval of 5 seeds; networks below 80 % are not shown"))
    #expect(try panel.y.lowerBound == position(80))
  }

  /// Truncated networks of part 4 are shown where part 1 has none of their rank; other allocations and other numbers of images not.
  @Test func networksAreShownOnce() throws {
    let (figure, groups) = try draw(BeyondStudy())
    let truncated = try #require(figure.panels[0].plots.first { $0.with == "linespoints" })
    let part1 = groups.filter { $0.key.experiment == .part1 }.map { $0.mean(\.bytes) }
    let part4 = groups.filter {
      ($0.key.experiment, $0.key.method) == (.part4, .truncated) && [15, 30].contains($0.key.rank)
    }
    #expect(part4.count == 2 && truncated.columns[0] == (part1 + part4.map { $0.mean(\.bytes) }).sorted())
    let uniform = try #require(figure.panels[0].plots.first { figure.titles(of: $0) == ["matched, uniform ranks"] })
    #expect(uniform.columns[0].count == 5)
    let finetuned = figure.panels[0].plots.filter {
      ["fine-tuned", "fine-tuned, ranks a layer"].contains(figure.titles(of: $0).first)
    }
    #expect(finetuned.count == 2)
  }

  /// The front is of all networks that are drawn, and of nothing else: not of better ones that other figures show.
  @Test(arguments: [Allocation.exchanged, .output]) func theFrontAndTheClaim(allocation: Allocation) throws {
    var study = BeyondStudy()
    (study.allocation, study.ways) = (allocation, [.energy, .output, .gradient, .exchanged, .sensitivity])
    if allocation == .output { study.bits = [32] }
    let (figure, groups) = try draw(study)
    let panel = figure.panels[0]
    let front = try #require(panel.plots.first { figure.titles(of: $0) == ["Pareto front"] })
    let drawn = panel.plots.filter { plot in
      let title = figure.titles(of: plot).first ?? ""
      return plot.with.hasSuffix("points") && !title.hasPrefix("published") && title != "the paper's claim"
    }
    let points = drawn.flatMap { plot in zip(plot.columns[0], plot.columns[1]).map { (size: $0, position: $1) } }
    if allocation == .output {
      let best = groups.filter { $0.key.allocation == .exchanged && $0.key.experiment == .part4 }.map { group in
        (size: group.mean(\.bytes), position: position(group.rows.reduce(0) { $0 + $1.testAccuracy } / 5))
      }
      let isBetter = best.contains { other in
        points.allSatisfy { $0.size > other.size || $0.position < other.position }
      }
      #expect(isBetter, "of all networks the front would be another one")
    }
    for (size, height) in zip(front.columns[0], front.columns[1]) {
      #expect(points.contains { nearlyEqual([$0.size, $0.position], [size, height]) })
    }
    for point in points {
      let beaten = zip(front.columns[0], front.columns[1]).contains {
        $0 <= point.size + 1e-6 && $1 >= point.position - 1e-12
      }
      #expect(beaten, "\(point)")
    }
    #expect(zip(front.columns[0], front.columns[0].dropFirst()).allSatisfy(<))
    #expect(zip(front.columns[1], front.columns[1].dropFirst()).allSatisfy(<))
    let claim = try #require(panel.plots.first { figure.titles(of: $0) == ["the paper's claim"] })
    let baseline = try #require(groups.first { $0.key.method == .dense })
    #expect(nearlyEqual(claim.columns.flatMap { $0 }, [0.02 * Double(baseline.rows[0].bytes), position(97)]))
    // The claim is about digits; a name is no markup.
    let rows = try withTemporaryFolder { try StudyResults(reading: BeyondStudy().write(to: $0)) }
    let own = try DrawnFigure(FigureCatalog.accuracyByBytes(rows, StudyTitle(dataset: "my_data", study: "own"), []))
    #expect(!own.key.map(\.title).contains("the paper's claim") && own.key.map(\.title).contains("baseline"))
    #expect(own.titles[1].hasPrefix(titleText("my_data") + ", study own"))
  }

  @Test func whatOthersHavePublished() throws {
    let (figure, _) = try draw(BeyondStudy())
    let others = try #require(figure.panels[0].plots.first { figure.titles(of: $0) == ["published by others, with ±"] })
    #expect(others.columns[0] == [4000, 9_000_000] && nearlyEqual(others.columns[1], [position(97.5), position(99.2)]))
    // A bar where the source has ±, from one end to the other.
    let bars = figure.panels[0].plots.filter { $0.with == "yerrorbars" && $0.style.contains(Palette.quiet) }
    #expect(bars.count == 1 && bars[0].columns[0] == [9_000_000])
    #expect(nearlyEqual(bars[0].columns.dropFirst().map { $0[0] }, [99.2, 99.1, 99.3].map(position)))
    #expect(Self.published.allSatisfy { row in figure.panels[0].labels.contains { $0.text == row.who } })
    let (without, _) = try draw(BeyondStudy(), published: [])
    #expect(!without.key.contains { $0.title.hasPrefix("published by others") })
    let (plain, _) = try draw(BeyondStudy(), published: [Self.published[0]])
    #expect(plain.key.contains { $0.title == "published by others" })
  }

  @Test(arguments: [[5.0, 3, 4, 2], [5, 5, 1], [1, 1, 2], [3]])
  func paretoFront(sizes: [Double]) {
    let points = sizes.enumerated().map { (size: $1, accuracy: Double($0 % 3)) }
    let front = ParetoFront.of(points)
    for (index, point) in points.enumerated() {
      // A point is left out exactly if another one is as small and as accurate, and better in one of both, or equal and earlier.
      let isBeaten = points.enumerated().contains { other in
        let (size, accuracy) = other.element
        return size <= point.size && accuracy >= point.accuracy
          && (size < point.size || accuracy > point.accuracy || other.offset < index)
      }
      #expect(front.contains(index) == !isBeaten, "\(sizes), \(index)")
    }
  }

  /// The table is found beside the folder of results, and read if it is there: not for the built-in digits.
  @Test func theTableOfOthersIsOptional() throws {
    for (root, path) in [
      ("experiments/results", "experiments/published.csv"), ("a/b/", "a/published.csv"), ("r", "published.csv"),
    ] {
      #expect(ResultFiles(root: root, dataset: "mnist", study: "paper").published == path)
      #expect(ResultFiles(root: root, dataset: "digits", study: "paper").published == nil)
    }
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: "\(folder)/results")
      let draw = { try FigureCatalog.draw(results: files, to: "\(folder)/figures") }
      #expect(try !draw().isEmpty)
      try PublishedRow.write(Self.published, to: "\(folder)/published.csv")
      #expect(try PublishedRow.read(from: "\(folder)/published.csv") == Self.published)
      #expect(try !draw().isEmpty)
      #expect(try readText("\(folder)/figures/accuracy-by-bytes.svg").contains(">someone<"))
      let header = PublishedRow.columns.joined(separator: ",") + "\n"
      for (row, error) in [
        ("me,n,,,97,,page,", ":2: found neither parameters nor bytes, expected one of them"),
        ("me,n,ten,,97,,page,", ":2: parameters: found 'ten', expected a whole number from 1 to"),
        ("me,n,10,,197,,page,", ":2: accuracy: found '197', expected a number from 0.0 to 100.0"),
        ("me,n,10,,97,,,", ":2: source: found nothing, expected a text"), (",n,10,,97,,page,", ":2: who: found nothing"),
        ("me,n,10", ":2: found 3 fields, expected 8"),
      ] {
        try AtomicFile.write(header + row + "\n", to: "\(folder)/published.csv")
        let found = #expect(throws: FileError.self) { try draw() }
        #expect(
          "\(found.map { "\($0)" } ?? "")".hasPrefix("\(folder)/published.csv\(error)"), "\(found.map { "\($0)" } ?? "")")
      }
    }
  }

  static let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../experiments/published.csv"

  /// The table in the repository can be read, and says where it has no bytes.
  @Test func theTableInTheRepository() throws {
    let rows = try PublishedRow.read(from: Self.table)
    #expect(rows.count > 5 && rows.allSatisfy { $0.bytes != nil || $0.note.contains("bytes = 4 × parameters") })
  }
}
