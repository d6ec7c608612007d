import Files
import Foundation
import LinearAlgebra
import Results
import Synchronization
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

  private static let results = [1, 2].flatMap { (seed: UInt64) in networks.map { row($0, seed: seed) } }

  /// The rows of `comparisons.csv` after a run with one seed.
  private func rows(
    of results: [ResultRow] = results, earlier: [ComparisonRow] = [], seed: UInt64 = 1, networks: [Network] = networks,
    labels: [UInt8] = labels
  ) -> [ComparisonRow] {
    let predictions = networks.map { (name: ResultFiles.name(of: Self.row($0, seed: seed).key), classes: $0.answers) }
    return Comparisons.rows(of: results, earlier: earlier, seed: seed, predictions: predictions) { labels }
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
    let first = rows()
    #expect(text(first) == Self.expected)
    let both = rows(earlier: first, seed: 2)
    #expect(text(both) == Self.expected + Self.expected.map { "2" + $0.dropFirst() })
    #expect(both.agreeing(with: Self.results) == both)
    // Where no row is missing, the labels are not asked for.
    struct Asked: Error {}
    let again = try Comparisons.rows(of: Self.results, earlier: both, seed: 1, predictions: []) { throw Asked() }
    #expect(again == both)
  }

  /// A seed without predictions keeps its rows, unless the results contradict them; those of networks that are gone are dropped.
  @Test func earlierRows() {
    let before = rows(earlier: rows(seed: 2))
    #expect(before.count == 12 && rows(earlier: before, networks: []) == before)
    // The first network of part 2 has other accuracies now: two rows are made again, and those of seed 2 stay.
    var networks = Self.networks
    networks[1].answers = Self.labels
    var results = Self.results
    results[1] = Self.row(networks[1], seed: 1)
    let after = rows(of: results, earlier: before, networks: networks)
    #expect(text(after)[1] == "1 part2-rank-20 part4-matched-rank-20: 3 5 0 0")
    #expect(after.count == 12 && zip(after, before).enumerated().filter { $1.0 != $1.1 }.map(\.offset) == [0, 1])
    #expect(rows(of: results, earlier: before, networks: []) == Array(before.dropFirst(2)))
    results.removeAll { $0.key.bits == 4 && $0.key.seed == 2 }
    #expect(rows(of: results, earlier: after, networks: []).count == 10)
  }

  /// Predictions of other images than the labels: of an earlier study file.
  @Test func otherImages() {
    #expect(rows(labels: Self.labels.dropLast()) == [] && rows(labels: Self.labels + [1]) == [])
    // As many: the results contradict the rows.
    #expect(rows(labels: Self.labels.reversed()) == [])
  }

  private func run(
    _ folder: String, _ study: TinyStudy = TinyStudy(), observer: StudyObserver = StudyObserver()
  ) throws -> StudyRun {
    let configuration = try ProtocolTests.configuration(study, in: folder)
    let images = try StudyImages(configuration, data: .digits, workers: Workers(count: 2))
    return StudyRun(images, results: "\(folder)/results", observer: observer)
  }

  private func files(in folder: String) -> ResultFiles {
    ResultFiles(root: "\(folder)/results", dataset: "digits", study: "tiny")
  }

  /// The file follows each run, by its contents, whatever its time is.
  @Test func writtenByRuns() throws {
    try withTemporaryFolder { folder in
      let (run, files) = (try run(folder), files(in: folder))
      for experiment in [Experiment.baseline, .part1] { try run.run(experiment) }
      let whole = try ComparisonRow.read(from: files.comparisons)
      #expect(whole.map(\.other) == ["baseline", "baseline", "baseline"])
      // As if the networks answered otherwise before, with the same accuracies.
      var others = whole
      (others[0].bothRight, others[0].bothWrong) = (others[0].bothRight - 1, others[0].bothWrong - 1)
      let (first, second) = (others[0].onlyFirst + 1, others[0].onlySecond + 1)
      others[0] = ComparisonRow(
        key: others[0].key, other: others[0].other, bothRight: others[0].bothRight, onlyFirst: first, onlySecond: second,
        bothWrong: others[0].bothWrong)
      for experiment in [Experiment.baseline, .part1] {
        try ComparisonRow.write(others, to: files.comparisons)
        #expect(try !run.run(.part1) && ComparisonRow.read(from: files.comparisons) == others)
        // By the manifest, the answers are the same: nothing is replaced.
        try run.run(experiment, fresh: true)
        #expect(try ComparisonRow.read(from: files.comparisons) == others, "\(experiment)")
        var manifest = try Manifest.read(from: files.manifest)
        manifest.runs[experiment.order].digests["\(experiment)-predictions.safetensors"] = "others"
        try manifest.write(to: files.manifest)
        try run.run(experiment, fresh: true)
        #expect(try ComparisonRow.read(from: files.comparisons) == whole, "\(experiment)")
      }
      // A row that is missing, one that the results contradict, and one too many.
      others = Array(whole.dropFirst()) + whole.suffix(1)
      others[0].onlyFirst += 1
      others[2].key.rank = 3
      try ComparisonRow.write(
        others.map {
          ComparisonRow(
            key: $0.key, other: $0.other, bothRight: $0.bothRight, onlyFirst: $0.onlyFirst, onlySecond: $0.onlySecond,
            bothWrong: $0.bothWrong)
        }, to: files.comparisons)
      #expect(try !run.run(.part1) && ComparisonRow.read(from: files.comparisons) == whole)
      // Predictions that are not those of the run make no row.
      unlink(files.comparisons)
      try AtomicFile.write([1], to: "\(files.weights(seed: 1))/part1-predictions.safetensors")
      #expect(try !run.run(.baseline) && ComparisonRow.readIfPresent(of: files) == [])
    }
  }

  /// As in a fresh clone: a baseline that is made again to the bit keeps its rows, which could not be made again.
  @Test func withoutWeights() throws {
    try withTemporaryFolder { folder in
      let (run, files) = (try run(folder), files(in: folder))
      for experiment in [Experiment.baseline, .part1] { try run.run(experiment) }
      let whole = try ComparisonRow.read(from: files.comparisons)
      try FileManager.default.removeItem(atPath: files.weights(seed: 1))
      #expect(try run.run(.baseline) && ComparisonRow.read(from: files.comparisons) == whole && whole.count == 3)
    }
  }

  /// A part that is not run again after a change of the digits: its answers are for others, and no image is read for them.
  @Test func otherDigits() throws {
    try withTemporaryFolder { folder in
      let files = files(in: folder)
      var study = TinyStudy()
      study.part1Ranks = "[4]"
      for experiment in [Experiment.baseline, .part1, .part2] { try run(folder, study).run(experiment) }
      func names() throws -> [String] {
        try ComparisonRow.read(from: files.comparisons).map { "\(ResultFiles.name(of: $0.key)) \($0.other)" }
      }
      let all = ["part1-rank-4 baseline", "part1-rank-4 part2-rank-4", "part2-rank-4 baseline"]
      #expect(try names() == all)
      // Times in the manifest have whole seconds.
      var manifest = try Manifest.read(from: files.manifest)
      for index in manifest.runs.indices { manifest.runs[index].started = "2000-01-01T00:00:00Z" }
      try manifest.write(to: files.manifest)
      study.digitsSeed = "2"
      for experiment in [Experiment.baseline, .part2] { #expect(try run(folder, study).run(experiment)) }
      #expect(try names() == ["part2-rank-4 baseline"])
      let said = Mutex<[String]>([])
      let observer = StudyObserver(message: { line in said.withLock { $0.append(line) } })
      #expect(try !run(folder, study, observer: observer).run(.part2))
      #expect(said.withLock { $0 } == ["part2 (digits, tiny, seed 1): up to date"])
      #expect(try run(folder, study).run(.part1) && names() == all)
    }
  }

  /// Another part's answers that cannot be read are no error after a training: a warning says so.
  @Test func unreadablePredictions() throws {
    try withTemporaryFolder { folder in
      let said = Mutex<[String]>([])
      let run = try run(folder, observer: StudyObserver(warning: { line in said.withLock { $0.append(line) } }))
      for experiment in [Experiment.baseline, .part1] { try run.run(experiment) }
      let files = files(in: folder)
      let path = "\(files.weights(seed: 1))/part1-predictions.safetensors"
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(try run.run(.part2))
      #expect(said.withLock { $0 } == ["\(path): found a folder, expected a file: the file is taken as missing"])
      #expect(
        try ComparisonRow.read(from: files.comparisons).map(\.key.experiment) == [.part1, .part1, .part1, .part2])
    }
  }

  /// As the other tables: an error before any work, which `fresh` replaces with a warning; leftovers are removed.
  @Test func unreadable() throws {
    try withTemporaryFolder { folder in
      let said = Mutex<[String]>([])
      let run = try run(folder, observer: StudyObserver(warning: { line in said.withLock { $0.append(line) } }))
      let files = files(in: folder)
      for experiment in [Experiment.baseline, .part1] { try run.run(experiment) }
      let whole = try readFile(files.comparisons)
      let leftover = "\(files.folder)/.tmp-1-comparisons.csv"
      try AtomicFile.write("", to: leftover)
      for text in ["a,b\n", String(decoding: whole, as: UTF8.self).replacing(",tiny,", with: ",other,")] {
        try AtomicFile.write(text, to: files.comparisons)
        let error = #expect(throws: FileError.self) { try run.run(.part1) }
        #expect(error?.path.hasPrefix(files.comparisons) == true && said.withLock { $0 } == [] && !fileExists(leftover))
        // Of a part that is up to date, too.
        #expect(try run.run(.baseline, replacesUnreadable: true) == false)
        #expect(try readFile(files.comparisons) == whole)
        let lines = said.withLock { $0 }
        #expect(lines.count == 1 && lines[0].hasPrefix(files.comparisons) && lines[0].hasSuffix("the file will be replaced"))
        said.withLock { $0 = [] }
      }
      try FileManager.default.removeItem(atPath: files.comparisons)
      try FileManager.default.createDirectory(atPath: files.comparisons, withIntermediateDirectories: false)
      let error = #expect(throws: FileError.self) { try run.run(.baseline, fresh: true) }
      #expect(error?.description == "\(files.comparisons): found a folder, expected a file")
    }
  }
}
