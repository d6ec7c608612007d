import Files
import Foundation
import LinearAlgebra
import Datasets
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

@Suite struct StudyRunTests {
  /// All four experiments, and what their files hold.
  @Test func runsEndToEnd() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      let files = files(in: folder)
      let results = try ResultRow.read(from: files.results)
      #expect(
        results.map { "\($0.key.experiment) \($0.key.method) \($0.key.rank ?? 0) \($0.key.cadence?.rawValue ?? "")" } == [
          "baseline dense 0 ", "part1 truncated 2 ", "part1 truncated 8 ", "part1 truncated 24 ", "part2 fineTuned 4 ",
          "part3 dynamic 4 epoch", "part3 dynamic 4 step",
        ])
      #expect(
        results.allSatisfy {
          (0...100).contains($0.testAccuracy) && (0...100).contains($0.validationAccuracy) && $0.seconds > 0
        })
      // The full rank is the baseline again, and larger.
      #expect(abs(results[3].testAccuracy - results[0].testAccuracy) <= 1 && results[3].parameterRatio > 1)
      #expect(results[0].parameterRatio == 1 && results[0].byteRatio == 1 && results[0].macRatio == 1)
      #expect(results[0].parameters == 784 * 24 + 24 * 20 + 20 * 10 + 54)

      let history = try HistoryRow.read(from: files.history)
      #expect(history.map(\.epoch) == [0, 1, 2, 0, 1, 0, 1, 0, 1])
      #expect(history.filter { $0.epoch == 0 }.allSatisfy { $0.trainingLoss == nil })
      // Part 2 begins where part 1 ends at that rank; both cadences begin at the same network.
      #expect(history[5].validationAccuracy == history[7].validationAccuracy)

      let spectra = try SpectrumRow.read(from: files.spectra)
      #expect(spectra.count == 3 * (24 + 20))
      let first = spectra.filter { $0.key.experiment == .baseline && $0.layer == 1 }.map(\.singularValue)
      #expect(first.count == 24 && zip(first, first.dropFirst()).allSatisfy { $0 >= $1 })

      let costs = try CostRow.read(from: files.costs)
      #expect(costs.count == 2 * (1 + 2 * 3 + 1 + 2 * 2))
      let folded = costs.filter { $0.key.experiment == .part1 && $0.key.rank == 8 && $0.bits == 32 }
      #expect(folded.map(\.storage) == [.diagonal, .folded] && folded[0].parameters - folded[1].parameters == 16)
    }
  }

  /// The manifest names each network's file by its digest, and the rows have the files' sizes; `ProtocolTests` evaluates them.
  @Test func savedNetworksAreTheMeasuredOnes() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      let files = files(in: folder)
      let manifest = try Manifest.read(from: files.manifest)
      #expect(manifest.runs.map(\.experiment) == Self.experiments && manifest.dataset.testImages == 150)
      let results = try ResultRow.read(from: files.results)
      // And a file of predictions for each run.
      #expect(manifest.runs.reduce(0) { $0 + $1.digests.count } == results.count + manifest.runs.count)
      #expect(!fileExists(files.sensitivity))
      for row in results {
        let bytes = try readFile("\(files.weights(seed: 1))/\(ResultFiles.weights(of: row.key))")
        let run = manifest.runs.first { $0.experiment == row.key.experiment }
        #expect(run?.digests[ResultFiles.weights(of: row.key)] == SHA256.hexDigest(of: bytes) && row.bytes == bytes.count)
      }
    }
  }

  /// Same seed, same bits: in another folder, with other numbers of threads; another seed, other bits.
  @Test func sameDigests() throws {
    func digests(threads: Int, seed: UInt64) throws -> [[String: String]] {
      try withTemporaryFolder { folder in
        try all(TinyStudy(), in: folder, seed: seed, threads: threads)
        return try Manifest.read(from: files(in: folder).manifest).runs.map(\.digests)
      }
    }
    let one = try digests(threads: 1, seed: 5)
    #expect(try digests(threads: 1, seed: 5) == one)
    #expect(try digests(threads: 2, seed: 5) == one)
    #expect(try digests(threads: 3, seed: 5) == one)
    #expect(try digests(threads: 2, seed: 6) != one)
  }

  /// Nothing is run twice; a changed value runs what depends on it and nothing else.
  @Test func runsWhatHasChanged() throws {
    try withTemporaryFolder { folder in
      #expect(try all(TinyStudy(), in: folder) == [.baseline, .part1, .part2, .part3])
      let before = try contents(of: folder)
      #expect(try all(TinyStudy(), in: folder) == [])
      #expect(try contents(of: folder) == before)

      var changed = TinyStudy()
      changed.part2Rate = "0.01"
      #expect(try all(changed, in: folder) == [.part2])
      changed.part1Ranks = "[2, full]"
      #expect(try all(changed, in: folder) == [.part1])
      changed.cadences = ["step"]
      #expect(try all(changed, in: folder) == [.part3])
      changed.baselineRate = "0.04"
      #expect(try all(changed, in: folder) == [.baseline, .part1, .part2, .part3])
      // Rows that are no longer asked for are gone.
      #expect(try ResultRow.read(from: files(in: folder).results).count == 1 + 2 + 1 + 1)
    }
  }

  @Test func runsWhatIsLost() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      try FileManager.default.removeItem(atPath: "\(files(in: folder).weights(seed: 1))/part1-rank-8.safetensors")
      #expect(try all(TinyStudy(), in: folder) == [.part1])
      // A flipped bit in a part's weights is noticed by their digest.
      let path = "\(files(in: folder).weights(seed: 1))/part2-rank-4.safetensors"
      var bytes = try readFile(path)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.write(bytes, to: path)
      #expect(try all(TinyStudy(), in: folder) == [.part2])
      try FileManager.default.removeItem(atPath: files(in: folder).costs)
      #expect(try all(TinyStudy(), in: folder) == Self.experiments)
    }
  }

  /// Seeds lie side by side in the same files, in their order.
  @Test func seedsSideBySide() throws {
    try withTemporaryFolder { folder in
      for seed: UInt64 in [10, 2] { #expect(try all(TinyStudy(), in: folder, seed: seed).count == 4) }
      let rows = try ResultRow.read(from: files(in: folder).results)
      #expect(rows.map(\.key.seed) == [UInt64](repeating: 2, count: 7) + [UInt64](repeating: 10, count: 7))
      #expect(try all(TinyStudy(), in: folder, seed: 2) == [])
    }
  }

  // MARK: Helpers

  /// Those of `TinyStudy()`, which has no part 4.
  static let experiments: [Experiment] = [.baseline, .part1, .part2, .part3]

  func files(in folder: String) -> ResultFiles { ResultFiles(root: "\(folder)/results", dataset: "digits", study: "tiny") }

  func configuration(_ study: TinyStudy, in folder: String) throws -> StudyConfiguration {
    try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
    return try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
  }

  func run(
    _ study: TinyStudy, in folder: String, seed: UInt64, threads: Int, checkpointSeconds: Double = 60,
    observer: StudyObserver = StudyObserver()
  ) throws -> StudyRun {
    let images = try StudyImages(configuration(study, in: folder), data: .digits, workers: Workers(count: threads))
    return StudyRun(
      images, results: "\(folder)/results", seed: seed, checkpointSeconds: checkpointSeconds, observer: observer)
  }

  /// Runs all experiments; says which were really run.
  @discardableResult
  func all(_ study: TinyStudy, in folder: String, seed: UInt64 = 1, threads: Int = 2) throws -> [Experiment] {
    let run = try run(study, in: folder, seed: seed, threads: threads)
    return try Experiment.allCases.filter { try run.run($0) }
  }

  /// Every file below `folder` but checkpoints, by its path.
  func contents(of folder: String) throws -> [String: [UInt8]] {
    let paths = FileManager.default.enumerator(atPath: "\(folder)/results")?.compactMap { $0 as? String } ?? []
    var contents: [String: [UInt8]] = [:]
    for path in paths where !path.contains("/checkpoints") {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/results/\(path)", isDirectory: &isFolder)
      if !isFolder.boolValue { contents[path] = try readFile("\(folder)/results/\(path)") }
    }
    #expect(contents.count > 5)
    return contents
  }
}
