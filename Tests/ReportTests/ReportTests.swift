import Files
import Foundation
import Report
import Results
import Testing
import TestSupport

@Suite struct ReportTests {
  private static let sentences = [
    "# Network Compression Using SVD: study `paper` on MNIST",
    "55,000 images are for training and 5,000 for validation.", "The 10,000 test images are evaluated at the end of a run.",
    "**(a) The baseline has a test accuracy above 98 %.** Measured: 98.77 %.\n\nVerdict: **holds**.",
    "Measured: 97.92 % with an SVD every epoch and 98.03 % with an SVD every step.\n\nVerdict: **holds, and is exceeded**.",
    "Measured: 215,470 of 5,012,490 parameters, 4.30 % (215,370, 4.30 %, with S folded into a factor).",
    "With 16-bit parameters it takes 431,840 bytes: 2.15 % of the 32-bit baseline's, and like for like 4.31 % of the 16-bit",
    "With 32-bit parameters, 2 % corresponds to D ≈ 8.5: 1.90 % with D = 8 and 2.10 % with D = 9.",
    "98.77 % with D = 1024 and 98.77 % without factors. The predicted class differs for 1 of 10,000 images.\n\nVerdict: **holds",
    "the accuracy is 96.08 % (truncated; 96.10 % in 32 bits), 98.16 % (fine-tuned; 98.18 % in 32 bits), 97.90 % (dynamic, ",
    "One standard error of the test set is 0.19, 0.13, 0.14 and 0.14 points.",
    "Criterion: the 95 % interval of the accuracy over the test images (Wilson; there is one seed) lies above 98 %; below, it fails,",
    "Criterion: “about 97 %” is 96.5 % or more, and is exceeded from 97.5 % on, for all of the 95 % interval of the accuracy over ",
    "it fails if all of it is below, and is undecided otherwise; with one cadence alone, it holds in part.",
    "**Intervals.** One seed has no interval over seeds. Verdicts follow from the 95 % interval of its accuracy over the test images",
    "Criterion: “about 2 %” is 1.50 % to 2.50 % of the baseline's parameters; it holds in part if only the bytes of 16-bit ",
    "no network with D = 20 loses more than one standard error of the test set by its 16 bits (the 95 % interval of the paired ",
    "Criterion: another predicted class for at most 2 test images with each seed; for at most 10, it holds in part; the images are ",
    "Criterion: no smaller D is better by more than one standard error of the test set; by at most one percentage point, it holds ",
    "by the 95 % interval of the paired differences over the seeds, and with one seed over the test images.",
    "With an SVD every epoch, F has rank D only at the beginning of an epoch.",
    "From D = 50 on, the loss is at most one percentage point.\n\nVerdict: **undecided**.",
    "| 20 | 96.10 | 95.85 | 215,470 (4.30 %) | 215,370 (4.30 %) | 862,780 (4.30 %) | 210,340 (4.20 %) |",
    "**D = 1024, full rank, is larger than the baseline**, not smaller",
    "| fine-tuned, D = 20 | 98.18 |", "| dynamic, SVD every step, D = 20 | 98.03 |",
    "| network | D | test accuracy (%) | parameters |", "| fine-tuned | 20 | 98.18 |", "| dynamic, SVD every epoch | 20 |",
    "| BLAS kernel | Haswell |", "| source revision | v1.0-3-gabcdef0 |", "| processor | AMD EPYC |",
    "baseline:\n  dropout: 0.2\n  epochs: 12\n  learningRate: 0.05\n", "widths: [784, 1024, 1024, 1024, 1024, 1024, 10]",
    "| experiment | seconds |", "| part3 | 10.0 |", "| all | 40.0 |",
  ]

  @Test func theReportSaysWhatWasMeasured() throws {
    let text = try report(of: SampleStudy())
    for sentence in Self.sentences { #expect(text.contains(sentence), "\(sentence)") }
  }

  /// The same results give the same report, whenever they were made and wherever it is written: no date or time is in it.
  @Test func theReportHasNoClock() throws {
    let text = try report(of: SampleStudy())
    let later = try report(of: SampleStudy()) { files, _ in
      var manifest = try Manifest.read(from: files.manifest)
      for index in manifest.runs.indices { manifest.runs[index].started = "2031-07-08T09:10:11Z" }
      try manifest.write(to: files.manifest)
    }
    #expect(later == text)
    #expect(text.firstMatch(of: /\d{4}-\d\d-\d\d|\d\d:\d\d/) == nil)
    #expect(!text.contains("THIS IS NOT MNIST"))
    // What is up to date is not written again; what is not, is, however little has changed.
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder)
      func write() throws -> Bool { try StudyReport.write(results: files, figures: folder, to: files.report) }
      #expect(try write() && !write())
      let before = try readText(files.report)
      try AtomicFile.write(before.replacing("98.77", with: "98.78"), to: files.report)
      #expect(try write() && readText(files.report) == before)
    }
  }

  @Test func digitsAreNeverTakenForMNIST() throws {
    var sample = SampleStudy()
    (sample.dataset, sample.study) = ("digits", "quick")
    let text = try report(of: sample)
    #expect(text.hasPrefix("# Network Compression Using SVD: study `quick` on built-in digits\n\n> **THIS IS NOT MNIST.**"))
    #expect(text.components(separatedBy: "Verdict: **not tested: built-in digits, not MNIST**.").count == 6)
    #expect(!text.contains("**holds") && !text.contains("**fails"))
  }

  /// The seeds are 0.1 points apart: ± 4.303 · 0.1 / √3 with three of them, ± 12.71 · 0.0707 / √2 with two.
  @Test func severalSeedsGiveMeanAndInterval() throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    let text = try report(of: sample)
    #expect(text.contains("Seeds 1, 2 and 3. Values are means over the seeds with 95 % intervals."))
    #expect(
      text.contains("**Intervals.** m ± h is the mean over 3 seeds and half the width of its 95 % interval by Student's t"))
    #expect(text.contains("Measured: 98.87 ± 0.25 %."))
    #expect(
      text.contains("Criterion: the 95 % interval of the mean over the seeds (Student's t) lies above 98 %; below, it"))
    #expect(text.contains("The predicted class differs for at most 1 of 10,000 images with one seed."))
    #expect(text.contains("| baseline | 20.0 ± 24.8 |") && text.contains("| all, all seeds | 240.0 |"))
    sample.seeds = [1, 2]
    #expect(try report(of: sample).contains("Measured: 98.82 ± 0.64 %."))
    (sample.seeds, sample.baseline) = ([1, 2, 3], 97.95)
    #expect(try report(of: sample).contains("Measured: 98.05 ± 0.25 %.\n\nVerdict: **undecided**."))
  }

  /// Fewer seeds of a part, or of one network, are said; a size that differs between seeds is not.
  @Test func seedsThatDifferAreSaid() throws {
    var sample = SampleStudy()
    sample.seeds = [1, 2, 3]
    let text = try report(of: sample) { files, _ in
      try ResultRow.write(
        sample.results.filter { row in
          row.key.experiment == .part3 ? row.key.seed == 2 : !(row.key.rank == 50 && row.key.seed == 1)
        }, to: files.results)
    }
    #expect(
      text.contains(
        "**Seeds differ between networks:** part1, 1 of 6 networks, has seeds 2 and 3; part3 has seed 2. A value without ± is"))
    #expect(text.contains("m ± h is the mean over its seeds and half"))
    #expect(try !report(of: sample).contains("**Seeds differ"))
    let sizes = try report(of: sample, costs: { if $0.key.seed == 2, $0.key.rank == 50 { $0.parameters += 1 } })
    let cells = table(under: "## Part 1: truncation", of: sizes).first { $0[0] == "50" }
    #expect(cells?[3...4] == ["–", "–"])
  }

  @Test func whatHasNotRunIsSaid() throws {
    var sample = SampleStudy()
    sample.experiments = [.baseline]
    let text = try report(of: sample)
    for part in ["part1", "part2", "part3"] { #expect(text.contains("Not run yet: there are no rows of \(part).")) }
    #expect(text.components(separatedBy: "Verdict: **not measured**.").count == 5)
    #expect(text.contains("Measured: 98.77 %.\n\nVerdict: **holds**."))
  }

  @Test func figuresAreShownByRelativePathIfTheyAreThere() throws {
    var sample = SampleStudy()
    sample.study = "it's (new)"
    let text = try report(of: sample) { files, folder in
      for name in ["accuracy-by-rank.png", "accuracy-by-rank.svg", "accuracy-by-rank.pdf", "bytes.png"] {
        try AtomicFile.write("", to: "\(folder)/figures/mnist/\(files.study)/\(name)")
      }
    }
    let place = "../../../figures/mnist/it%27s%20%28new%29"
    #expect(text.contains("](\(place)/accuracy-by-rank.png)"))
    #expect(text.contains("([SVG](\(place)/accuracy-by-rank.svg), [PDF](\(place)/accuracy-by-rank.pdf))"))
    #expect(text.contains("](\(place)/bytes.png)") && !text.contains("bytes.svg") && !text.contains("spectra.png"))
  }

  /// In every study, part 4 or not.
  @Test func accuracyByBytes() throws {
    let text = try report(of: SampleStudy()) { files, folder in
      try AtomicFile.write("", to: "\(folder)/figures/mnist/\(files.study)/accuracy-by-bytes.png")
    }
    #expect(text.components(separatedBy: "/accuracy-by-bytes.png)").count == 2 && !text.contains("## Part 4"))
  }

  /// Outdated runs are left out, and the report says so.
  @Test func outdatedRunsAreLeftOut() throws {
    let text = try report(of: SampleStudy()) { files, _ in
      var manifest = try Manifest.read(from: files.manifest)
      manifest.runs[1].configuration = .object([
        "note": .string("``` `x`"), "rank": .number(5e-5), "list": .array([]), "no": .string("True"),
      ])
      manifest.runs[1].started = "9999-01-01T00:00:00Z"
      try manifest.write(to: files.manifest)
    }
    #expect(
      text.contains(
        "**Left out:** baseline (seed 1), made with other values or another program than the newest run, and so"))
    #expect(table(under: "## Times", of: text) == [["part1", "10.0"], ["all", "10.0"]])
    #expect(
      text.contains(
        "Configuration:\n\n```yaml\nlist: []\n\"no\": \"True\"\nnote: \"\\x60\\x60\\x60 \\x60x\\x60\"\nrank: 5e-05\n```"))
  }

  @Test func missingOrForeignFilesAreErrors() throws {
    try withTemporaryFolder { folder in
      let files = try SampleStudy().write(to: folder)
      try FileManager.default.removeItem(atPath: files.manifest)
      #expect(throws: FileError(path: files.manifest, found: "no such file", expected: "a manifest that a run writes")) {
        try StudyReport.write(results: files, figures: folder, to: files.report)
      }
      for (dataset, study) in [("digits", "paper"), ("mnist", "other")] {
        var other = SampleStudy().manifest
        (other.dataset.name, other.study) = (dataset, study)
        try other.write(to: files.manifest)
        let found = "the manifest of \(dataset), \(study)"
        #expect(throws: FileError(path: files.manifest, found: found, expected: "mnist, paper")) {
          try StudyReport.write(results: files, figures: folder, to: files.report)
        }
      }
      #expect(!fileExists(files.report))
    }
  }
}
