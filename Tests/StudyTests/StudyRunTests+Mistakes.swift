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
      #expect(try all(TinyStudy(), in: inner) == Experiment.allCases)
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
  @Test(arguments: Experiment.allCases)
  func interruption(experiment: Experiment) throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      let before = try contents(of: folder)
      let asked = Mutex(0)
      let observer = StudyObserver(isInterrupted: {
        asked.withLock { count in
          count += 1
          return count > 1
        }
      })
      #expect(throws: Interruption.self) {
        try run(TinyStudy(), in: folder, seed: 1, threads: 1, observer: observer).run(experiment, fresh: true)
      }
      #expect(try contents(of: folder) == before)
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
