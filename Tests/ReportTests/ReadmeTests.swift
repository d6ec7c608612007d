import Files
import Foundation
import Results
import Testing

@testable import Report

/// README.md and the pages of docs/ say what the committed result files say, and lead to files that exist.
@Suite struct ReadmeTests {
  static let root = PageClaim.root
  static let results = PageClaim.results

  /// A page on one line, wherever its lines break.
  private func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  private func page(_ name: String) throws -> String { words(try readText("\(Self.root)/\(name)")) }

  /// Every claim is on its page. What is printed can be copied there.
  @Test func claims() throws {
    for claim in try PageClaim.all() {
      let isThere = try page(claim.page).contains(words(claim.text))  // outside of #expect, which would print the whole page
      #expect(isThere, "expected in \(claim.page):\n\(claim.text)")
    }
  }

  /// Numbers on the pages that are no measurements: versions, definitions, limits, hyper-parameters.
  static let definitions = [
    "README.md": ["Swift 6.3", "Apache-2.0", "95 % confidence", "--size 60%"],
    "experiments/README.md": ["95 % intervals"],
    "docs/files.md": ["that differs by 0.1 %", "σᵢ = 0.4 e^(−i/8) + 0.6 (1 − i/n)^1.2"],
    "docs/study.md": [
      "(pixel / 255 − 0.1307) / 0.3081", "is above 98 %", "reaches about 97 %", "takes about 2 % of the memory",
      "95 % confidence interval", "95 % interval. A ratio", "d ± 1.96", "as many parameters, within 1 %", "ε = 10⁻³",
      "δ = 0.1",
    ],
    "docs/models.md": ["| 90 %, 99 % |", "`--energy 0.95`", "`--size 60%`, `--size 12MB`"],
    "docs/numerics.md": [
      "from 1 to 10⁻¹²", "shorter than 0.7 of its length", "below 2·10⁻⁵ of the rest", "of that is below 10⁻⁵",
      "is within 10⁻⁵ of",
      "tests require 10⁻⁴", "more than 0.6 min(m, n) rows",
    ],
    "docs/own-network.md": ["`--energy 0.99`"],
    "docs/speed.md": ["more than 15 % of the median"],
    "Benchmarks/README.md": ["40 times, or as often as five seconds allow", "has a share of 100 %", "a share above 100 %"],
    "experiments/peers/README.md": [
      "8 Σ j^−0.7 uⱼ vⱼᵀ", "error is at most 10⁻⁴", "Python 3.11", "PYTHON=python3.12", "more than 15 % of the median",
    ],
  ]

  /// A number with a decimal point, a unit or a power of ten, and a number of minutes or seconds in words.
  private static let number =
    #"\d[\d.,]*\s?(?:%|×(?!\s?\d)|(?:s|ms|µs|minutes?|seconds?|hours?|times|[kKMG]B(?:/s)?|[MG]FLOP(?:/s)?)\b)|\d\.\d|10[⁻⁰¹²³⁴-⁹]+"#
    + #"|\b(?:a|one|two|three|four|five|six|seven|eight|nine|ten|few|some|several) (?:minutes?|seconds|milliseconds|hours?)\b"#

  /// Every measured number is part of a claim, so it comes from a committed file.
  @Test func everyMeasuredNumberIsOfAFile() throws {
    let docs = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/docs").filter { $0.hasSuffix(".md") }
    #expect(docs.count >= 5)
    let others = ["README.md", "Benchmarks/README.md", "experiments/README.md", "experiments/peers/README.md"]
    let claims = Dictionary(grouping: try PageClaim.all(), by: \.page)
    for name in docs.map({ "docs/\($0)" }) + others {
      var text = try page(name)
      // What its commands print: `make interop` runs them, and compares.
      if name == "docs/own-network.md" { text = text.replacing(/```.*?```/, with: "…") }
      for definition in Self.definitions[name] ?? [] {
        let isThere = text.contains(definition)
        #expect(isThere, "no longer in \(name): \(definition)")
        text = text.replacing(definition, with: "…")
      }
      for claim in claims[name] ?? [] { text = text.replacing(words(claim.text), with: "…") }
      let unsupported = Self.numbers(in: text)
      #expect(unsupported == [], "\(name): found numbers that no claim (PageClaims.swift) takes from a file")
    }
  }

  /// The numbers in a text that someone measured, each with the words before it.
  private static func numbers(in text: String) -> [String] {
    guard let pattern = try? Regex(number) else { return ["no pattern"] }
    return text.matches(of: pattern).map { match in
      let start = text.index(match.range.lowerBound, offsetBy: -30, limitedBy: text.startIndex) ?? text.startIndex
      return String(text[start..<match.range.upperBound])
    }
  }

  @Test func whatCountsAsANumber() {
    let measured = [
      "12 s", "2.1 ms", "8.7 GB", "97 GB/s", "4 %", "4%", "3.5", "1,5 s", "59 times", "7 ×", "10⁻⁷", "two minutes",
      "6 minutes",
    ]
    for text in measured { #expect(Self.numbers(in: "about \(text) each").count >= 1, "\(text)") }
    for text in [
      "1024 ×5 – 10", "W1 … W5", "D = 20", "55,000 images", "two threads", "a second Ctrl-C", "128 steps", "2 stages",
    ] {
      #expect(Self.numbers(in: "about \(text) each") == [], "\(text)")
    }
  }

  /// The committed report is the one that the committed results make.
  @Test func report() throws {
    let blocks = try StudyReport.blocks(
      results: PageClaim.results, figures: "\(Self.root)/figures/mnist/paper", path: PageClaim.results.report)
    let text = StudyReport.text(of: blocks)
    let lines = [text, try readText(PageClaim.results.report)].map {
      $0.split(separator: "\n", omittingEmptySubsequences: false)
    }
    let isSame = lines[0] == lines[1]
    #expect(isSame, "\(zip(lines[0], lines[1]).first { $0 != $1 }.map { "found \($1), expected \($0)" } ?? "more lines")")
    for table in blocks.compactMap(\.table) {
      let found = try readText("\(Self.root)/figures/mnist/paper/tables/\(table.name.rawValue).tex")
      let isTable = found == LaTeX.file(table, label: "mnist-paper-\(table.name.rawValue)")
      #expect(isTable, "\(table.name.rawValue).tex")
    }
  }

  /// The committed measurements of the SVDs are of every algorithm, and as good as the pages say.
  @Test func svdSizes() throws {
    let rows = try SVDSizeRow.read(from: "\(Self.root)/experiments/results/svd/sizes.csv")
    #expect(Set(rows.map(\.algorithm)).count == SVDSizeRow.Algorithm.allCases.count && Set(rows.map(\.size)).count >= 7)
    let bound = try #require(try SVDSizesManifest.read(from: "\(Self.root)/experiments/results/svd/sizes.json").bound)
    for row in rows where row.algorithm != .subspaceWarm { #expect(row.worstRatio.map { $0 < bound } == true, "\(row)") }
  }

  /// Our truncated SVDs are as near to the best as the peers' page says, and both sides' trainings agree within their limits.
  @Test func comparison() throws {
    struct Record: Decodable {
      struct Row: Decodable { let relative_error: [String: Double]? }
      struct Parity: Decodable { let difference, limits: [String: Double] }
      struct Machine: Decodable { let rows: [Row], parity: [Parity] }
      let machines: [Machine]
    }
    let data = Data(try readFile("\(Self.root)/experiments/results/compare.json"))
    for machine in try JSONDecoder().decode(Record.self, from: data).machines {
      for parity in machine.parity {
        let isWithin = parity.limits.allSatisfy { (parity.difference[$0.key] ?? .infinity) <= $0.value }
        #expect(isWithin, "\(parity)")
      }
      let errors = machine.rows.compactMap { $0.relative_error?["ours"] }
      #expect(errors.count >= 4 && errors.allSatisfy { $0 < 1e-4 }, "\(errors)")
    }
  }

  /// docs/files.md names the columns of each table, in their order.
  @Test func columns() throws {
    // The first seven are the network's.
    let tables = [
      ResultRow.columns, HistoryRow.columns, SpectrumRow.columns, CostRow.columns, SensitivityRow.columns,
      ComparisonRow.columns,
    ].map { Array($0.dropFirst(7)) }
    let others: [[String]] = [SVDSizeRow.columns, ScalingRow.columns, CompareRow.columns]
    let page = try page("docs/files.md")
    for columns in (tables + others).map({ $0.map { "`\($0)`" }.joined(separator: ", ") }) {
      let isThere = page.contains(columns)
      #expect(isThere, "expected in docs/files.md:\n\(columns)")
    }
  }

  @Test func length() throws {
    #expect(try readText("\(Self.root)/README.md").split(whereSeparator: \.isWhitespace).count <= 1200)
  }

  /// Every relative link of every page leads to a file, and to a heading in it if it names one.
  @Test func links() throws {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: Self.root), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    // Reports of studies that are not committed may have lost their figures.
    let pages = (files?.compactMap { $0 as? URL } ?? []).filter {
      $0.pathExtension == "md" && (!$0.path.contains("/experiments/results/") || $0.path == PageClaim.results.report)
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
