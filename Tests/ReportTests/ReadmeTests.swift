import Foundation
import Files
import Results
import Testing

@testable import Report

/// The README says what the committed result files say.
@Suite struct ReadmeTests {
  /// The checkout: this file is Tests/ReportTests/ReadmeTests.swift.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let results = ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "paper")

  @Test func table() throws {
    let summary = Report.summary(try StudyFacts(reading: Self.results))
    let readme = try readText("\(Self.root)/README.md")
    #expect(readme.contains(summary[1]), "expected in README.md:\n\(summary[1])")
  }

  /// The committed report is the one that the committed results make.
  @Test func report() throws {
    let text = try Report.text(
      results: Self.results, figures: "\(Self.root)/figures/mnist/paper", path: Self.results.report)
    let committed = try readText(Self.results.report)
    #expect(text == committed)
  }
}
