import Files
import Foundation
import Results
import Testing
import TestSupport

/// `lowrank run`, and what the program says of itself.
extension CommandLineTests {
  /// `run` makes all of it from one command, reads the images once, and does nothing the second time.
  @Test func run() throws {
    try withStudy { folder in
      let arguments = ["run", "tiny.yaml", "--threads", "2"]
      let first = try Invocation(arguments + ["--seeds", "1-2", "5"], in: folder)
      #expect(first.status == 0 && first.errorLines.count { $0 == "reading digits" } == 1, "\(first.errors)")
      // Whose progress a line is of.
      for seed in [1, 2, 5] {
        #expect(first.errorLines.contains { $0.hasPrefix("seed \(seed): baseline: epoch 1/2  loss ") })
      }
      let results = "\(folder)/experiments/results/digits/tiny"
      let manifest = try Manifest.read(from: "\(results)/manifest.json")
      #expect(manifest.runs.map(\.seed) == [1, 1, 1, 1, 2, 2, 2, 2, 5, 5, 5, 5])
      #expect(try readText("\(results)/REPORT.md").contains("Seeds 1, 2 and 5"))

      let (before, figures) = (
        try contents(of: folder), try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/figures")
      )
      #expect(figures.count { name in [".svg", ".png", ".pdf"].contains { name.hasSuffix($0) } } == 18)
      let again = try Invocation(arguments, in: folder)
      #expect(
        again.status == 0
          && again.errorLines == Self.experiments.map { "\($0) (digits, tiny, seed 1): up to date" } + [
            "figures: figures/digits/tiny: up to date", "report: experiments/results/digits/tiny/REPORT.md: up to date",
            "run: done (digits, tiny)",
          ])
      #expect(try contents(of: folder) == before)

      // A figure that is not the one that was drawn is drawn again.
      let figure = "\(folder)/figures/digits/tiny/bytes.svg"
      let drawn = try readFile(figure)
      try AtomicFile.write("changed", to: figure)
      #expect(try Invocation(arguments + ["--only", "figures"], in: folder).status == 0)
      #expect(try readFile(figure) == drawn)
    }
  }

  /// One step, with what it needs and nothing else; a changed rate of part 2 runs part 2 and nothing else.
  @Test func runOnly() throws {
    try withStudy { folder in
      let part2 = try Invocation(["run", "tiny.yaml", "--only", "part2"], in: folder)
      #expect(part2.status == 0 && part2.errorLines.last == "part2: done (digits, tiny)", "\(part2.errors)")
      let manifest = "\(folder)/experiments/results/digits/tiny/manifest.json"
      #expect(try Manifest.read(from: manifest).runs.map(\.experiment) == [.baseline, .part2])
      #expect(!fileExists("\(folder)/figures"))

      var changed = TinyStudy()
      changed.part2Rate = "0.03"
      try AtomicFile.write(changed.yaml, to: "\(folder)/tiny.yaml")
      let again = try Invocation(["run", "tiny.yaml", "--only", "part2"], in: folder)
      #expect(again.errorLines.first == "baseline (digits, tiny, seed 1): up to date", "\(again.errors)")
      #expect(again.errors.contains("part2 D = 4: epoch 1/1"))
      // The part alone is run again, not the baseline.
      let fresh = try Invocation(["run", "tiny.yaml", "--only", "part2", "--fresh"], in: folder)
      #expect(fresh.errors.contains("baseline (digits, tiny, seed 1): up to date") && fresh.errors.contains("epoch 1/1"))
      for lines in [["figures: 15 files in figures/digits/tiny"], ["figures: figures/digits/tiny: up to date"]] {
        let drawn = try Invocation(
          ["run", "tiny.yaml", "--only", "figures"] + (lines[0].contains("files") ? ["--fresh"] : []), in: folder)
        #expect(drawn.errorLines.filter { $0.hasPrefix("figures: ") && !$0.contains("done") } == lines, "\(drawn.errors)")
      }

      // Figures need results: without any, the study is run.
      let other = try Invocation(
        ["run", "tiny.yaml", "--only", "figures", "--results", "other", "--data", "digits"], in: folder)
      #expect(other.status == 0 && other.errors.contains("part3"), "\(other.errors)")
    }
  }

  /// A part that the study file does not have is a mistake, found before any work.
  @Test(arguments: [["run", "tiny.yaml", "--only", "part4"], ["part4", "--study", "tiny.yaml"]])
  func partThatTheStudyDoesNotHave(arguments: [String]) throws {
    try withStudy { folder in
      try expectMistake(
        try Invocation(arguments, in: folder),
        says: ["error: tiny.yaml: found no section part4, expected one, as in experiments/beyond.yaml"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tiny.yaml"])
    }
  }

  /// Results of a part that the study file no longer has stay, unless the person says otherwise.
  @Test func resultsOfAPartThatIsGone() throws {
    try withStudy { folder in
      #expect(try Invocation(["baseline", "--study", "tiny.yaml"], in: folder).status == 0)
      let files = ResultFiles(root: "\(folder)/experiments/results", dataset: "digits", study: "tiny")
      var manifest = try #require(try Manifest.readIfPresent(from: files.manifest))
      var run = manifest.runs[0]
      (run.experiment, run.seed) = (.part4, 7)
      manifest.runs.append(run)
      try manifest.write(to: files.manifest)
      for arguments in [["part1", "--study", "tiny.yaml"], ["run", "tiny.yaml"]] {
        try expectMistake(
          try Invocation(arguments, in: folder),
          says: [
            "experiments/results/digits/tiny/manifest.json: found results of part4 (seeds 7), "
              + "expected the section part4 in the study file; --fresh removes these results"
          ])
        #expect(try Manifest.readIfPresent(from: files.manifest) == manifest)
      }
      #expect(try Invocation(["baseline", "--study", "tiny.yaml", "--fresh"], in: folder).status == 0)
      #expect(try Manifest.readIfPresent(from: files.manifest)?.runs.map(\.experiment) == [.baseline])
    }
  }

  /// `comparisons.csv` follows the predictions, whichever command made them, and no images are read where nothing is new.
  @Test func comparisonsFollowThePredictions() throws {
    try withStudy { folder in
      let results = ResultFiles(root: "\(folder)/experiments/results", dataset: "digits", study: "tiny")
      let compared = { () throws -> Set<Experiment> in
        Set(try ComparisonRow.readIfPresent(from: results.comparisons).map(\.key.experiment))
      }
      for (part, expected) in [
        ("baseline", []), ("part1", [.part1]), ("part2", [.part1, .part2]),
      ] as [(String, Set<Experiment>)] {
        #expect(try Invocation([part, "--study", "tiny.yaml"], in: folder).status == 0, "\(part)")
        #expect(try compared() == expected, "\(part)")
        #expect(fileExists(results.comparisons) == !expected.isEmpty)
        let again = try Invocation([part, "--study", "tiny.yaml"], in: folder)
        #expect(again.errors == "\(part) (digits, tiny, seed 1): up to date\n")
      }
      // Without the table, and with one of another seed alone, from networks that are up to date.
      let rows = try ComparisonRow.read(from: results.comparisons)
      var others = rows
      for index in others.indices { others[index].key.seed = 9 }
      for earlier in [[], others] {
        unlink(results.comparisons)
        if !earlier.isEmpty { try ComparisonRow.write(earlier, to: results.comparisons) }
        for _ in 0..<2 {
          #expect(try Invocation(["run", "tiny.yaml", "--only", "part2"], in: folder).status == 0)
          #expect(try ComparisonRow.read(from: results.comparisons) == rows)
        }
      }
    }
  }

  /// Where figures cannot be written, that is found before the training.
  @Test func figuresThatCannotBeWritten() throws {
    try withStudy { folder in
      try AtomicFile.write("in the way", to: "\(folder)/figures")
      let run = try Invocation(["run", "tiny.yaml"], in: folder)
      try expectMistake(run, says: ["error: ", "figures", "expected a folder that can be written"])
    }
  }

  /// Output that could not be written is an error.
  @Test func fullStandardOutput() throws {
    for arguments in [["--version"], ["--help"], ["sources"]] {
      let process = Process()
      let errors = Pipe()
      (process.executableURL, process.arguments) = (Invocation.executable, arguments)
      (process.standardOutput, process.standardError) = (FileHandle(forWritingAtPath: "/dev/full"), errors)
      try process.run()
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 1, "\(arguments)")
      #expect(text.hasPrefix("error: standard output: found No space left on device"), "\(arguments): \(text)")
    }
  }

  /// What `make compare` asks: the images, and the baseline of the seed that is named, or of the study file's.
  @Test func locate() throws {
    try withStudy { folder in
      let baseline = "experiments/results/digits/tiny/weights/seed-%/baseline.safetensors\n"
      for (arguments, expected) in [
        (["dataset"], "digits\n"), (["baseline"], baseline.replacingOccurrences(of: "%", with: "1")),
        (["baseline", "--seeds", "7-9"], baseline.replacingOccurrences(of: "%", with: "7")),
      ] {
        let run = try Invocation(["locate"] + arguments + ["--study", "tiny.yaml"], in: folder)
        #expect(run.status == 0 && run.output == expected, "\(arguments): \(run.output)\(run.errors)")
      }
    }
  }

  /// Every study file is read before the first study runs.
  @Test func runReadsAllStudiesFirst() throws {
    try withStudy { folder in
      try expectMistake(
        try Invocation(["run", "tiny.yaml", "none.yaml"], in: folder),
        says: ["error: none.yaml: found no such file, expected a study file"])
      try expectMistake(
        try Invocation(["run", "tiny.yaml", "\(folder)/tiny.yaml"], in: folder),
        says: ["\(folder)/tiny.yaml: found the name 'tiny' of another study, expected a name of its own"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tiny.yaml"])
    }
  }

  @Test func version() throws {
    let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/")
    try withTemporaryFolder { folder in
      let run = try Invocation(["--version"], in: folder)
      #expect(run.status == 0 && run.errors.isEmpty)
      let citation = try readText("\(root)/CITATION.cff").split(separator: "\n").first { $0.hasPrefix("version: ") }
      let version = try #require(citation?.dropFirst("version: ".count))
      #expect(try readText("\(root)/CHANGELOG.md").contains("\n## \(version)\n"))
      #expect(run.output.hasPrefix("lowrank \(version), source ") && run.output.contains(", Swift version "))
      #expect(run.output.contains(", clang "))
      #expect(run.output.contains("OpenBLAS ") && run.output.contains(", kernels "))
    }
  }

  /// A copy elsewhere knows its sources only by the record that belongs to it; without one, its own bytes stand for them.
  @Test func installed() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
      let copy = URL(fileURLWithPath: "\(folder)/bin/lowrank")
      try FileManager.default.copyItem(at: Invocation.executable, to: copy)
      let unknown = try Invocation(["sources"], in: folder, executable: copy)
      #expect(unknown.output.contains("\"revision\" : \"unknown\""))
      let digest = SHA256.hexDigest(of: try readFile(copy.path))
      #expect(unknown.output.contains("\"digest\" : \"\(digest)\""))

      let known = try Invocation(["sources"], in: folder)
      try AtomicFile.write(known.output, to: "\(folder)/share/lowrank/sources.json")
      #expect(known.output != unknown.output)
      #expect(try Invocation(["sources"], in: folder, executable: copy).output == known.output)
      // Another program's record.
      try AtomicFile.write(try readFile(copy.path) + [0], to: copy.path)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy.path)
      #expect(try Invocation(["sources"], in: folder, executable: copy).output.contains("unknown"))
    }
  }
}
