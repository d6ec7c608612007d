import Files
import Foundation
import Results
import Testing

@testable import Report

/// README.md and the pages of docs/ say what the committed result files say, and lead to files that exist.
@Suite struct ReadmeTests {
  /// The checkout: this file is Tests/ReportTests/ReadmeTests.swift.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let results = ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "paper")

  /// Expects each of `texts` in a page, wherever lines break.
  private func expect(_ page: String, says texts: [String]) throws {
    func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    let all = words(try readText("\(Self.root)/\(page)"))
    for text in texts {
      let isThere = all.contains(words(text))  // outside of #expect, which would print the whole page
      #expect(isThere, "expected in \(page):\n\(text)")
    }
  }

  @Test func table() throws {
    try expect("README.md", says: [StudyReport.summary(try StudyFacts(reading: Self.results))[1]])
  }

  /// The committed report is the one that the committed results make.
  @Test func report() throws {
    let text = try StudyReport.text(
      results: Self.results, figures: "\(Self.root)/figures/mnist/paper", path: Self.results.report)
    let lines = [text, try readText(Self.results.report)].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    let isSame = lines[0] == lines[1]
    #expect(isSame, "\(zip(lines[0], lines[1]).first { $0 != $1 }.map { "found \($1), expected \($0)" } ?? "more lines")")
  }

  @Test func study() throws {
    let data = try Manifest.read(from: Self.results.manifest).dataset
    let (training, validation) = (data.trainingImages, data.validationImages)
    let parameters = try StudyFacts(reading: Self.results).baseline?.rows.first?.parameters ?? 0
    let numbers: KeyValuePairs = [
      "The # training images": training + validation, "the first # train": training, "the last # are": validation,
      "The # test images": data.testImages, "has # parameters": parameters,
    ]
    try expect("docs/study.md", says: numbers.map { $0.key.replacing("#", with: Markdown.count($0.value)) })
  }

  /// The committed measurements of the SVDs are of every algorithm, and as good as the pages say.
  @Test func svdSizes() throws {
    let rows = try SVDSizeRow.read(from: "\(Self.root)/experiments/results/svd/sizes.csv")
    #expect(Set(rows.map(\.algorithm)).count == SVDSizeRow.Algorithm.allCases.count && Set(rows.map(\.size)).count >= 7)
    let bound = try #require(try SVDSizesManifest.read(from: "\(Self.root)/experiments/results/svd/sizes.json").bound)
    for row in rows where row.algorithm != .subspaceWarm { #expect(row.worstRatio.map { $0 < bound } == true, "\(row)") }
    func seconds(_ algorithm: SVDSizeRow.Algorithm) -> Double {
      rows.first { $0.algorithm == algorithm && $0.precision == .float && $0.size == 1024 }?.seconds ?? .nan
    }
    let largest = rows.compactMap(\.worstRatio).greatest ?? .nan
    try expect("docs/numerics.md", says: [String(format: "the largest ratio is %.1f", largest)])
    try expect(
      "docs/speed.md",
      says: [
        String(format: "by LAPACK takes %.2f s", seconds(.lapack)),
        String(format: "takes %.2f s from a cold", seconds(.subspaceCold)),
        String(format: "it takes %.1f ms", 1000 * seconds(.subspaceWarm)),
      ])
  }

  /// What the page says of width 16,384 is what the model says; rates in the benchmarks' README are the model's.
  @Test func scaling() throws {
    let folder = "\(Self.root)/experiments/results/scaling"
    let rows = try ScalingRow.read(from: "\(folder)/scaling.csv").filter { $0.width == 16_384 }
    func seconds(_ work: ScalingRow.Work) -> Double { rows.first { $0.work == work }?.modelSeconds ?? .nan }
    // 55,000 images in batches of 128.
    let (steps, width) = (430.0, 16_384.0)
    func minutes(_ work: ScalingRow.Work) -> Double { seconds(work) * steps / 60 }
    let weights = 784 * width + 4 * width * width + 10 * width
    let factors = 20 * (784 + width) + 4 * 20 * 2 * width + 10 * width
    try expect(
      "docs/speed.md",
      says: [
        String(format: "a dense step takes %.2f s, one with dynamic SVD of rank 20 ", seconds(.dense))
          + String(format: "takes %.2f s, and one with factors of rank 20 ", seconds(.dynamic))
          + String(format: "takes %.0f ms", 1e3 * seconds(.lowRank)),
        String(
          format: "epochs of %.0f minutes, %.0f minutes and %.0f seconds", minutes(.dense), minutes(.dynamic),
          60 * minutes(.lowRank)),
        String(format: "need %.1f GB for the dense network and %.0f MB for the factors", 8e-9 * weights, 8e-6 * factors),
      ])
    let manifest = try ScalingManifest.read(from: "\(folder)/scaling.json")
    let bandwidth = manifest.models.first { $0.work == "dense" }?.bytesPerSecond ?? .nan
    try expect(
      "Benchmarks/README.md",
      says: [String(format: "%.0f GFLOP/s", manifest.sgemm / 1e9), String(format: "%.0f GB/s", bandwidth / 1e9)])
  }

  /// What of `compare.json` the peers' README tells.
  private struct Comparison: Decodable {
    struct Row: Decodable { let peer: String, relative_error: [String: Double]? }
    struct Parity: Decodable { let difference: [String: Double] }
    let rows: [Row], parity: [String: Parity]
  }

  @Test func comparison() throws {
    let table = "\(Self.root)/experiments/results/compare"
    try expect(
      "docs/speed.md",
      says: try CompareRow.read(from: "\(table).csv").map { row in
        "| `\(row.work.rawValue)` | `\(row.peer.rawValue)` | "
          + String(format: "%.3g s | %.3g s | %.3g |", row.ours, row.theirs, row.ratio)
      })
    let json = try JSONDecoder().decode(Comparison.self, from: Data(try readFile("\(table).json")))
    let errors = json.rows.first { $0.peer == "pytorch" && $0.relative_error != nil }?.relative_error ?? [:]
    try expect(
      "experiments/peers/README.md",
      says: [
        String(format: "have an error of %.1f %%, ours is below 10⁻⁷", 100 * (errors["theirs"] ?? .nan)),
        String(format: "by up to %.1f %%", 100 * (json.parity["float32"]?.difference["largest_relative"] ?? .nan)),
      ])
    #expect(errors["ours"].map { $0 < 1e-7 } == true)
  }

  /// docs/files.md names the columns of each table, in their order.
  @Test func columns() throws {
    // The first seven are the network's.
    let tables = [ResultRow.columns, HistoryRow.columns, SpectrumRow.columns, CostRow.columns].map { $0.dropFirst(7) }
    let others = [SVDSizeRow.columns, ScalingRow.columns, CompareRow.columns].map { $0[...] }
    try expect("docs/files.md", says: (tables + others).map { $0.map { "`\($0)`" }.joined(separator: ", ") })
  }

  @Test func length() throws {
    #expect(try readText("\(Self.root)/README.md").split(whereSeparator: \.isWhitespace).count <= 1100)
  }

  /// Every relative link of every page leads to a file, and to a heading in it if it names one.
  @Test func links() throws {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: Self.root), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    // Reports of studies that are not committed may have lost their figures.
    let pages = (files?.compactMap { $0 as? URL } ?? []).filter {
      $0.pathExtension == "md" && (!$0.path.contains("/experiments/results/") || $0.path == Self.results.report)
    }
    #expect(pages.count > 12)
    for page in pages {
      for link in try readText(page.path).matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) }) where !link.contains("://") {
        let target = URL(string: link, relativeTo: page)
        #expect(target.map { fileExists($0.path) } == true, "\(page.path): \(link)")
        guard let target, let heading = target.fragment else { continue }
        #expect(try headings(of: target.path).contains(heading), "\(page.path): \(link)")
      }
    }
  }

  /// The headings of a page as links name them.
  private func headings(of path: String) throws -> [String] {
    try readText(path).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
      line.drop { $0 == "#" || $0 == " " }.lowercased().filter { $0.isLetter || " -".contains($0) }.replacing(" ", with: "-")
    }
  }
}
