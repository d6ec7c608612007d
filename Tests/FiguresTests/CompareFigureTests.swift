import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct CompareFigureTests {
  /// An invented comparison: faster, as fast, and slower.
  static let rows = [
    CompareRow(work: .denseEpoch, peer: .pytorch, ours: 9.04, theirs: 21.7, ratio: 2.4, unit: "seconds per epoch", runs: 5),
    CompareRow(
      work: .dynamicEveryStep, peer: .pytorch, ours: 8, theirs: 1200, ratio: 150, unit: "seconds per epoch", runs: 5),
    CompareRow(
      work: .dynamicEveryStep, peer: .pytorchRandomised, ours: 8, theirs: 8, ratio: 1, unit: "seconds per epoch", runs: 5),
    CompareRow(work: .fullSVDFiveLayers, peer: .numpy, ours: 1.5, theirs: 0.6, ratio: 0.4, unit: "seconds", runs: 5),
    CompareRow(
      work: .truncatedSVDRank20, peer: .pytorchEqualError, ours: 0.004, theirs: 0.016, ratio: 4, unit: "seconds", runs: 11),
  ]

  private func draw(
    _ rows: [CompareRow], manifest: CompareManifest? = nil, in folder: String
  ) throws -> (paths: [String], lines: [String]) {
    try CompareRow.write(rows, to: "\(folder)/compare.csv")
    try manifest?.write(to: "\(folder)/compare.json")
    var lines: [String] = []
    return (try FigureCatalog.draw(compare: "\(folder)/compare.csv", to: "\(folder)/figures") { lines.append($0) }, lines)
  }

  @Test func barsAreNamedAndTheSameEachTime() throws {
    try withTemporaryFolder { folder in
      let environment = Manifest.Environment(
        sourceRevision: "", sourceDigest: "", toolchain: "", blas: "", blasKernel: "Haswell", processor: "AMD\nEPYC 'Rome'",
        operatingSystem: "", threads: 2)
      let manifest = CompareManifest(ours: environment, peers: .init(torch: "2.13.0+cpu", numpy: "2.4.6"))
      let (paths, lines) = try draw(Self.rows, manifest: manifest, in: folder)
      #expect(lines == [])
      #expect(paths == ["svg", "png", "pdf"].map { "\(folder)/figures/ratios.\($0)" })
      let text = try readText(paths[0])
      for word in [
        "2.40 × 9.04 s = 21.7 s", "150 × 8.00 s = 1200 s", "0.400 × 1.50 s = 600 ms", "4.00 × 4.00 ms = 16.0 ms",
        "dense training: PyTorch", "full SVD of W1 … W5: NumPy", "dynamic, SVD every step: svd_lowrank", "at equal error",
        "medians of 5 to 11 runs", "AMD EPYC", "2 threads", "PyTorch 2.13.0+cpu",
      ] { #expect(text.contains(word), "\(word)") }
      let first = try paths.map { try readFile($0) }
      #expect(first.allSatisfy { $0.count > 4000 && $0.count < 1_000_000 })
      #expect(try draw(Self.rows, manifest: manifest, in: folder).paths.map { try readFile($0) } == first)
    }
  }

  @Test func gnuplotHasNothingToComplainAbout() throws {
    for rows: [CompareRow] in [Self.rows, Array(Self.rows.prefix(1)), Array(Self.rows[3...3]), Array(Self.rows[2...2])] {
      try withTemporaryFolder { folder in
        let (paths, lines) = try draw(rows, in: folder)
        #expect(paths.count == 3 && lines == [], "\(rows)")
      }
    }
  }

  @Test func withoutRowsThereIsNoFigure() throws {
    try withTemporaryFolder { folder in
      let (paths, lines) = try draw([], in: folder)
      #expect(paths == [])
      #expect(lines == ["\(folder)/figures/ratios: not drawn, \(folder)/compare.csv has no results for it yet"])
    }
  }

  @Test func aMissingOrBrokenTableIsAnError() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError.self) { try FigureCatalog.draw(compare: "\(folder)/compare.csv", to: "\(folder)/figures") }
      try AtomicFile.write("work,peer\n", to: "\(folder)/compare.csv")
      #expect(throws: FileError.self) { try FigureCatalog.draw(compare: "\(folder)/compare.csv", to: "\(folder)/figures") }
      #expect(!fileExists("\(folder)/figures"))
    }
  }

  @Test func peersLookApart() {
    let styles = CompareRow.Peer.allCases.map { PlotStyle(of: $0) }
    #expect(Set(styles.map(\.fill)).count == styles.count)
  }
}
