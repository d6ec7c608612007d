import Files
import Foundation
import Results
import Testing
import TestSupport

@Suite struct ResultFileTests {
  let key = NetworkKey(
    dataset: "mnist", study: "paper", seed: 7, experiment: .part3, method: .dynamic, rank: 20, cadence: .step)

  /// What a program can compute and write, it can read: the same rows, at the ends of every range too.
  @Test func extremeRowsRoundTrip() throws {
    let (seeds, ranks): ([UInt64], [Int?]) = ([0, 1 << 53, .max], [nil, 1, 16384])
    let ratios = [0.0, .leastNonzeroMagnitude, 1e-9, 1.0 / 3, 1, 1e6]
    let values = [0, Float.leastNonzeroMagnitude, 1e-20, 0.1, 3.5206127e+20, .greatestFiniteMagnitude].map(Double.init)
    func pick<Value>(_ values: [Value], _ index: Int) -> Value { values[index % values.count] }
    let keys = (0..<60).map { index in
      NetworkKey(
        dataset: "digits", study: pick(["a", "A.b_c-9", "010", "1e5"], index), seed: pick(seeds, index / 2),
        experiment: pick(Experiment.allCases, index), method: pick(Method.allCases, index / 3), rank: pick(ranks, index / 4),
        cadence: pick([nil, .epoch, .step], index),
        ranks: pick([nil, LayerRanks([1]), LayerRanks([nil, 16384, nil, 2])], index),
        calibrationImages: pick([nil, 1, 1_000_000], index / 2), allocation: pick([nil] + Allocation.allCases, index))
    }
    try expectSame(
      keys.enumerated().map { index, key in
        var key = key
        key.bits = pick([2, 32], index)
        return ResultRow(
          key: key, testAccuracy: pick([0, 100, 1.0 / 3], index),
          validationAccuracy: pick([100, .leastNonzeroMagnitude, 0], index),
          parameters: pick([1, 2_000_000_000], index), parameterRatio: pick(ratios, index),
          bytes: pick([1, 1 << 33], index),
          byteRatio: pick(ratios, index / 2), macs: pick([1, 1 << 31], index), macRatio: pick(ratios, index / 3),
          seconds: pick([0, 1e-9, 1e8], index), changedPredictions: pick([0, 10_000], index))
      })
    try expectSame(
      keys.enumerated().map { index, key in
        HistoryRow(
          key: key, epoch: pick([0, 10_000], index), learningRate: pick([0, 1e-40, 10], index),
          trainingLoss: pick([nil, 0, .leastNonzeroMagnitude, 230.26], index), validationAccuracy: pick([0, 100], index),
          seconds: pick([0, 1e8], index))
      })
    try expectSame(
      keys.enumerated().map { index, key in
        SpectrumRow(
          key: key, layer: pick([1, 64], index), index: pick([1, 16384], index), singularValue: pick(values, index))
      })
    try expectSame(
      keys.enumerated().map { index, key in
        CostRow(
          key: key, storage: pick(Storage.allCases, index), bits: pick([16, 32], index),
          parameters: pick([1, 1 << 31], index),
          parameterRatio: pick(ratios, index), bytes: pick([1, 1 << 33], index), byteRatio: pick(ratios, index / 2),
          macs: pick([1, 1 << 31], index), macRatio: pick(ratios, index / 3), testAccuracy: pick([0, 100], index / 5),
          validationAccuracy: pick([1e-300, 100], index))
      })
  }

  private func expectSame<Row: TableRow & Equatable>(_ rows: [Row]) throws {
    try withTemporaryFolder { folder in
      try Row.write(rows, to: "\(folder)/rows.csv")
      #expect(try Row.read(from: "\(folder)/rows.csv") == rows)
    }
  }

  @Test func mistakes() throws {
    for (beginning, message): (String, String) in [
      ("part9", "rows.csv:2: experiment: found 'part9', expected baseline, part1, part2, part3, part4"),
      (
        "part3,magic",
        "rows.csv:2: method: found 'magic', expected "
          + Method.allCases.map(\.rawValue).joined(separator: ", ")
      ),
      ("part3,dynamic,many", "rows.csv:2: rank: found 'many', expected a whole number from 1 to 1000000000"),
      ("part3,dynamic,20,hour", "rows.csv:2: cadence: found 'hour', expected epoch, step"),
      ("part3,dynamic,20,step,1,2,3.0,20-x", "rows.csv:2: ranks: found '20-x', expected ranks such as 33-29-18"),
      ("part3,dynamic,20,step,first", "rows.csv:2: layer: found 'first', expected a whole number from 1 to 1000000000"),
    ] {
      try withTemporaryFolder { folder in
        let given = "mnist,paper,7,\(beginning)".split(separator: ",").map(String.init)
        let rest = ["part3", "dynamic", "20", "step", "1", "2", "3.0", "20", "", "uniform"].dropFirst(given.count - 3)
        try AtomicFile.write(CSVTable(columns: SpectrumRow.columns, rows: [given + rest]).text, to: "\(folder)/rows.csv")
        let error = #expect(throws: FileError.self, "\(beginning), \(message)") {
          try SpectrumRow.read(from: "\(folder)/rows.csv")
        }
        #expect(error?.description.hasSuffix(message) == true, "\(error as Any)")
      }
    }
  }

  @Test func manifest() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/manifest.json"
      let environment = SampleStudy().manifest.runs[0].environment
      let run = Manifest.Run(
        seed: .max, experiment: .part2,
        configuration: .object(["x": .array([.number(5e-4), .null, .bool(true), .string("é")])]),
        fingerprint: "h", digests: ["w": "i"], environment: environment, started: "2026-01-01T00:00:00Z", seconds: 1.25)
      let manifest = Manifest(
        dataset: .init(name: "mnist", trainingImages: 1, validationImages: 2, testImages: 3, sha256: ["a": "b"]),
        study: "paper", runs: [run])
      try manifest.write(to: path)
      #expect(try Manifest.read(from: path) == manifest)
      let text = try readText(path)
      for (broken, says) in [
        ("{}", ": format: found no such key"), ("[", "JSON"),
        (text.replacing("\"seconds\" : 1.25", with: "\"seconds\" : \"x\""), "runs[0].seconds: found 'x', expected a number"),
      ] {
        try AtomicFile.write(broken, to: path)
        let error = #expect(throws: FileError.self) { try Manifest.read(from: path) }
        #expect(error?.description.contains(says) == true && error?.path.hasPrefix(path) == true, "\(error as Any)")
      }
    }
  }

  /// Files that are in git: read and written back, they are the same bytes.
  @Test func committedManifests() throws {
    let folder = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/") + "/experiments/results"
    let (study, sizes) = ("\(folder)/mnist/paper/manifest.json", "\(folder)/svd/sizes.json")
    let scaling = "\(folder)/scaling/scaling.json"
    #expect(try Manifest.read(from: study).encoded == readFile(study))
    #expect(try SVDSizesManifest.read(from: sizes).encoded == readFile(sizes))
    #expect(try ScalingManifest.read(from: scaling).encoded == readFile(scaling))
  }

  /// The rows of a run take the place of its earlier ones; other runs keep theirs, and the order is seed, experiment.
  @Test func tables() throws {
    try withTemporaryFolder { folder in
      var study = SampleStudy()
      study.seeds = [2, 10]
      let files = try study.write(to: folder)
      let tables = try StudyTables(reading: files)
      #expect(tables.results == study.results && tables.history == study.history)
      #expect(tables.spectra == study.spectra && tables.costs == study.costs)
      let run = try #require(study.manifest.runs.first { $0.seed == 2 && $0.experiment == .part2 })
      var again = tables.rows(of: run)
      #expect(again.results.map(\.key.method) == [.fineTuned] && again.spectra.isEmpty)
      again.results[0].testAccuracy = 12
      let replaced = tables.replacing(run, with: again)
      let index = try #require(tables.results.firstIndex { run.made($0.key) })
      #expect(replaced.results[index].testAccuracy == 12 && replaced.history == tables.history)
      #expect(replaced.results.map(\.key) == tables.results.map(\.key))
      let (before, after) = (tables.digests, replaced.digests)
      #expect(StudyTables.all.filter { before[$0.name] != after[$0.name] }.map(\.name) == ["results.csv"])
      #expect(before["costs.csv"] == SHA256.hexDigest(of: try readFile(files.costs)))
    }
  }
}
