import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct CompareFigureTests {
  /// Times with quartiles 10 % apart.
  static func row(
    _ work: CompareRow.Work, _ peer: CompareRow.Peer, ours: Double, theirs: Double, runs: Int = 5,
    processor: String = "AMD EPYC", spread: Double = 0.1
  ) -> CompareRow {
    func times(_ median: Double) -> CompareRow.Times {
      .init(median: median, lowerQuartile: median * (1 - spread / 2), upperQuartile: median * (1 + spread / 2))
    }
    return CompareRow(
      processor: processor, work: work, peer: peer, ours: times(ours), theirs: times(theirs), ratio: theirs / ours,
      unit: "seconds", runs: runs)
  }

  /// An invented comparison: faster, as fast, and slower.
  static let rows = [
    row(.denseEpoch, .pytorch, ours: 9.04, theirs: 21.7),
    row(.dynamicEveryStep, .pytorch, ours: 8, theirs: 1200),
    row(.dynamicEveryStep, .pytorchRandomised, ours: 8, theirs: 8),
    row(.fullSVDFiveLayers, .numpy, ours: 1.5, theirs: 0.6, spread: 0.2),
    row(.truncatedSVDTrack, .pytorchEqualError, ours: 0.004, theirs: 0.016, runs: 11),
  ]

  private static func environment(_ processor: String) -> Manifest.Environment {
    Manifest.Environment(
      sourceRevision: "", sourceDigest: "", toolchain: "", blas: "", blasKernel: "Haswell", processor: processor,
      operatingSystem: "", threads: 2)
  }

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
      let manifest = CompareManifest(machines: [
        .init(ours: Self.environment("AMD EPYC"), peers: .init(torch: "2.13.0+cpu", numpy: "2.4.6"))
      ])
      let (paths, lines) = try draw(Self.rows, manifest: manifest, in: folder)
      #expect(lines == [])
      #expect(paths == ["svg", "png", "pdf"].map { "\(folder)/figures/ratios.\($0)" })
      let text = try readText(paths[0])
      for word in [
        "2.40 × 9.04 s = 21.7 s", "150 × 8.00 s = 1200 s", "0.400 × 1.50 s = 600 ms (noisy)", "4.00 × 4.00 ms = 16.0 ms",
        "dense training: PyTorch", "full SVD of W1 … W5: NumPy", "dynamic, SVD every step: svd_lowrank", "at equal error",
        "medians of 5 to 11 runs", "AMD EPYC", "2 threads", "PyTorch 2.13.0+cpu",
      ] { #expect(text.contains(word), "\(word)") }
      #expect(text.matches(of: /\(noisy\)/).count == 1)
      let first = try paths.map { try readFile($0) }
      #expect(first.allSatisfy { $0.count > 4000 && $0.count < 1_000_000 })
      #expect(try draw(Self.rows, manifest: manifest, in: folder).paths.map { try readFile($0) } == first)
    }
  }

  /// The bars of each processor are below its name, with its own numbers; machines are in the subtitle.
  @Test func processorsAreNamedAboveTheirBars() throws {
    let other = "Intel\nXeon"
    let rows = [
      Self.row(.denseEpoch, .pytorch, ours: 9, theirs: 18), Self.row(.fullSVDFiveLayers, .numpy, ours: 2, theirs: 6),
      Self.row(.denseEpoch, .pytorch, ours: 10, theirs: 5, processor: other),
      Self.row(.fullSVDFiveLayers, .numpy, ours: 1, theirs: 4, processor: other),
    ]
    try withTemporaryFolder { folder in
      let manifest = CompareManifest(
        machines: ["AMD EPYC", other, "of no row"].map {
          .init(ours: Self.environment($0), peers: .init(torch: "2.13.0+cpu", numpy: "2.4.6"))
        })
      let (paths, lines) = try draw(rows, manifest: manifest, in: folder)
      #expect(lines == [])
      let text = try readText(paths[0])
      let expected = [
        "on AMD EPYC:", "dense training: PyTorch", "full SVD of W1 … W5: NumPy", "on Intel Xeon:", "dense training: PyTorch",
        "full SVD of W1 … W5: NumPy",
      ]
      let found = SVGText.all(in: text).sorted { $0.top < $1.top }.map(\.text)
      let names = found.filter { Set(expected).contains($0) }
      #expect(names == expected, "\(names)")
      let values = found.filter { $0.contains(" × ") && $0.contains(" = ") }
      #expect(
        values == ["2.00 × 9.00 s = 18.0 s", "3.00 × 2.00 s = 6.00 s", "0.500 × 10.0 s = 5.00 s", "4.00 × 1.00 s = 4.00 s"],
        "\(values)")
      let subtitle = "AMD EPYC, 2 threads; Intel Xeon, 2 threads; PyTorch 2.13.0+cpu, NumPy 2.4.6"
      #expect(found.contains { $0.hasSuffix(subtitle) }, "\(found)")
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
