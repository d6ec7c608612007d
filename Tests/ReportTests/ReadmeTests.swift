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
    let summary = StudyReport.summary(try StudyFacts(reading: Self.results))
    let readme = try readText("\(Self.root)/README.md")
    #expect(readme.contains(summary[1]), "expected in README.md:\n\(summary[1])")
  }

  /// The committed report is the one that the committed results make.
  @Test func report() throws {
    let text = try StudyReport.text(
      results: Self.results, figures: "\(Self.root)/figures/mnist/paper", path: Self.results.report)
    let committed = try readText(Self.results.report)
    #expect(text == committed)
  }

  /// The committed measurements of the SVDs are of every algorithm, and as good as the README says.
  @Test func svdSizes() throws {
    let rows = try SVDSizeRow.read(from: "\(Self.root)/experiments/results/svd/sizes.csv")
    #expect(Set(rows.map(\.algorithm)).count == SVDSizeRow.Algorithm.allCases.count && Set(rows.map(\.size)).count >= 7)
    for row in rows where row.algorithm != .subspaceWarm {
      #expect(row.worstRatio.map { $0 < 50 } == true, "\(row)")
    }
    let readme = try readText("\(Self.root)/README.md")
    func seconds(_ algorithm: SVDSizeRow.Algorithm) -> Double {
      rows.first { $0.algorithm == algorithm && $0.precision == .float && $0.size == 1024 }?.seconds ?? .nan
    }
    for text in [
      String(format: "the largest ratio is %.1f", rows.compactMap(\.worstRatio).greatest ?? .nan),
      String(format: "by LAPACK takes %.2f s", seconds(.lapack)),
      String(format: "takes %.2f s from a cold", seconds(.subspaceCold)),
      String(format: "but %.1f ms from", 1000 * seconds(.subspaceWarm)),
    ] { #expect(readme.contains(text), "expected in README.md: \(text)") }
    for name in ["svd-error-by-size", "svd-time-by-size"] {
      #expect(readme.contains("(figures/svd/\(name).png)") && fileExists("\(Self.root)/figures/svd/\(name).png"))
    }
  }

  /// What the README says of width 16,384 is what the model says.
  @Test func scaling() throws {
    let rows = try ScalingRow.read(from: "\(Self.root)/experiments/results/scaling/scaling.csv")
    let readme = try readText("\(Self.root)/README.md").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    func seconds(_ work: ScalingRow.Work) -> Double {
      rows.first { $0.work == work && $0.width == 16_384 }?.modelSeconds ?? .nan
    }
    // 55,000 images in batches of 128.
    let (steps, width) = (430.0, 16_384.0)
    func minutes(_ work: ScalingRow.Work) -> Double { seconds(work) * steps / 60 }
    let weights = 784 * width + 4 * width * width + 10 * width
    let factors = 20 * (784 + width) + 4 * 20 * 2 * width + 10 * width
    for text in [
      String(
        format: "a dense step takes %.2f s, one with dynamic SVD of rank 20 takes %.2f s", seconds(.dense), seconds(.dynamic)
      ),
      String(format: "factors of rank 20 takes %.0f ms", 1e3 * seconds(.lowRank)),
      String(
        format: "epochs of %.0f minutes, %.0f minutes and %.0f seconds", minutes(.dense), minutes(.dynamic),
        60 * minutes(.lowRank)),
      String(format: "Weights and momentum need %.1f GB there, factors and theirs %.0f MB", 8e-9 * weights, 8e-6 * factors),
    ] { #expect(readme.contains(text), "expected in README.md: \(text)") }
    #expect(readme.contains("(figures/scaling/cost-of-a-step.png)"))
  }
}
