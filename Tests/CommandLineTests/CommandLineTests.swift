import Files
import Foundation
import Results
import Testing
import TestSupport

/// Each mistake: one line with what was found and expected, a status that is not zero, and earlier results as they were.
@Suite struct CommandLineTests {
  static let experiments = ["baseline", "part1", "part2", "part3"]

  /// The whole study, and every file that it promises.
  @Test func wholeStudy() throws {
    try withStudy { folder in
      for command in Self.experiments + ["figures", "report"] {
        let run = try lowrank([command], in: folder)
        #expect(run.status == 0, "\(command): \(run.errors)")
        // What is written over is for terminals.
        #expect(!run.errors.contains("\r"), "\(command): \(run.errors)")
      }
      let results = "\(folder)/experiments/results/digits/tiny"
      for file in [
        "results.csv", "history.csv", "spectra.csv", "costs.csv", "comparisons.csv", "manifest.json", "REPORT.md",
      ] {
        #expect(fileExists("\(results)/\(file)"), "\(file)")
      }
      let figures = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures/digits/tiny")
      #expect(figures.count { name in [".svg", ".png", ".pdf"].contains { name.hasSuffix($0) } } == 18)
      let manifest = try Manifest.read(from: "\(results)/manifest.json")
      #expect(manifest.runs.count == 4 && manifest.runs.allSatisfy { $0.environment.threads == 2 })
      // The kernels are pinned, and what is recorded is what OpenBLAS says it runs.
      #expect(manifest.runs.allSatisfy { $0.environment.blasKernel == "Haswell" && $0.environment.blasThreads == 1 })

      let again = try lowrank(["part2"], in: folder)
      #expect(again.status == 0 && again.errors == "part2 (digits, tiny, seed 1): up to date\n")
    }
  }

  /// Whatever the environment: one kernel family and one thread, also for OpenBLAS on OpenMP, which reads OMP_NUM_THREADS.
  @Test func pinnedKernels() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.baselineEpochs = "10000"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      let asked = ["OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "64", "OMP_NUM_THREADS": "64"]
      let run = try Invocation(
        ["baseline", "--study", "tiny.yaml", "--threads", "1"], in: folder, environment: asked, interruptAfter: "epoch 1/"
      ) { process in
        let environment = try readText("/proc/\(process)/environ").split(separator: "\0")
        for setting in ["OPENBLAS_CORETYPE=Haswell", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"] {
          #expect(environment.contains { $0 == setting }, "\(setting)")
        }
        kill(process, SIGINT)
      }
      #expect(
        run.status == 130
          && run.errorLines.first
            == "OPENBLAS_CORETYPE: found 'SkylakeX'; 'Haswell' is used, so that digests agree with other machines",
        "\(run.errors)")
    }
  }

  @Test func help() throws {
    try withTemporaryFolder { folder in
      let run = try Invocation(["--help"], in: folder)
      #expect(run.status == 0 && run.errors.isEmpty)
      for command in Self.experiments + ["part4", "run", "figures", "report", "verify", "svd"] {
        #expect(run.output.contains("  \(command) "))
      }
      // What only the Makefile calls.
      for command in ["locate", "sources", "svd-sizes"] { #expect(!run.output.contains("  \(command) ")) }
      let part = try Invocation(["part3", "--help"], in: folder)
      for option in ["--study", "--seed", "--threads", "--data", "--results", "--fresh", "--checkpoint-seconds"] {
        #expect(part.output.contains(option))
      }
    }
  }

  @Test func wrongOptions() throws {
    for (arguments, says): ([String], String) in [
      (["part1", "--sed", "3"], "Unknown option '--sed'"),
      (["part7"], "part7"),
      (["baseline", "--threads", "0"], "--threads: found 0, expected 1 to 1024"),
      (["baseline", "--threads", "many"], "'many'"),
      (["baseline", "--checkpoint-seconds", "1e9"], "--checkpoint-seconds: found 1000000000.0, expected 0 to 86400"),
      (["baseline", "--checkpoint-seconds", "-1"], "--checkpoint-seconds: found -1.0, expected 0 to 86400"),
      (["baseline", "--seed", "-1"], "The value '-1' is invalid for '--seed <seed>': expected a whole number from 0 to"),
      (
        ["baseline", "--seed", "01"],
        "'01' is invalid for '--seed <seed>': expected a whole number from 0 to 9007199254740992,"
      ),
      (["run", "--seeds", "3", "01"], "'01' is invalid for '--seeds <seed>': expected a seed, or a range"),
      (["run", "--seeds", "1-05"], "a seed is a whole number from 0 to 9007199254740992, without a leading zero"),
      (["verify", "--seeds", "+1"], "'+1' is invalid for '--seeds <seed>'"),
      (["svd-sizes", "--seed", "0x10"], "'0x10' is invalid for '--seed <seed>'"),
      (["baseline", "--data", "cifar"], "cifar"),
      (["baseline", "--results", ""], "--results: found nothing, expected a folder"),
      (["figures", "--figures", ""], "--figures: found nothing, expected a folder"),
      (["part1", "--study", ""], "--study: found nothing, expected a study file"),
      (["run", ""], "study: found nothing, expected a study file"),
      (["run", "--seeds", "5-1"], "The value '5-1' is invalid for '--seeds <seed>': expected a seed, or a range"),
      (["run", "--seeds", "1-"], "The value '1-' is invalid for '--seeds <seed>': expected a seed, or a range"),
      (["run", "--only", "part5"], "'part5'"),
      (["run", "--only", "part5"], " baseline, part1, part2, part3, part4, figures, report "),
      (["figures", "svd", "--table", "sizes"], "--table: found sizes, expected a file whose name ends in .csv"),
    ] {
      try withTemporaryFolder { folder in
        let run = try Invocation(arguments, in: folder)
        try expectMistake(run, says: [says, "error: "])
        #expect(run.status == 64, "\(arguments), \(says)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [], "\(arguments), \(says)")
      }
    }
  }

  @Test func noStudyFile() throws {
    try withTemporaryFolder { folder in
      try expectMistake(
        try Invocation(["baseline", "--study", "none.yaml"], in: folder),
        says: ["error: none.yaml: found no such file, expected a study file"])
    }
  }

  @Test func unknownKey() throws {
    try withStudy { folder in
      var study = TinyStudy()
      study.more = "epochs: 3"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      try expectMistake(
        try lowrank(["baseline"], in: folder), says: ["tiny.yaml:46: found the unknown key 'epochs', expected"])
      #expect(!fileExists("\(folder)/experiments"))
    }
  }

  /// A study's name is a folder's, and gnuplot's: this one is refused before anything is made of it.
  @Test func aStudyFileWithACommandForItsName() throws {
    try withTemporaryFolder { folder in
      let name = "x'; system(\"touch pwned\").yaml"
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/\(name)")
      for command in Self.experiments + ["figures", "report", "verify", "run"] {
        let run = try Invocation([command] + (command == "run" ? [] : ["--study"]) + [name], in: folder)
        try expectMistake(run, says: ["found the study's name 'x'; system(\"touch pwned\")', expected letters, digits"])
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
    }
  }

  /// Folders can have any name; gnuplot writes into them, and does nothing else.
  @Test func foldersWithCommandsForNames() throws {
    for name: String in [
      "x'; system(\"touch pwned\") #", "`touch pwned`", "a\n!touch pwned\n", "%d {*9 big} @pwned $(touch pwned)",
    ] {
      try withStudy { folder in
        let folders = ["--results", "results \(name)"]
        #expect(try lowrank(["baseline"] + folders, in: folder).status == 0)
        let run = try lowrank(["figures", "--figures", "figures \(name)"] + folders, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures \(name)/digits/tiny").count == 9)
        let made = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(made == ["figures \(name)", "results \(name)", "tiny.yaml"])
      }
    }
  }

  @Test func noBaseline() throws {
    try withStudy { folder in
      try expectMistake(
        try lowrank(["part3"], in: folder),
        says: ["baseline.safetensors: found no such file", "run `lowrank baseline` first"])
    }
  }

  @Test func noResults() throws {
    try withStudy { folder in
      for command in ["figures", "report"] { try expectMistake(try lowrank([command], in: folder), says: ["results.csv"]) }
    }
  }

  @Test func rankAboveFull() throws {
    try withStudy { folder in
      var study = TinyStudy()
      study.part1Ranks = "[4, 999]"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      #expect(try lowrank(["baseline"], in: folder).status == 0)
      let run = try lowrank(["part1"], in: folder)
      #expect(run.status == 0)
      #expect(
        run.errors.contains(
          "warning: part1.ranks: found 999, expected at most 24, the full rank; 24 is used, and the network grows"))
    }
  }

  /// `MNIST_DIR` without the files: an error that names the first, never the digits instead.
  @Test func noMNIST() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.dataset = "mnist"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      let run = try Invocation(["baseline", "--study", "tiny.yaml"], in: folder, environment: ["MNIST_DIR": folder])
      try expectMistake(
        run, says: ["\(folder)/train-images-idx3-ubyte.gz: found no such file, expected one of MNIST's four files"])
    }
  }

  /// Results in a place that cannot be written: found out before the training, not after it.
  @Test func resultsThatCannotBeWritten() throws {
    try withStudy { folder in
      try AtomicFile.write("in the way", to: "\(folder)/experiments")
      let run = try lowrank(["baseline"], in: folder)
      try expectMistake(run, says: ["error: ", "expected a folder that can be written"])
      #expect(!run.errors.contains("epoch"))
    }
  }

  /// A disk that fills while the weights are written.
  @Test func fullDisk() throws {
    try withStudy { folder in
      #expect(try lowrank(["baseline"], in: folder).status == 0)
      let before = try contents(of: folder)
      let run = try lowrank(["baseline", "--fresh"], in: folder, fileLimit: 20_000)
      #expect(run.status == 1)
      let last = run.errorLines.last ?? ""
      #expect(
        last.contains("baseline.safetensors: found File too large after 20000 bytes, expected room for"), "\(run.errors)")
      #expect(try contents(of: folder) == before)
    }
  }

  /// A disk that fills between two of the files: neither is changed.
  @Test func fullDiskHalfWay() throws {
    try withStudy { folder in
      for part in ["baseline", "part1"] { #expect(try lowrank([part], in: folder).status == 0) }
      var changed = TinyStudy()
      changed.baselineRate = "0.04"
      try AtomicFile.write(changed.yaml, to: "\(folder)/tiny.yaml")
      #expect(try lowrank(["baseline"], in: folder).status == 0)
      let before = try contents(of: folder)
      // Room for rank 2, not for full rank.
      let run = try lowrank(["part1"], in: folder, fileLimit: 60_000)
      #expect(
        run.status == 1 && run.errorLines.last?.contains("part1-rank-24.safetensors: found File too large") == true,
        "\(run.errors)")
      #expect(try contents(of: folder) == before)
    }
  }

  /// Ctrl-C reaches gnuplot too; it is the person's wish all the same, and no figure is changed.
  @Test func ctrlCWhileDrawing() throws {
    try withStudy { folder in
      #expect(try lowrank(["baseline"], in: folder).status == 0)
      let figure = "\(folder)/figures/digits/tiny/spectra.svg"
      try AtomicFile.write("earlier", to: figure)
      // It says that there are no results of part 1, and goes on to draw those of the baseline.
      let run = try lowrank(["figures"], in: folder, interruptAfter: "not drawn")
      #expect(
        run.status == 130 && run.errorLines.last == "error: interrupted; earlier results are unchanged", "\(run.errors)")
      #expect(try readText(figure) == "earlier")
    }
  }

  @Test func ctrlC() throws {
    try withStudy { folder in
      #expect(try lowrank(["baseline"], in: folder).status == 0)
      let before = try contents(of: folder)
      var longer = TinyStudy()
      longer.baselineEpochs = "10000"
      try AtomicFile.write(longer.yaml, to: "\(folder)/tiny.yaml")
      let run = try lowrank(["baseline"], in: folder, interruptAfter: "epoch 2/")
      #expect(run.status == 130, "\(run.errorLines.suffix(2))")
      #expect(
        run.errorLines.last
          == "error: interrupted; earlier results are unchanged; the same command continues from here")
      #expect(try contents(of: folder) == before)
    }
  }

  // MARK: Helpers

  func withStudy(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
      try body(folder)
    }
  }

  private func lowrank(
    _ arguments: [String], in folder: String, fileLimit: Int? = nil, interruptAfter: String? = nil
  ) throws -> Invocation {
    let threads = Self.experiments.contains(arguments[0]) ? ["--threads", "2"] : []
    return try Invocation(
      arguments + ["--study", "tiny.yaml"] + threads, in: folder, fileLimit: fileLimit, interruptAfter: interruptAfter)
  }

  /// Every result file but checkpoints, by its path.
  func contents(of folder: String) throws -> [String: [UInt8]] {
    let root = "\(folder)/experiments"
    let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    var contents: [String: [UInt8]] = [:]
    for path in paths where !path.contains("/checkpoints") {
      if let bytes = try? readFile("\(root)/\(path)") { contents[path] = bytes }
    }
    #expect(contents.count >= 6)
    return contents
  }
}
