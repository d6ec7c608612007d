import Files
import Foundation
import Results
import Testing
import TestSupport

/// `lowrank svd-sizes` and `lowrank figures svd`.
@Suite struct SVDSizesCommandTests {
  @Test func measuresAndDraws() throws {
    try withTemporaryFolder { folder in
      let run = try Invocation(["svd-sizes", "--sizes", "12", "4", "--runs", "2", "--rank", "5", "--seed", "7"], in: folder)
      #expect(run.status == 0 && run.output.isEmpty, "\(run.errors)")
      for text in [
        "svd-sizes: seed 7, runs 2, one thread, OpenBLAS kernels Haswell", "svd-sizes: 12×12, double: jacobi ",
        "; worst ratio ",
        "svd-sizes: experiments/results/svd/sizes.csv and experiments/results/svd/sizes.json",
      ] { #expect(run.errors.contains(text), "\(text) in:\n\(run.errors)") }
      let files = SVDSizeFiles(table: "\(folder)/experiments/results/svd/sizes.csv")
      let rows = try SVDSizeRow.read(from: files.table)
      #expect(rows.count == 2 * 2 * 4 && rows.allSatisfy { $0.seconds > 0 && $0.runs == 2 })
      let manifest = try SVDSizesManifest.read(from: files.manifest)
      #expect(rows.allSatisfy { ($0.worstRatio ?? 0) < (manifest.bound ?? 0) })
      #expect(manifest.sizes == [4, 12] && manifest.seed == 7 && manifest.rank == 5 && manifest.environment.threads == 1)
      #expect(manifest.bound == 50)
      #expect(manifest.environment.blasKernel == "Haswell" && manifest.environment.blas.contains("OpenBLAS"))

      let figures = try Invocation(["figures", "svd"], in: folder)
      #expect(figures.status == 0 && figures.errors == "figures: 6 files in figures/svd\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures/svd").count == 6)
      // From a table elsewhere, to a folder elsewhere.
      try FileManager.default.moveItem(atPath: files.table, toPath: "\(folder)/mine.csv")
      let mine = try Invocation(["figures", "svd", "--table", "mine.csv", "--figures", "other"], in: folder)
      #expect(mine.status == 0 && mine.errors == "figures: 6 files in other/svd\n", "\(mine.errors)")
    }
  }

  @Test func wrongOptions() throws {
    for (arguments, says): ([String], String) in [
      (["svd-sizes", "--sizes", "0"], "--sizes: found 0, expected 1 to 8192"),
      (["svd-sizes", "--sizes", "16", "9999"], "--sizes: found 9999, expected 1 to 8192"),
      (["svd-sizes", "--sizes", "big"], "'big'"),
      (["svd-sizes", "--sizes"], "--sizes"),
      (["svd-sizes", "--runs", "0"], "--runs: found 0, expected 1 to 1000"),
      (["svd-sizes", "--rank", "0"], "--rank: found 0, expected 1 to 8192"),
      (["svd-sizes", "--rank", "-1"], "--rank: found -1, expected 1 to 8192"),
      (["svd-sizes", "--rank", "9223372036854775807"], "--rank: found 9223372036854775807, expected 1 to 8192"),
      (["svd-sizes", "--seed", "-1"], "--seed"),
      (["svd-sizes", "--budget", "0"], "--budget: found 0.0, expected a number above 0"),
      (["svd-sizes", "--budget", "inf"], "--budget: found inf, expected a number above 0"),
      (["svd-sizes", "--output", ""], "--output: found nothing, expected a file whose name ends in .csv"),
      (["svd-sizes", "--output", "sizes.txt"], "--output: found sizes.txt, expected a file whose name ends in .csv"),
      (["figures", "svd", "--table", "sizes.json"], "--table: found sizes.json, expected a file whose name ends in .csv"),
      (["figures", "svd", "--figures", ""], "--figures: found nothing, expected a folder"),
    ] {
      try withTemporaryFolder { folder in
        let run = try Invocation(arguments, in: folder)
        try expectMistake(run, says: [says, "error: "])
        #expect(run.status == 64, "\(arguments), \(says)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [], "\(arguments), \(says)")
      }
    }
  }

  @Test func noTable() throws {
    try withTemporaryFolder { folder in
      try expectMistake(
        try Invocation(["figures", "svd"], in: folder),
        says: ["error: experiments/results/svd/sizes.csv: found no such file"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  /// Found out before the work, not after it.
  @Test func outputThatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("in the way", to: "\(folder)/results")
      let run = try Invocation(["svd-sizes", "--output", "results/sizes.csv"], in: folder)
      try expectMistake(run, says: ["error: ", "expected a folder that can be written"])
    }
  }

  @Test func ctrlC() throws {
    try withTemporaryFolder { folder in
      let table = "\(folder)/sizes.csv"
      try AtomicFile.write("earlier", to: table)
      let run = try Invocation(
        ["svd-sizes", "--sizes", "8", "128", "--runs", "1000", "--output", "sizes.csv"], in: folder, interruptAfter: "seed 1"
      )
      #expect(
        run.status == 130 && run.errorLines.last == "error: interrupted; earlier results are unchanged", "\(run.errors)")
      #expect(try readText(table) == "earlier")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sizes.csv"])
    }
  }
}
