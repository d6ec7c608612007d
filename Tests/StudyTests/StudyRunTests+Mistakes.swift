import Files
import Foundation
import LinearAlgebra
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

/// Mistakes, interruptions and warnings.
extension StudyRunTests {
  @Test func partsNeedTheBaseline() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: StudyError.self) { try run(TinyStudy(), in: folder, seed: 1, threads: 1).run(.part2) }
      #expect(error?.description.contains("run `lowrank baseline` first") == true)
    }
  }

  /// The parts do not start from a baseline of another configuration, or a damaged one.
  @Test func partsNeedTheBaselineOfTheirStudy() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      var changed = TinyStudy()
      changed.baselineRate = "0.04"
      let before = try contents(of: folder)
      let error = #expect(throws: StudyError.self) { try run(changed, in: folder, seed: 1, threads: 1).run(.part1) }
      #expect(error?.description.contains("not up to date") == true)
      #expect(try contents(of: folder) == before)
      let path = "\(files(in: folder).weights(seed: 1))/baseline.safetensors"
      var bytes = try readFile(path)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.write(bytes, to: path)
      #expect(throws: StudyError.self) { try run(TinyStudy(), in: folder, seed: 1, threads: 1).run(.part1) }
    }
  }

  /// A part that a change does not touch is not run, but the manifest says what the study file says.
  @Test func manifestFollowsTheStudyFile() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      var changed = TinyStudy()
      changed.part2Rate = "0.01"
      #expect(try all(changed, in: folder) == [.part2])
      let runs = try Manifest.read(from: files(in: folder).manifest).runs
      #expect(runs.allSatisfy { $0.configuration == runs[2].configuration } && runs.count == 4)
    }
  }

  /// Names in a manifest are names of nothing that is written.
  @Test func pathsInAManifest() throws {
    try withTemporaryFolder { folder in
      let inner = "\(folder)/a/b/c"
      try all(TinyStudy(), in: inner)
      var manifest = try Manifest.read(from: files(in: inner).manifest)
      (manifest.study, manifest.dataset.name) = ("../../../../x", "/\(folder)/y")
      for index in manifest.runs.indices {
        manifest.runs[index].digests = ["../../../../../../../z.safetensors": "0", "\(folder)/w.safetensors": "0"]
        manifest.runs[index].tables = ["../../../../t.csv": "0"]
      }
      try manifest.write(to: files(in: inner).manifest)
      #expect(try all(TinyStudy(), in: inner) == Self.experiments)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
      let all = FileManager.default.enumerator(atPath: inner)?.compactMap { $0 as? String } ?? []
      #expect(
        !all.contains { path in ["x", "y", "z.safetensors", "w.safetensors", "t.csv"].contains { path.hasSuffix("/\($0)") } }
      )
      #expect(try Manifest.read(from: files(in: inner).manifest).study == "tiny")
    }
  }

  /// Another process at work on the same results.
  @Test func resultsInUse() throws {
    try withTemporaryFolder { folder in
      let lock = try #require(try FolderLock(files(in: folder).folder))
      let error = #expect(throws: StudyError.self) { try all(TinyStudy(), in: folder) }
      #expect(error == .inUse(folder: files(in: folder).folder))
      lock.release()
      #expect(try all(TinyStudy(), in: folder).count == 4)
    }
  }

  /// Ctrl-C: at the end of a step, with nothing half-written and all earlier results as they were.
  @Test func interruption() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      let before = try contents(of: folder)
      for experiment in Self.experiments {
        let asked = Mutex(0)
        let observer = StudyObserver(isInterrupted: {
          asked.withLock { count in
            count += 1
            return count > 1
          }
        })
        #expect(throws: Interruption.self, "\(experiment)") {
          try run(TinyStudy(), in: folder, seed: 1, threads: 1, observer: observer).run(experiment, fresh: true)
        }
        #expect(try contents(of: folder) == before, "\(experiment)")
      }
    }
  }

  /// Runs baseline and part 1; what was warned of.
  private func warningsOfPart1(_ study: TinyStudy, in folder: String) throws -> [String] {
    let warnings = Mutex<[String]>([])
    let observer = StudyObserver(warning: { text in warnings.withLock { $0.append(text) } })
    let run = try run(study, in: folder, seed: 1, threads: 1, observer: observer)
    try run.run(.baseline)
    try run.run(.part1)
    return warnings.withLock { $0 }
  }

  @Test func ranksAboveFullAreCutDown() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.part1Ranks = "[4, 500, full]"
      let warnings = try warningsOfPart1(study, in: folder)
      #expect(warnings == ["part1.ranks: found 500, expected at most 24, the full rank; 24 is used, and the network grows"])
      let ranks = try ResultRow.read(from: files(in: folder).results).compactMap(\.key.rank)
      #expect(ranks == [4, 24])
    }
  }

  /// What is full rank for one matrix is not for another.
  @Test func ranksAboveThatOfSomeMatrices() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.hidden = "[24, 6, 20]"
      study.part1Ranks = "[8]"
      let warnings = try warningsOfPart1(study, in: folder)
      #expect(
        warnings == [
          "part1.ranks: found 8, expected at most the full rank of W2 (6), W3 (6): these are kept at full rank, and grow"
        ])
    }
  }

  /// Figures and report leave out rows of another configuration.
  @Test func outdatedRowsAreLeftOut() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder, seed: 2)
      #expect(try StudyResults(reading: files(in: folder)).results.count == 7)
      var changed = TinyStudy()
      changed.baselineRate = "0.04"
      // Times in the manifest have whole seconds.
      Thread.sleep(forTimeInterval: 1)
      try run(changed, in: folder, seed: 1, threads: 1).run(.baseline)
      let results = try StudyResults(reading: files(in: folder))
      #expect(results.results.map(\.key.seed) == [1] && results.outdated.map(\.seed) == [2, 2, 2, 2])
      // The values of another part do not matter.
      changed.part2Rate = "0.01"
      Thread.sleep(forTimeInterval: 1)
      try run(changed, in: folder, seed: 1, threads: 1).run(.part2)
      #expect(try StudyResults(reading: files(in: folder)).results.map(\.key.experiment) == [.baseline, .part2])
    }
  }

  /// Rows that no run of the manifest made are no results.
  @Test func unknownRowsAreLeftOut() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      var rows = try ResultRow.read(from: files(in: folder).results)
      rows[0].key.seed = 7
      try ResultRow.write(rows, to: files(in: folder).results)
      let results = try StudyResults(reading: files(in: folder))
      #expect(results.results == Array(rows.dropFirst()) && results.unknownRows == 1 && results.seeds == [1])
    }
  }

  @Test func tooFewImages() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.validationImages = "500"
      let error = #expect(throws: StudyError.self) { try all(study, in: folder) }
      #expect(error?.description == "tiny: validation_images: found 500, expected fewer than the 500 training images")
    }
  }

  /// A training that explodes is an error that names network, seed and key. It leaves no rows and no checkpoint, and the
  /// corrected study runs from the beginning.
  @Test func explodedTrainings() throws {
    for (experiment, key, change): (Experiment, String, (inout TinyStudy) -> Void) in [
      (.baseline, "baseline", { $0.baselineRate = "10" }), (.part2, "part2", { $0.part2Rate = "10" }),
      (.part3, "part3.epoch", { $0.part3Rate = "10" }),
      (.part3, "part3.step", { ($0.part3Rate, $0.cadences) = ("10", ["step"]) }),
    ] {
      try withTemporaryFolder { folder in
        var study = TinyStudy()
        (study.hidden, study.part3Epochs) = ("[64, 64]", "4")
        if experiment != .baseline { try run(study, in: folder, seed: 1, threads: 1).run(.baseline) }
        let before = try? Manifest.read(from: files(in: folder).manifest)
        let sound = study
        change(&study)
        for seconds in [0, 60.0] {
          let run = try run(study, in: folder, seed: 1, threads: 1, checkpointSeconds: seconds)
          let error = #expect(throws: StudyError.self, "\(key)") { try run.run(experiment) }
          let line = error?.description ?? ""
          for part in ["(digits, tiny, seed 1): epoch ", ", step ", ": found ", ": \(key).learning_rate of the study file"] {
            #expect(line.contains(part), "\(line)")
          }
        }
        let weights = files(in: folder).weights(seed: 1)
        #expect(!fileExists("\(weights)/checkpoints"))
        #expect(try Manifest.readIfPresent(from: files(in: folder).manifest) == before)
        let warnings = Mutex<[String]>([])
        let observer = StudyObserver(warning: { text in warnings.withLock { $0.append(text) } })
        #expect(try run(sound, in: folder, seed: 1, threads: 1, observer: observer).run(experiment))
        #expect(warnings.withLock { $0 } == [])
      }
    }
  }

  /// A table or manifest that cannot be read is found before any training. `fresh` replaces it, with a warning that names it.
  @Test func unreadableResults() throws {
    try withTemporaryFolder { folder in
      for seed: UInt64 in [1, 2] { try run(TinyStudy(), in: folder, seed: seed, threads: 2).run(.baseline) }
      let files = files(in: folder)
      for (path, text) in [
        (files.results, "a,b\n1,2\n"), (files.history, ""), (files.spectra, "\u{0}"), (files.manifest, "{"),
        (files.costs, CostRow.text(of: SampleStudy().costs)),
      ] {
        let warnings = Mutex<[String]>([])
        let observer = StudyObserver(
          message: { #expect(!$0.contains("reading")) }, warning: { text in warnings.withLock { $0.append(text) } })
        try AtomicFile.write(text, to: path)
        let error = #expect(throws: FileError.self, "\(path)") {
          try run(TinyStudy(), in: folder, seed: 3, threads: 2, observer: observer).run(.baseline)
        }
        #expect(error?.path.hasPrefix(path) == true && warnings.withLock { $0 } == [])
        let fresh = try run(
          TinyStudy(), in: folder, seed: 1, threads: 2,
          observer: StudyObserver(warning: { text in warnings.withLock { $0.append(text) } }))
        #expect(try fresh.run(.baseline, fresh: true))
        let said = warnings.withLock { $0 }
        #expect(said.count == 1 && said[0].hasPrefix(path) && said[0].hasSuffix(": the file will be replaced"), "\(said)")
        // The rows of the other seed stay, but for those of the file that was replaced.
        let seeds = try Set(StudyTables(reading: files).results.map(\.key.seed))
        #expect(seeds == (path == files.results ? [1] : [1, 2]))
        try run(TinyStudy(), in: folder, seed: 2, threads: 2).run(.baseline)
        #expect(try StudyResults(reading: files).seeds == [1, 2])
      }
      // A folder in place of a table is not removed.
      try FileManager.default.removeItem(atPath: files.costs)
      try FileManager.default.createDirectory(atPath: files.costs, withIntermediateDirectories: false)
      let error = #expect(throws: FileError.self) {
        try run(TinyStudy(), in: folder, seed: 1, threads: 2).run(.baseline, fresh: true)
      }
      #expect(error?.description == "\(files.costs): found a folder, expected a file")
    }
  }

  /// A file where the results' folder should be.
  @Test func resultsThatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("in the way", to: "\(folder)/results")
      let error = #expect(throws: FileError.self) { try all(TinyStudy(), in: folder) }
      #expect(error?.description.contains("\(folder)/results") == true)
      #expect(error?.description.contains("/results: found a file, expected a folder that can be written") == true)
      #expect(try readText("\(folder)/results") == "in the way")
    }
  }
}
