import Files
import Foundation
import Testing
import TestSupport

/// A disk without room for a checkpoint.
extension InterruptionTests {
  /// Room for the weights but not for their momentum too: one warning, and the training ends well.
  @Test func diskTooFullForCheckpoints() throws {
    try withStudy { folder in
      let run = try lowrank(["baseline", "--checkpoint-seconds", "0"], in: folder, fileLimit: 100_000)
      #expect(run.status == 0, "\(run.errors)")
      let warnings = run.errorLines.filter { $0.hasPrefix("warning: ") }
      #expect(
        warnings.count == 1
          && warnings.first?.contains("baseline.a.safetensors: found File too large after 100000 bytes") == true)
      #expect(warnings.first?.hasSuffix("the checkpoint is not saved, the training goes on") == true, "\(run.errors)")
    }
  }

  /// A run that was stopped is started again with room for neither checkpoints nor weights: its files are limited.
  @Test func filesTooLargeAfterACheckpoint() throws {
    try withStudy { folder in
      try fullAfterACheckpoint(in: folder, found: "File too large after 50000 bytes") { arguments in
        try lowrank(arguments, in: folder, fileLimit: 50_000)
      }
    }
  }

  /// The same on a file system that is full indeed, but for ten pages.
  @Test(.enabled(if: SmallDisk.isPossible, "a small file system may not be mounted here"))
  func diskFullAfterACheckpoint() throws {
    try withTemporaryFolder { folder in
      let disk = try SmallDisk(at: folder, bytes: 4_000_000)
      defer { disk.unmount() }
      try AtomicFile.write(Self.study.yaml, to: "\(folder)/tiny.yaml")
      try fullAfterACheckpoint(in: folder, found: "No space left on device after 40960 bytes") { arguments in
        try disk.fill(but: 40_960)
        defer { disk.empty() }
        return try lowrank(arguments, in: folder)
      }
      // Not a byte: found out before the training.
      try disk.fill(but: 0)
      let run = try lowrank(["part3", "--fresh"], in: folder)
      #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
      #expect(
        run.errors.contains("found No space left on device") && run.errors.contains("expected a folder that can be written"))
    }
  }

  /// One warning about the checkpoints and one error about the weights, both naming file, found and expected; the checkpoints
  /// stay as they were. With room again the run goes on from them, to the bytes of one in one piece.
  private func fullAfterACheckpoint(in folder: String, found: String, full: ([String]) throws -> Invocation) throws {
    let whole = try withStudy { folder in
      for part in ["baseline", "part3"] { #expect(try lowrank([part], in: folder).status == 0) }
      return try results(in: folder)
    }
    let often = ["--checkpoint-seconds", "0"]
    #expect(try lowrank(["baseline"] + often, in: folder, interruptAfter: "epoch 3/").status == 130)
    let weights = "\(folder)/experiments/results/digits/tiny/weights/seed-1"
    let before = try files(in: weights)
    #expect(before.keys.sorted() == ["checkpoints/baseline.a.safetensors", "checkpoints/baseline.b.safetensors"])

    let run = try full(["baseline"] + often)
    #expect(run.status == 1 && run.errors.contains("goes on from a checkpoint after epoch"), "\(run.errors)")
    let warnings = run.errorLines.filter { $0.hasPrefix("warning: ") }
    #expect(warnings.count == 1, "\(run.errors)")
    #expect(
      warnings.first?.contains("checkpoints/baseline.") == true
        && warnings.first?.contains("found \(found), expected room for ") == true)
    #expect(warnings.first?.hasSuffix("the checkpoint is not saved, the training goes on") == true)
    #expect(
      run.errorLines.last?.contains("seed-1/baseline.safetensors: found \(found), expected room for ") == true,
      "\(run.errors)")
    #expect(try files(in: weights) == before)

    for part in ["baseline", "part3"] {
      let rest = try lowrank([part], in: folder)
      #expect(rest.status == 0 && !rest.errors.contains("warning"), "\(rest.errors)")
      #expect(
        rest.errors.contains("baseline: goes on from a checkpoint after epoch") == (part == "baseline"), "\(rest.errors)")
    }
    #expect(try results(in: folder) == whole)
  }

  /// Every file below, by its path.
  private func files(in folder: String) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where fileSize("\(folder)/\(path)") != nil {
      if let bytes = try? readFile("\(folder)/\(path)") { contents[path] = bytes }
    }
    return contents
  }
}
