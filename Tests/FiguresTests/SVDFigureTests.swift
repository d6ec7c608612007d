import Files
import Foundation
import Results
import Testing
import TestSupport

@testable import Figures

@Suite struct SVDFigureTests {
  /// Invented measurements, with plausible values; Jacobi stops at half the sizes, as where it takes too long.
  static let rows = SVDSizeRow.Precision.allCases.flatMap { precision in
    [16, 64, 256, 1024].flatMap { size in
      SVDSizeRow.Algorithm.allCases.filter { $0 != .jacobi || size < 256 }.map { algorithm in
        let ratio = algorithm == .subspaceWarm ? nil : 0.5 + Double(size) / 1000
        return SVDSizeRow(
          algorithm: algorithm, precision: precision, size: size, rank: 16, runs: 5,
          seconds: 1e-9 * pow(Double(size), algorithm == .jacobi ? 3.5 : 2.5), residualRatio: ratio, orthogonalityOfU: ratio,
          orthogonalityOfV: ratio, iterations: 3, fullSVDs: algorithm == .subspaceCold && size == 1024 ? 3 : 0)
      }
    }
  }

  static let manifest = SVDSizesManifest(
    seed: 1, sizes: [16], runs: 5, rank: 16, budget: 10, spectrum: "", change: 1e-3, bound: 50,
    environment: Manifest.Environment(
      sourceRevision: "", sourceDigest: "", toolchain: "", blas: "", blasKernel: "Haswell", processor: "AMD\nEPYC 'Rome'",
      operatingSystem: "", threads: 1), started: "", seconds: 1)

  private func draw(
    _ rows: [SVDSizeRow], manifest: SVDSizesManifest? = manifest, in folder: String
  ) throws -> (paths: [String], lines: [String]) {
    let files = SVDSizeFiles(table: "\(folder)/results/sizes.csv")
    try SVDSizeRow.write(rows, to: files.table)
    try manifest?.write(to: files.manifest)
    var lines: [String] = []
    return (try FigureCatalog.draw(svdSizes: files, to: "\(folder)/figures/svd") { lines.append($0) }, lines)
  }

  @Test func bothAreWrittenInEveryFormatAndTheSameEachTime() throws {
    try withTemporaryFolder { folder in
      let (paths, lines) = try draw(Self.rows, in: folder)
      #expect(lines == [])
      #expect(
        paths
          == FigureCatalog.svdNames.flatMap { name in ["svg", "png", "pdf"].map { "\(folder)/figures/svd/\(name).\($0)" } })
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures/svd").count == 6, "no temporary file is left")
      let first = try paths.map { try readFile($0) }
      #expect(first.allSatisfy { $0.count > 4000 && $0.count < 1_000_000 })
      #expect(try draw(Self.rows, in: folder).paths.map { try readFile($0) } == first)
    }
  }

  @Test func whatIsDrawnIsNamed() throws {
    try withTemporaryFolder { folder in
      _ = try draw(Self.rows, in: folder)
      let errors = try readText("\(folder)/figures/svd/svd-error-by-size.svg")
      for text in [
        "Float", "Double", "Jacobi", "LAPACK", "subspace, D = 16, cold", "threshold: 50", "1024", "up to 5 seeds",
      ] { #expect(errors.contains(text), "\(text)") }
      #expect(!errors.contains("warm"), "of a warm start there are no errors")
      // The line is where the manifest has its bound; without one there is no line.
      for (bound, text) in [(20, "threshold: 20"), (nil, nil), (-1, nil), (1e308, nil)] as [(Double?, String?)] {
        var manifest = Self.manifest
        manifest.bound = bound
        _ = try draw(Self.rows, manifest: manifest, in: folder)
        let errors = try readText("\(folder)/figures/svd/svd-error-by-size.svg")
        #expect(errors.contains("threshold") == (text != nil) && errors.contains(text ?? "Jacobi"), "\(bound as Any)")
      }
      let times = try readText("\(folder)/figures/svd/svd-time-by-size.svg")
      for text in ["LAPACK", "subspace, D = 16, warm", " ms", " µs", "+ full SVD", "AMD EPYC", "Rome", "kernels Haswell"] {
        #expect(times.contains(text), "\(text)")
      }
    }
  }

  /// What cannot be drawn on a logarithmic axis, or was not measured, is left out; gnuplot has nothing to complain about.
  @Test func whatIsMissingIsLeftOut() throws {
    try withTemporaryFolder { folder in
      let warm = Self.rows.filter { $0.algorithm == .subspaceWarm && $0.precision == .float && $0.size == 64 }
      let (paths, lines) = try draw(warm, manifest: nil, in: folder)
      #expect(
        paths.map { URL(fileURLWithPath: $0).lastPathComponent } == ["svg", "png", "pdf"].map { "svd-time-by-size.\($0)" })
      #expect(
        lines == [
          "\(folder)/figures/svd/svd-error-by-size: not drawn, \(folder)/results/sizes.csv has no results for it yet"
        ])

      var broken = Self.rows
      for index in broken.indices where broken[index].algorithm == .lapack && broken[index].precision == .double {
        broken[index].orthogonalityOfU = .nan
      }
      let drawn = try draw(broken, in: folder)
      #expect(drawn.lines == [] && drawn.paths.count == 6)
    }
  }

  @Test func aMissingOrBrokenTableIsAnError() throws {
    try withTemporaryFolder { folder in
      let files = SVDSizeFiles(table: "\(folder)/sizes.csv")
      #expect(throws: FileError.self) { try FigureCatalog.draw(svdSizes: files, to: "\(folder)/figures") }
      try SVDSizeRow.write(Self.rows, to: files.table)
      try AtomicFile.write("{}", to: files.manifest)
      #expect(throws: FileError.self) { try FigureCatalog.draw(svdSizes: files, to: "\(folder)/figures") }
      #expect(!fileExists("\(folder)/figures"))
    }
  }

  @Test func algorithmsLookApart() {
    let styles = SVDSizeRow.Algorithm.allCases.map { PlotStyle(of: $0) }
    #expect(Set(styles.map(\.linePoints)).count == styles.count && Set(styles.map(\.points)).count == styles.count)
  }

  @Test func durationsHaveUnits() {
    #expect(
      [1e-6, 1e-5, 0.001, 0.02, 0.1, 1, 100].map(Ticks.duration) == [
        "1 µs", "10 µs", "1 ms", "20 ms", "100 ms", "1 s", "100 s",
      ])
    // As powers come out of arithmetic.
    #expect(
      (-5...1).map { Ticks.duration(pow(10, Double($0))) } == ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"])
  }
}
