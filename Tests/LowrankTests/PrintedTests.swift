import Files
import Foundation
import LinearAlgebra
import Results
import Testing
import TestSupport

@testable import Compression
@testable import Study
@testable import lowrank

/// What commands print, against what it is printed of.
@Suite struct PrintedTests {
  /// σ = 4, 3, 2, 1, 1, …: the energy to rank D is known.
  private func measured(_ count: Int, rank: Int, by algorithm: SVDAlgorithm = .lapack) throws -> MeasuredSVD<Float> {
    var stream = RandomStream(seed: 1, name: "printed")
    let values = (0..<count).map { max(1, 4 - Double($0)) }
    let matrix = Matrix<Double>.prescribing(values, rows: count + 7, columns: count, from: &stream)
    return try MeasuredSVD(of: matrix.map { Float($0) }, by: algorithm, rank: rank, workers: Workers(count: 2))
  }

  private func lines(_ measured: MeasuredSVD<Float>, _ count: Int, algorithm: SVDAlgorithm = .lapack) -> [String] {
    SVDText(measured, rows: count + 7, columns: count, type: .bfloat16, place: "a file", algorithm: algorithm).lines
  }

  @Test func svd() throws {
    // Σσ² = 16 + 9 + 4 + 9 = 38.
    let (whole, count) = (try measured(12, rank: 12), 12)
    let lines = lines(whole, count)
    #expect(lines.prefix(2) == ["a file: 19 × 12, BF16", "algorithm: lapack, in F32, rank 12 of 12"])
    #expect(lines.contains("  4  3  2  1  1  1  1  1  1  1  …"), "\(lines)")
    #expect(
      lines.contains("  D = 10              94.7368 %") && lines.contains("  D = 12 (full)      100.0000 %"), "\(lines)")
    func ratio(_ text: String) -> String? {
      lines.first { $0.hasPrefix("  " + text) }?.split(separator: " ").last.map(String.init)
    }
    let errors = whole.errors
    #expect(errors.orthogonalityOfU != errors.orthogonalityOfV)
    #expect(ratio("‖A − U S Vᵀ‖ / (") == String(format: "%.3g", errors.residualRatio))
    #expect(ratio("‖UᵀU − I‖ / (m ε)") == String(format: "%.3g", errors.orthogonalityOfU))
    #expect(ratio("‖VᵀV − I‖ / (n ε)") == String(format: "%.3g", errors.orthogonalityOfV))
    #expect(!lines.contains { $0.contains("τ") || $0.contains("subspace") })
  }

  /// D = 2 of 12: τ² = 4 + 9.
  @Test func truncatedSVD() throws {
    for algorithm in [SVDAlgorithm.lapack, .subspace, .krylov] {
      let measured = try measured(12, rank: 2, by: algorithm)
      let lines = lines(measured, 12, algorithm: algorithm)
      #expect(lines.contains("algorithm: \(algorithm.rawValue), in F32, rank 2 of 12"))
      #expect(lines.contains("  4  3") && lines.contains("  D = 2               65.7895 %"), "\(lines)")
      let line = try #require(lines.first { $0.contains("truncated: ") })
      let values = line.matches(of: /= ([\d.]+)/).compactMap { Double($0.1) }
      #expect(values.count == 2 && values.allSatisfy { abs($0 - 13.0.squareRoot()) < 1e-4 }, "\(line)")
      let (residual, dropped) = (
        String(format: "%.8g", measured.errors.residual), String(format: "%.8g", measured.errors.dropped)
      )
      let least = algorithm == .lapack ? "the least at this rank" : "what the values leave"
      #expect(line.contains("‖A − U S Vᵀ‖ = \(residual) is") && line.contains("= \(dropped), \(least)"), "\(line)")
      #expect(lines.contains { $0.hasPrefix("effective rank") && $0.contains("not known") } == (algorithm != .lapack))
      #expect(lines.contains { $0.hasPrefix("  subspace: ") && $0.contains(" iterations, ") } == (algorithm == .subspace))
      #expect(lines.contains { $0.hasPrefix("  krylov: ") } == (algorithm == .krylov))
    }
    // Ten values are all of ten.
    #expect(lines(try measured(40, rank: 10), 40).contains("  4  3  2  1  1  1  1  1  1  1"))
  }

  /// Aligned columns; of seven differences five are shown, and the others are counted.
  @Test func verify() {
    let environment = SampleStudy().manifest.runs[0].environment
    func part(_ seed: UInt64, _ experiment: Experiment) -> Comparison.Part {
      Comparison.Part(
        Manifest.Run(
          seed: seed, experiment: experiment, configuration: .null, fingerprint: "", digests: [:], environment: environment,
          started: "", seconds: 0))
    }
    let comparisons = [
      Comparison(part: part(12, .part1), subject: "results.csv", count: 100, differences: (1...7).map { "row \($0)\n" }),
      Comparison(part: part(3, .baseline), subject: "weights", count: 1, differences: []),
      Comparison(part: part(3, .part2), subject: "costs.csv", count: 2, differences: ["one"]),
    ]
    let files = ResultFiles(root: "r", dataset: "mnist", study: "paper")
    #expect(
      VerifyText(comparisons, of: files).lines == [
        "seed  part      compared     agree", "12    part1     results.csv  93 of 100  NO",
        "3     baseline  weights      1 of 1     yes", "3     part2     costs.csv    1 of 2     NO",
        "", "part1 (seed 12), results.csv:", "  row 1", "  row 2", "  row 3", "  row 4", "  row 5", "  and 2 more",
        "", "part2 (seed 3), costs.csv:", "  one", "", "r/mnist/paper: 95 of 103 agree",
      ])
    #expect(VerifyText([comparisons[1]], of: files).lines.last == "r/mnist/paper: all 1 agree, to the bit")
  }

  @Test func seedRanges() throws {
    for (texts, expected) in [
      (["1"], [1]), (["1-3"], [1, 2, 3]), (["5", "1-3", "2", "5"], [5, 1, 2, 3]), (["7-7"], [7]),
      (["0-999"], Array(0...999)),
      (["9007199254740992"], [9_007_199_254_740_992]), ([], []),
    ] as [([String], [UInt64])] {
      #expect(try texts.map(SeedRange.init).seeds == expected, "\(texts)")
    }
    for text in ["", "-", "1-", "-1", "3-1", "1-2-3", "0-1000", "01", "1-02", "+1", "1.0", "9007199254740993", " 1", "１"] {
      #expect(throws: (any Error).self, "\(text)") { try SeedRange(text) }
    }
  }

  /// Results are those of the images asked for; `auto` takes the digits only where nothing else was used.
  @Test func whichResults() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.dataset = "mnist"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      let configuration = try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
      func dataset(_ data: String...) throws -> String {
        try ResultOptions.parse(["--results", folder] + data.flatMap { ["--data", $0] }).files(of: configuration).dataset
      }
      #expect(try dataset() == "mnist" && dataset("digits") == "digits" && dataset("mnist") == "mnist")
      let files = { (dataset: String) in ResultFiles(root: folder, dataset: dataset, study: configuration.name) }
      try ResultRow.write([], to: files("digits").results)
      #expect(try dataset() == "digits" && dataset("mnist") == "mnist")
      try ResultRow.write([], to: files("mnist").results)
      #expect(try dataset() == "mnist" && dataset("auto") == "mnist" && dataset("digits") == "digits")
    }
  }

  @Test func numbersOutOfBounds() throws {
    for count in ["1", "1024"] { #expect(try ThreadOptions.parse(["--threads", count]).count == Int(count)) }
    for count in ["0", "1025", "-1", "x"] {
      #expect(throws: (any Error).self, "\(count)") { try ThreadOptions.parse(["--threads", count]) }
    }
  }
}
