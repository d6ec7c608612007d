import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

/// Runs that are stopped and go on.
extension StudyRunTests {
  /// Stopped after so many steps, again and again: the whole study has the bytes of one in one piece, times aside. 13 steps
  /// are an epoch.
  @Test func stoppedAgainAndAgain() throws {
    let whole = try withTemporaryFolder { folder in
      try all(Self.longer, in: folder)
      return try untimed(in: folder)
    }
    for steps in [3, 13, 20] { try stoppedAgainAndAgain(steps: steps, whole: whole) }
  }

  private func stoppedAgainAndAgain(steps: Int, whole: [String: [UInt8]]) throws {
    try withTemporaryFolder { folder in
      let stopper = Stopper(after: steps)
      let run = try run(Self.longer, in: folder, seed: 1, threads: 2, observer: stopper.observer)
      var stops = 0
      for experiment in Self.experiments {
        while true {
          stopper.begin()
          do {
            try run.run(experiment)
            break
          } catch let interruption as Interruption {
            #expect(interruption.isSaved)
            stops += 1
            try #require(stops < 100)
          }
        }
      }
      // Of six epochs; where a network ends, steps are left over.
      #expect(stops >= 5 * 13 / steps, "\(steps)")
      #expect(try untimed(in: folder) == whole, "\(steps)")
      #expect(!fileExists(checkpoints(in: folder)))
    }
  }

  /// A network that is finished is not trained again when another of the same experiment was stopped; times go on too.
  @Test func finishedNetworksAreKept() throws {
    try withTemporaryFolder { folder in
      let stopper = Stopper(after: 13 + 5)
      let run = try run(Self.longer, in: folder, seed: 1, threads: 2, observer: stopper.observer)
      try self.run(Self.longer, in: folder, seed: 1, threads: 2).run(.baseline)
      stopper.begin()
      #expect(throws: Interruption(isSaved: true)) { try run.run(.part2) }
      let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints(in: folder)).map {
        $0.prefix { $0 != "." }
      }
      #expect(Set(names) == ["part2-rank-4", "part2-rank-8"] && names.filter { $0 == "part2-rank-4" }.count == 1)
      stopper.begin(after: .max)
      try run.run(.part2)
      #expect(stopper.steps == 13 - 5)
      let history = try HistoryRow.read(from: files(in: folder).history).filter { $0.key.experiment == .part2 }
      let seconds = history.map(\.seconds)
      #expect(seconds.count == 4 && seconds[0] < seconds[1] && seconds[2] < seconds[3])
    }
  }

  /// Seconds before a checkpoint count, in each row and in the manifest; those of all networks that were resumed.
  @Test func secondsBeforeACheckpoint() throws {
    try withTemporaryFolder { folder in
      try run(Self.longer, in: folder, seed: 1, threads: 2).run(.baseline)
      let stopper = Stopper(after: 13 + 5)
      let run = try run(Self.longer, in: folder, seed: 1, threads: 2, observer: stopper.observer)
      stopper.begin()
      #expect(throws: Interruption(isSaved: true)) { try run.run(.part2) }
      for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints(in: folder)) {
        let path = "\(checkpoints(in: folder))/\(name)"
        var checkpoint = try Checkpoint(decoding: try readFile(path), path: path)
        checkpoint.seconds = name.hasPrefix("part2-rank-4") ? 1000 : 2000
        try AtomicFile.write(checkpoint.encoded, to: path)
      }
      stopper.begin(after: .max)
      try run.run(.part2)
      let rows = try ResultRow.read(from: files(in: folder).results).filter { $0.key.experiment == .part2 }
      #expect(rows.map { Int($0.seconds / 100) } == [10, 20])
      let history = try HistoryRow.read(from: files(in: folder).history).filter { $0.key.experiment == .part2 }
      // The first network was finished, and the second in its only epoch.
      #expect(history.map { Int($0.seconds / 100) } == [0, 0, 0, 20])
      #expect(Int((try Manifest.read(from: files(in: folder).manifest).runs.last?.seconds ?? 0) / 100) == 30)
    }
  }

  /// Checkpoints of another configuration: a warning for each, and the run begins anew.
  @Test func checkpointsOfAnotherConfiguration() throws {
    var changed = TinyStudy()
    changed.baselineRate = "0.04"
    let whole = try withTemporaryFolder { folder in
      try run(changed, in: folder, seed: 1, threads: 2).run(.baseline)
      return try untimed(in: folder)
    }
    try withTemporaryFolder { folder in
      let stopper = Stopper(after: 4)
      stopper.begin()
      let stopped = try run(TinyStudy(), in: folder, seed: 1, threads: 2, checkpointSeconds: 0, observer: stopper.observer)
      #expect(throws: Interruption.self) { try stopped.run(.baseline) }
      let warnings = Mutex<[String]>([])
      let observer = StudyObserver(warning: { text in warnings.withLock { $0.append(text) } })
      try run(changed, in: folder, seed: 1, threads: 2, observer: observer).run(.baseline)
      let said = warnings.withLock { $0 }
      #expect(said.count == 2)
      for line in said {
        #expect(line.contains("found the checkpoint of another run, expected one of this configuration and program"))
      }
      #expect(try untimed(in: folder) == whole)
    }
  }

  /// What a process left half-written when it was killed is removed; files of others are not.
  @Test func leftovers() throws {
    try withTemporaryFolder { folder in
      try all(TinyStudy(), in: folder)
      let files = files(in: folder)
      let left = [
        "\(files.weights(seed: 1))/.tmp-77-baseline.safetensors", "\(files.folder)/.tmp-77-results.csv",
        "\(checkpoints(in: folder))/.tmp-78-baseline.a.safetensors", "\(checkpoints(in: folder))/baseline.a.safetensors",
      ]
      let kept = [
        "\(files.folder)/.tmp-77-REPORT.md", "\(files.folder)/mine", "\(checkpoints(in: folder))/part2-rank-4.a.safetensors",
      ]
      for path in left + kept { try AtomicFile.write("half", to: path) }
      #expect(try run(TinyStudy(), in: folder, seed: 1, threads: 1).run(.baseline) == false)
      #expect(left.filter(fileExists) == [] && kept.allSatisfy(fileExists))
    }
  }

  /// Two networks in part 2.
  private static let longer = {
    var study = TinyStudy()
    study.part2Ranks = "[4, 8]"
    return study
  }()

  private func checkpoints(in folder: String) -> String { "\(files(in: folder).weights(seed: 1))/checkpoints" }

  /// All files, the tables without times, of the manifest the digests.
  private func untimed(in folder: String) throws -> [String: [UInt8]] {
    var contents = try contents(of: folder)
    let files = files(in: folder)
    let results = try ResultRow.read(from: files.results).map {
      var row = $0
      row.seconds = 0
      return row
    }
    let history = try HistoryRow.read(from: files.history).map {
      var row = $0
      row.seconds = 0
      return row
    }
    let runs = try Manifest.read(from: files.manifest).runs
    let digests = runs.map { "\($0.experiment) \($0.digests.sorted { $0.key < $1.key })" }
    contents["digits/tiny/results.csv"] = Array(ResultRow.text(of: results).utf8)
    contents["digits/tiny/history.csv"] = Array(HistoryRow.text(of: history).utf8)
    contents["digits/tiny/manifest.json"] = Array(digests.joined(separator: "\n").utf8)
    return contents
  }

  /// A person who wants to stop after so many steps.
  private final class Stopper: Sendable {
    private let state: Mutex<(done: Int, most: Int)>

    init(after steps: Int) { state = Mutex((0, steps)) }

    var steps: Int { state.withLock { $0.done } }

    /// A process begins.
    func begin(after steps: Int? = nil) { state.withLock { $0 = (0, steps ?? $0.most) } }

    var observer: StudyObserver {
      StudyObserver(
        step: { [self] _, _ in state.withLock { $0.done += 1 } },
        isInterrupted: { [self] in state.withLock { $0.done >= $0.most } })
    }
  }
}
