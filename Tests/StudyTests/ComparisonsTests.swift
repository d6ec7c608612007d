import Files
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

@Suite struct ComparisonsTests {
  private typealias Network = (experiment: Experiment, method: Results.Method, rank: Int?, bits: Int, answers: [UInt8])
  private static let labels: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7]
  private static let networks: [Network] = [
    (.baseline, .dense, nil, 32, [0, 1, 2, 3, 4, 5, 0, 0]), (.part2, .fineTuned, 20, 32, [0, 1, 2, 3, 0, 0, 6, 0]),
    (.part2, .fineTuned, 30, 32, [0, 0, 0, 0, 0, 0, 0, 0]), (.part4, .matched, 20, 32, [0, 1, 2, 255, 255, 255, 255, 255]),
    (.part4, .matched, 20, 4, [255, 1, 255, 255, 255, 255, 255, 255]),
  ]

  private static func row(_ network: Network, seed: UInt64) -> ResultRow {
    let key = NetworkKey(
      dataset: "digits", study: "s", seed: seed, experiment: network.experiment, method: network.method, rank: network.rank,
      bits: network.bits)
    return ResultRow(
      key: key, testAccuracy: 12.5 * Double(zip(network.answers, labels).count { $0 == $1 }), validationAccuracy: 50,
      parameters: 1, parameterRatio: 1, bytes: 1, byteRatio: 1, macs: 1, macRatio: 1, seconds: 1, changedPredictions: 0)
  }

  /// Result files and predictions of two seeds.
  private func files(in folder: String) throws -> ResultFiles {
    let files = ResultFiles(root: folder, dataset: "digits", study: "s")
    try ResultRow.write([1, 2].flatMap { seed in Self.networks.map { Self.row($0, seed: seed) } }, to: files.results)
    for seed: UInt64 in [1, 2] {
      for (experiment, networks) in Dictionary(grouping: Self.networks, by: \.experiment) {
        try write(networks, of: experiment, seed: seed, to: files)
      }
    }
    return files
  }

  private func write(_ networks: [Network], of experiment: Experiment, seed: UInt64, to files: ResultFiles) throws {
    var tensors = SafeTensors()
    for network in networks {
      tensors.append(
        ResultFiles.name(of: Self.row(network, seed: seed).key), shape: [network.answers.count], bytes: network.answers)
    }
    try AtomicFile.write(tensors.encoded, to: "\(files.weights(seed: seed))/\(Predictions.file(of: experiment))")
  }

  private func text(_ rows: [ComparisonRow]) -> [String] {
    rows.map { row in
      "\(row.key.seed) \(ResultFiles.name(of: row.key)) \(row.other): \(row.bothRight) \(row.onlyFirst) \(row.onlySecond) "
        + "\(row.bothWrong)"
    }
  }

  /// By hand, seed 1: right are 0–5 (baseline), 0–3 and 6 (part 2, D = 20), 0 (D = 30), 0–2 (part 4), 1 (4 bits).
  private static let expected = [
    "1 part2-rank-20 baseline: 4 1 2 1", "1 part2-rank-20 part4-matched-rank-20: 3 2 0 3",
    "1 part2-rank-30 baseline: 1 0 5 2", "1 part4-matched-rank-20 baseline: 3 0 3 2",
    "1 part4-matched-rank-20-bits-4 baseline: 1 0 5 2", "1 part4-matched-rank-20-bits-4 part4-matched-rank-20: 1 0 2 5",
  ]

  @Test func pairs() throws {
    try withTemporaryFolder { folder in
      let files = try files(in: folder)
      let write = { (seeds: [UInt64]) in try Comparisons.write(files: files, seeds: seeds, labels: Self.labels) }
      #expect(try write([1]) && !write([1]))
      #expect(try text(ComparisonRow.read(from: files.comparisons)) == Self.expected)
      #expect(try write([1, 2]))
      let both = try ComparisonRow.read(from: files.comparisons)
      #expect(text(both) == Self.expected + Self.expected.map { "2" + $0.dropFirst() })
      #expect(try StudyResults(reading: files).comparisons == both)
    }
  }

  /// A seed without predictions keeps its rows; those of networks that are gone are dropped.
  @Test func earlierRows() throws {
    try withTemporaryFolder { folder in
      let files = try files(in: folder)
      try Comparisons.write(files: files, seeds: [1, 2], labels: Self.labels)
      let before = try ComparisonRow.read(from: files.comparisons)
      // Part 2 answers otherwise: its rows are new; without the baseline's answers, one of the rows stays.
      var changed = Self.networks[1]
      changed.answers = Self.labels
      try write([changed], of: .part2, seed: 1, to: files)
      try write([], of: .baseline, seed: 1, to: files)
      try Comparisons.write(files: files, seeds: [1, 2], labels: Self.labels)
      var after = try ComparisonRow.read(from: files.comparisons)
      #expect(text(after)[1] == "1 part2-rank-20 part4-matched-rank-20: 3 5 0 0")
      after[1] = before[1]
      #expect(after == before)
      try ResultRow.write(
        try ResultRow.read(from: files.results).filter { $0.key.bits == 32 || $0.key.seed == 1 }, to: files.results)
      try Comparisons.write(files: files, seeds: [], labels: Self.labels)
      #expect(try ComparisonRow.read(from: files.comparisons).count == before.count - 2)
    }
  }

  @Test func otherImagesAreErrors() throws {
    try withTemporaryFolder { folder in
      let files = try files(in: folder)
      for labels in [Self.labels.dropLast(), Self.labels + [1]] {
        #expect(
          throws: FileError(
            path: files.weights(seed: 1), found: "predictions of 'baseline' for 8 images",
            expected: "\(labels.count), the test images")
        ) { try Comparisons.write(files: files, seeds: [1], labels: Array(labels)) }
      }
      #expect(!fileExists(files.comparisons))
    }
  }
}
