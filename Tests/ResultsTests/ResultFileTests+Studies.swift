import Files
import Results
import Testing
import TestSupport

/// Which rows belong together, in which order, and what their medians are.
extension ResultFileTests {
  private func started(_ change: (inout Manifest) -> Void = { _ in }) -> Manifest {
    var manifest = SampleStudy().manifest
    for index in manifest.runs.indices {
      manifest.runs[index].started = "2026-01-01T00:00:0\(index)Z"
      manifest.runs[index].configuration = .object([
        "network": .number(1), "baseline": .number(1), "part1": .number(1), "part2": .number(1), "part3": .number(1),
        "digits": .number(1), "seed": .number(1), "dataset": .string("mnist"),
      ])
    }
    change(&manifest)
    return manifest
  }

  private func outdated(_ manifest: Manifest) -> [Experiment] { manifest.outdated.map(\.experiment) }

  /// A value of the newest run, part 3, has changed: which of the runs before it are of another study.
  @Test func outdatedRuns() {
    for (name, dataset, expected): (String, String, [Experiment]) in [
      ("network", "mnist", [.baseline, .part1, .part2]), ("baseline", "mnist", [.baseline, .part1, .part2]),
      ("part1", "mnist", [.part1]), ("part2", "mnist", [.part2]), ("part3", "mnist", []), ("digits", "mnist", []),
      ("digits", "digits", [.baseline, .part1, .part2]), ("seed", "mnist", []), ("dataset", "mnist", []),
      ("new", "mnist", [.baseline, .part1, .part2]),
    ] {
      let changed = started { manifest in
        guard case .object(var values) = manifest.runs[3].configuration else { return }
        values[name] = .number(2)
        manifest.runs[3].configuration = .object(values)
        manifest.dataset.name = dataset
      }
      #expect(outdated(changed) == expected, "\(name), \(dataset)")
    }
    #expect(outdated(started()) == [] && Manifest(dataset: started().dataset, study: "s", runs: []).outdated.isEmpty)
    // Rows of another program are of another study, whether it is older or newer.
    let others: [Experiment] = [.baseline, .part1, .part2]
    #expect(outdated(started { $0.runs[3].environment.sourceDigest = "d2" }) == others)
    #expect(outdated(started { $0.runs[1].environment.sourceDigest = "d2" }) == [.part1])
    // What the results do not depend on.
    #expect(
      outdated(
        started {
          ($0.runs[3].environment.threads, $0.runs[3].environment.sourceRevision) = (64, "r2")
          $0.runs[3].environment.processor = "another"
        }) == [])
    // Which is the newest: by time, wherever it stands; of one second, the later entry.
    let first = started {
      $0.runs[0].started = "2026-01-02T00:00:00Z"
      $0.runs[0].environment.sourceDigest = "d2"
    }
    #expect(outdated(first) == [.part1, .part2, .part3])
    let tied = started { manifest in
      for index in manifest.runs.indices { manifest.runs[index].started = "2026-01-01T00:00:00Z" }
      manifest.runs[3].environment.sourceDigest = "d2"
    }
    #expect(outdated(tied) == others)
  }

  @Test func rowsThatBelongTogether() throws {
    try withTemporaryFolder { folder in
      var sample = SampleStudy()
      sample.seeds = [3, 1]
      let files = try sample.write(to: folder)
      #expect(try StudyResults(reading: files).results == sample.results && StudyResults(reading: files).seeds == [1, 3])
      // Part 2 of seed 1 is of another program, part 3 of seed 3 of no run.
      var manifest = sample.manifest
      let index = try #require(manifest.runs.firstIndex { $0.seed == 1 && $0.experiment == .part2 })
      manifest.runs[index].environment.sourceDigest = "d0"
      manifest.runs.removeAll { $0.seed == 3 && $0.experiment == .part3 }
      try manifest.write(to: files.manifest)
      let read = try StudyResults(reading: files)
      func isKept(_ key: NetworkKey) -> Bool { ![(1, .part2), (3, .part3)].contains { $0 == (key.seed, key.experiment) } }
      #expect(read.results == sample.results.filter { isKept($0.key) })
      #expect(read.history == sample.history.filter { isKept($0.key) })
      #expect(read.spectra == sample.spectra.filter { isKept($0.key) })
      #expect(read.costs == sample.costs.filter { isKept($0.key) })
      #expect(
        read.outdated.map(\.description) == [
          "part2 (seed 1), made with other values or another program than the newest run,"
        ])
      let unknown = [
        sample.results.map(\.key), sample.history.map(\.key), sample.spectra.map(\.key), sample.costs.map(\.key),
      ]
      #expect(read.unknownRows == unknown.joined().count { $0.seed == 3 && $0.experiment == .part3 })
      #expect(read.unknownRows > 100)
    }
  }

  /// A missing table is an error only where it is required, and rows of another dataset or study are one, with their line.
  @Test func foreignRows() throws {
    try withTemporaryFolder { folder in
      let sample = SampleStudy()
      let files = try sample.write(to: folder)
      for (dataset, study) in [("digits", "paper"), ("mnist", "other")] {
        var rows = sample.costs
        (rows[4].key.dataset, rows[4].key.study) = (dataset, study)
        try CostRow.write(rows, to: files.costs)
        #expect(
          throws: FileError(path: "\(files.costs):6", found: "a row of \(dataset), \(study)", expected: "mnist, paper")
        ) {
          try StudyResults(reading: files)
        }
      }
      let none = ResultFiles(root: "\(folder)/none", dataset: "mnist", study: "paper")
      let error = #expect(throws: FileError.self) { try StudyResults(reading: none) }
      #expect(error?.path == none.results)
      try ResultRow.write(sample.results, to: none.results)
      #expect(try StudyResults(reading: none).results.count == 10)
    }
  }

  /// Rows of a run replace its earlier ones and no others, in the order seed, experiment, and as they were given.
  @Test func replacing() throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2]
    var tables = StudyTables()
    for run in sample.manifest.runs.reversed() {
      var rows = StudyTables()
      (rows.results, rows.costs) = (sample.results.filter { run.made($0.key) }, sample.costs.filter { run.made($0.key) })
      tables = tables.replacing(run, with: rows)
    }
    #expect(tables.results == sample.results && tables.costs == sample.costs)
    var fewer = StudyTables()
    fewer.results = [sample.results[4], sample.results[2]]
    let run = sample.manifest.runs[1]
    let replaced = tables.replacing(run, with: fewer)
    #expect(replaced.results.filter { run.made($0.key) } == fewer.results)
    #expect(replaced.results.filter { !run.made($0.key) } == sample.results.filter { !run.made($0.key) })
    #expect(replaced.costs == sample.costs.filter { !run.made($0.key) })
    let digests = Set(tables.digests.values)
    #expect(digests.count == 5 && tables.digests.count == 5)
  }

  /// Networks with all their seeds: by experiment, cadence, rank.
  @Test func networksAndMedians() {
    var sample = SampleStudy()
    (sample.seeds, sample.trainedRanks) = ([1, 2, 3], [50, 9, 20])
    let groups = sample.results.reversed().byNetwork()
    #expect(
      groups.map(\.key.titleWithRank) == ["baseline"] + [10, 20, 50, 100, 200, 1024].map { "truncated, D = \($0)" }
        + [9, 20, 50].map { "fine-tuned, D = \($0)" } + [9, 20, 50].map { "dynamic, SVD every epoch, D = \($0)" }
        + [9, 20, 50].map { "dynamic, SVD every step, D = \($0)" })
    #expect(groups.allSatisfy { $0.rows.count == 3 && $0.key.seed == 0 })
    let accuracy = groups[0].interval(of: \.testAccuracy)
    #expect(accuracy?.count == 3 && abs((accuracy?.mean ?? 0) - 98.87) < 1e-9)
    let expected: [([Double], Double)] = [
      ([4], 4), ([5, 1], 3), ([9, 1, 2], 2), ([1, 8, 2, 4], 3), ([2, 2, 7, 1, 9], 2),
    ]
    for (values, median) in expected { #expect(values.median == median) }
    for values in [[], [1, .nan], [.infinity, 2, 3], [.nan]] as [[Double]] { #expect(values.median == nil) }
  }

  @Test func names() {
    let files = ResultFiles(root: "r", dataset: "d", study: "s")
    #expect(
      [files.results, files.history, files.spectra, files.costs, files.manifest, files.report]
        == ["results.csv", "history.csv", "spectra.csv", "costs.csv", "manifest.json", "REPORT.md"].map { "r/d/s/\($0)" })
    #expect(files.sensitivity == "r/d/s/sensitivity.csv")
    #expect(
      StudyTables.all.map { files.table($0.name) }
        == [files.results, files.history, files.spectra, files.costs, files.sensitivity])
    #expect(files.weights(seed: 12) == "r/d/s/weights/seed-12")
    #expect(files.baseline(seed: 3) == "r/d/s/weights/seed-3/baseline.safetensors")
    var network = key
    #expect(ResultFiles.weights(of: network) == "part3-rank-20-step.safetensors")
    (network.experiment, network.cadence) = (.part1, nil)
    #expect(ResultFiles.weights(of: network) == "part1-rank-20.safetensors")
    for (experiment, method, allocation, rank, ranks, images, bits, name):
      (
        Experiment, Method, Allocation, Int?, [Int?], Int?, Int, String
      ) in [
        (.part2, .fineTuned, .uniform, 20, [20, 20], nil, 32, "part2-rank-20"),
        (.part2, .fineTuned, .output, 20, [24, 16], 400, 32, "part2-output-20"),
        (.part2, .fineTuned, .listed, nil, [33, nil, 11], nil, 32, "part2-ranks-33-dense-11"),
        (.part4, .whitenedKeepingBias, .uniform, 20, [20, 20], 400, 32, "part4-whitenedKeepingBias-rank-20-images-400"),
        (.part4, .truncated, .uniform, 20, [20, 20], nil, 32, "part4-truncated-rank-20"),
        (.part4, .matched, .exchanged, 20, [24, 16], 400, 4, "part4-matched-exchanged-20-images-400-bits-4"),
      ]
    {
      let network = NetworkKey(
        dataset: "d", study: "s", seed: 1, experiment: experiment, method: method, rank: rank, ranks: LayerRanks(ranks),
        calibrationImages: images, allocation: allocation, bits: bits)
      #expect(ResultFiles.weights(of: network) == "\(name).safetensors")
    }
    // Each network of a seed has a file of its own.
    var sample = SampleStudy()
    sample.trainedRanks = [10, 20]
    let names = sample.results.map { ResultFiles.weights(of: $0.key) }
    #expect(Set(names).count == sample.results.count)
    #expect(MeasuredTable.svd.path() == "experiments/results/svd/sizes.csv")
    #expect(MeasuredTable.manifest(of: "a.b/c.csv.d/t.csv") == "a.b/c.csv.d/t.json")
  }
}
