import Files
import Foundation
import Results
import Testing
import TestSupport

/// However a run is stopped, the next one goes on from there, and what comes out has the bytes of a run in one piece.
@Suite struct InterruptionTests {
  static let study = {
    var study = TinyStudy()
    study.baselineEpochs = "30"
    study.part3Epochs = "8"
    return study
  }()

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL], [1, 2])
  func stoppedAndStartedAgain(signal: Int32, threads: Int) throws {
    let whole = try withStudy { folder in
      for part in ["baseline", "part3"] { #expect(try lowrank([part], in: folder).status == 0) }
      return try results(in: folder)
    }
    try withStudy { folder in
      for (part, moment) in [
        ("baseline", "epoch 3/"), ("part3", "SVD each epoch: epoch 2/"), ("part3", "SVD each step: epoch 4/"),
      ] {
        let options = ["--threads", "\(threads)", "--checkpoint-seconds", signal == SIGKILL ? "0" : "60"]
        let cut = try lowrank([part] + options, in: folder, interruptAfter: moment) { kill($0, signal) }
        #expect(cut.status == (signal == SIGKILL ? SIGKILL : 128 + signal), "\(cut.errors)")
        if signal != SIGKILL {
          #expect(cut.errorLines.last?.hasSuffix("the same command continues from here") == true, "\(cut.errors)")
        }
        guard moment != "SVD each epoch: epoch 2/" else { continue }
        let rest = try lowrank([part], in: folder)
        #expect(rest.status == 0 && rest.errors.contains("goes on from a checkpoint after epoch"), "\(rest.errors)")
        #expect(!rest.errors.contains("warning") && !rest.errors.contains("before training"), "\(rest.errors)")
      }
      #expect(try results(in: folder) == whole)
      let left = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
        $0.contains("checkpoint") || $0.contains(".tmp")
      }
      #expect(left == [])
    }
  }

  /// Two signals before the step ends: the second does not wait for it.
  @Test func secondSignalStopsAtOnce() throws {
    try withStudy { folder in
      let run = try lowrank(["baseline"], in: folder, interruptAfter: "epoch 3/") { process in
        for signal in [SIGSTOP, SIGINT, SIGTERM, SIGCONT] { kill(process, signal) }
      }
      #expect([128 + SIGINT, 128 + SIGTERM].contains(run.status) && !run.errors.contains("interrupted"), "\(run.errors)")
      #expect(try lowrank(["baseline"], in: folder).status == 0)
    }
  }

  /// The second of two runs with the same results stops, and the first goes on; one that was killed does not block it.
  @Test func twoAtOnce() throws {
    try withStudy { folder in
      let first = try lowrank(["baseline"], in: folder, interruptAfter: "epoch 2/") { process in
        kill(process, SIGSTOP)
        try expectMistake(
          try lowrank(["part1"], in: folder),
          says: ["digits/tiny: found another process that uses these results", "wait for it"])
        kill(process, SIGKILL)
      }
      #expect(first.status == SIGKILL)
      #expect(try lowrank(["baseline"], in: folder).status == 0)
    }
  }

  /// `--fresh` begins anew, whatever there is.
  @Test func fresh() throws {
    try withStudy { folder in
      #expect(try lowrank(["baseline"], in: folder, interruptAfter: "epoch 3/").status == 130)
      let run = try lowrank(["baseline", "--fresh"], in: folder)
      #expect(
        run.status == 0 && run.errors.contains("before training") && !run.errors.contains("checkpoint"), "\(run.errors)")
      // Interrupted, it leaves the earlier results, and does not claim that it can be resumed.
      let again = try lowrank(["baseline", "--fresh"], in: folder, interruptAfter: "epoch 3/")
      #expect(again.status == 130 && again.errorLines.last == "error: interrupted; earlier results are unchanged")
      #expect(try lowrank(["baseline"], in: folder).errors == "baseline (digits, tiny, seed 1): up to date\n")
      #expect(!fileExists("\(folder)/experiments/results/digits/tiny/weights/seed-1/checkpoints"))
    }
  }

  // MARK: Helpers

  func withStudy<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Self.study.yaml, to: "\(folder)/tiny.yaml")
      return try body(folder)
    }
  }

  func lowrank(
    _ arguments: [String], in folder: String, fileLimit: Int? = nil, interruptAfter: String? = nil,
    by: (pid_t) throws -> Void = { kill($0, SIGINT) }
  ) throws -> Invocation {
    let threads = arguments.contains("--threads") ? [] : ["--threads", "2"]
    return try Invocation(
      arguments + ["--study", "tiny.yaml"] + threads, in: folder, fileLimit: fileLimit, interruptAfter: interruptAfter,
      by: by)
  }

  /// Digests of all weights, and the tables without their times.
  func results(in folder: String) throws -> [String: String] {
    let files = ResultFiles(root: "\(folder)/experiments/results", dataset: "digits", study: "tiny")
    var contents: [String: String] = [:]
    for run in try Manifest.read(from: files.manifest).runs {
      for (name, digest) in run.digests {
        #expect(SHA256.hexDigest(of: try readFile("\(files.weights(seed: 1))/\(name)")) == digest)
        contents[name] = digest
      }
    }
    contents["results"] = ResultRow.text(
      of: try ResultRow.read(from: files.results).map {
        var row = $0
        row.seconds = 0
        return row
      })
    contents["history"] = HistoryRow.text(
      of: try HistoryRow.read(from: files.history).map {
        var row = $0
        row.seconds = 0
        return row
      })
    contents["spectra"] = try readText(files.spectra)
    contents["costs"] = try readText(files.costs)
    // Three networks, predictions of two parts, four tables.
    #expect(contents.count == 3 + 2 + 4)
    return contents
  }
}
