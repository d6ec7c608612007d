import Files
import Foundation
import Results
import Testing
import TestSupport

/// `lowrank verify`: the table, and the status.
@Suite struct VerifyCommandTests {
  @Test func agreesAndDiffers() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
      for part in ["baseline", "part1"] { #expect(try lowrank([part, "--seed", "3"], in: folder).status == 0) }
      let files = ResultFiles(root: "\(folder)/experiments/results", dataset: "digits", study: "tiny")
      let good = try lowrank(["verify"], in: folder)
      #expect(good.status == 0 && good.errors.contains("verify: part1 (seed 3)"), "\(good.errors)")
      #expect(!good.errors.contains("warning"))
      #expect(
        good.output == """
          seed  part      compared       agree
          3     baseline  configuration  1 of 1    yes
          3     baseline  weights        2 of 2    yes
          3     baseline  results.csv    1 of 1    yes
          3     baseline  history.csv    3 of 3    yes
          3     baseline  spectra.csv    44 of 44  yes
          3     baseline  costs.csv      2 of 2    yes
          3     part1     configuration  1 of 1    yes
          3     part1     weights        4 of 4    yes
          3     part1     results.csv    3 of 3    yes
          3     part1     costs.csv      12 of 12  yes

          experiments/results/digits/tiny: all 73 agree, to the bit

          """)

      var rows = try ResultRow.read(from: files.results)
      let was = rows[1].testAccuracy
      rows[1].testAccuracy = 12.5
      try ResultRow.write(rows, to: files.results)
      let before = try readFile(files.results)
      let bad = try lowrank(["verify", "part1", "--seed", "3"], in: folder)
      #expect(bad.status == 1)
      #expect(
        bad.errorLines.last == "error: experiments/results/digits/tiny: found 1 of 4 comparisons that differ, expected none")
      let lines = bad.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(
        lines.prefix(4) == [
          "seed  part   compared       agree", "3     part1  configuration  1 of 1    yes",
          "3     part1  weights        4 of 4    yes",
          "3     part1  results.csv    2 of 3    NO",
        ], "\(bad.output)")
      #expect(
        lines.contains("  method truncated, rank 2, bits 32: test_accuracy: found 12.5, run again \(was)"), "\(bad.output)")
      #expect(try readFile(files.results) == before)
    }
  }

  @Test func mistakes() throws {
    for (arguments, status, says): ([String], Int32, String) in [
      (["verify", "part7"], 64, "part7"),
      (["verify", "--threads", "0"], 64, "--threads: found 0, expected 1 to 1024"),
      (["verify", "--seed", "x"], 64, "'x'"),
      (["verify"], 1, "/tiny/manifest.json: found no such file, expected a manifest that a run writes"),
    ] {
      try withTemporaryFolder { folder in
        try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
        let run = try Invocation(arguments + ["--study", "tiny.yaml"], in: folder)
        try expectMistake(run, says: [says])
        #expect(run.status == status)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tiny.yaml"])
      }
    }
  }

  /// A manifest of MNIST is verified on MNIST, never on the digits.
  @Test func otherData() throws {
    try withTemporaryFolder { folder in
      var study = TinyStudy()
      study.dataset = "mnist"
      try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
      var sample = SampleStudy()
      sample.study = "tiny"
      _ = try sample.write(to: "\(folder)/experiments/results")
      let run = try Invocation(["verify", "--study", "tiny.yaml"], in: folder, environment: ["MNIST_DIR": folder])
      try expectMistake(run, says: ["\(folder)/train-images-idx3-ubyte.gz: found no such file"])
    }
  }

  private func lowrank(_ arguments: [String], in folder: String) throws -> Invocation {
    try Invocation(arguments + ["--study", "tiny.yaml", "--threads", "2"], in: folder)
  }
}
