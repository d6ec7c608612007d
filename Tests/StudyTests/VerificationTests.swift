import Files
import Foundation
import LinearAlgebra
import Results
import Testing
import TestSupport

@testable import Study

/// A study that is run again: what agrees, and each way in which files can differ.
@Suite struct VerificationTests {
  @Test func allAgrees() throws {
    try withResults { files, study in
      let before = try contents(of: files)
      let (comparisons, said) = try verify(files, study, seeds: [1])
      #expect(comparisons.filter { !$0.agrees } == [] && said.warnings.isEmpty, "\(said)")
      #expect(
        comparisons.map { "\($0.part.experiment) \($0.subject) \($0.count)" } == [
          "baseline configuration 1", "baseline weights 2", "baseline results.csv 1", "baseline history.csv 3",
          "baseline spectra.csv 44", "baseline costs.csv 2", "part1 configuration 1", "part1 weights 4",
          "part1 results.csv 3",
          "part1 costs.csv 12", "part2 configuration 1", "part2 weights 2", "part2 results.csv 1", "part2 history.csv 2",
          "part2 costs.csv 2", "part3 configuration 1", "part3 weights 3", "part3 results.csv 2", "part3 history.csv 4",
          "part3 spectra.csv 88", "part3 costs.csv 8",
        ])
      #expect(try contents(of: files) == before)
    }
  }

  /// Of several seeds those that are asked for; of several parts too.
  @Test func runsThatAreNamed() throws {
    try withResults { files, study in
      let seeds = try verify(files, study, [.baseline], seeds: [2]).comparisons
      #expect(Set(seeds.map { "\($0.part)" }) == ["baseline (seed 2)"] && seeds.filter { !$0.agrees } == [])
      let both = try verify(files, study, [.part1], seeds: []).comparisons
      #expect(Set(both.map { "\($0.part)" }) == ["part1 (seed 1)", "part1 (seed 2)"] && both.filter { !$0.agrees } == [])
      let error = #expect(throws: FileError.self) { try verify(files, study, [.part1], seeds: [7]) }
      #expect(
        error?.path == files.manifest && error?.expected == "runs with seed 7"
          && error?.found.contains("part3 (seed 2)") == true)
    }
  }

  /// A part starts from the stored baseline where that is the manifest's, else the baseline is run first.
  @Test func whatAPartStartsFrom() throws {
    try withResults { files, study in
      let stored = "\(files.weights(seed: 1))/baseline.safetensors"
      let (alone, said) = try verify(files, study, [.part2])
      #expect(Set(alone.map(\.part.experiment)) == [.part2] && alone.filter { !$0.agrees } == [])
      #expect(said.messages.contains("verify: part2 (seed 1) starts from \(stored)"))
      try FileManager.default.removeItem(atPath: stored)
      let (withBaseline, saidThen) = try verify(files, study, [.part2])
      #expect(Set(withBaseline.map(\.part.experiment)) == [.baseline, .part2] && withBaseline.filter { !$0.agrees } == [])
      #expect(
        saidThen.messages.contains(
          "\(stored): found no such file, expected those of the manifest: the baseline is run first"), "\(saidThen)")
    }
  }

  /// Weights are not in git: without their files, there are the digests.
  @Test func withoutWeights() throws {
    try withResults { files, study in
      try FileManager.default.removeItem(atPath: "\(files.folder)/weights")
      let (comparisons, _) = try verify(files, study, seeds: [2])
      #expect(comparisons.filter { !$0.agrees } == [])
      #expect(!fileExists("\(files.folder)/weights"))
    }
  }

  /// Said before the comparison, not counted as a difference.
  @Test func anotherMachine() throws {
    try withResults { files, study in
      try edit(files, .baseline) {
        $0.environment.processor = "Another"
        $0.environment.blasKernel = "Vortex"
        $0.environment.threads = 64
      }
      let (_, said) = try verify(files, study, [.baseline])
      #expect(said.warnings.count == 2, "\(said)")
      #expect(said.warnings.first?.hasPrefix("processor: the manifest has Another, this is ") == true)
      #expect(said.warnings.last?.hasPrefix("blasKernel: the manifest has Vortex, this is ") == true)
    }
  }

  @Test func rowsWithoutARun() throws {
    try withResults { files, study in
      var row = try #require(try ResultRow.read(from: files.results).first)
      row.key.seed = 9
      try ResultRow.write(try ResultRow.read(from: files.results) + [row], to: files.results)
      let (comparisons, said) = try verify(files, study, [.baseline])
      #expect(comparisons.filter { !$0.agrees } == [])
      #expect(
        said.warnings == ["\(files.results): found 1 rows of runs that the manifest does not have: they are not compared"])
    }
  }

  /// Other images than the manifest's: an error before anything is run.
  @Test func otherData() throws {
    try withResults { files, study in
      var manifest = try Manifest.read(from: files.manifest)
      let name = try #require(manifest.dataset.sha256.keys.first)
      manifest.dataset.sha256[name] = "0"
      try manifest.write(to: files.manifest)
      let error = #expect(throws: FileError.self) { try verify(files, study, [.baseline]) }
      #expect(error?.path == "\(files.manifest): dataset.sha256.\(name)" && error?.found == "0")
    }
  }

  @Test func aBrokenConfiguration() throws {
    for (section, key, value, says): (String, String, JSON, String) in [
      (
        "part2", "epochs", JSON.string("3"),
        "part2.epochs: found '3' in quotes, which is text, expected a whole number from 1 to 10000"
      ),
      ("part2", "epochs", .number(2.5), "part2.epochs: found '2.5', expected a whole number"),
      ("part2", "epochs", .null, "part2.epochs: found nothing, expected"),
      ("part2", "epocs", .number(3), "part2: found the unknown key 'epocs', expected"),
      ("network", "hidden", .array([.number(1e9)]), "network.hidden: found '1000000000', expected"),
      ("part1", "ranks", .object([:]), "part1.ranks: found a mapping, expected a list"),
    ] {
      try withResults { files, study in
        try edit(files, .baseline) { $0.configuration = Self.replacing(key, of: section, with: value, in: $0.configuration) }
        let error = #expect(throws: FileError.self, "\(section), \(key), \(value), \(says)") {
          try verify(files, study, [.baseline])
        }
        #expect(
          error?.description.hasPrefix("\(files.manifest): runs[0].configuration: \(says)") == true,
          "\(String(describing: error))")
      }
    }
  }

  /// The fingerprints that are in git follow from their manifest: they are digested from the same text as ever.
  @Test func committedFingerprints() throws {
    let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(3).joined(separator: "/")
    let verification = try Verification(
      of: ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "paper"))
    let runs = verification.manifest.runs
    #expect(runs.count >= 4)
    for run in runs {
      let configuration = try verification.configuration(of: run)
      let start = run.experiment == .baseline ? nil : try verification.baseline(of: run)
      let fingerprint = Fingerprint.of(
        run.experiment, configuration: configuration, dataset: "mnist", data: verification.manifest.dataset.sha256,
        seed: run.seed, start: start?.digests[ResultFiles.baselineWeights], environment: run.environment)
      #expect(fingerprint == run.fingerprint && configuration.json == run.configuration)
    }
  }

  @Test func anotherStudysManifest() throws {
    try withResults { files, _ in
      var manifest = try Manifest.read(from: files.manifest)
      manifest.study = "../../x"
      try manifest.write(to: files.manifest)
      let error = #expect(throws: FileError.self) { try Verification(of: files) }
      #expect(error?.description == "\(files.manifest): found the manifest of digits, ../../x, expected digits, tiny")
    }
  }

  /// Ctrl-C ends it like any run, and leaves nothing in the temporary folder.
  @Test func interruption() throws {
    try withResults { files, study in
      let observer = StudyObserver(isInterrupted: { true })
      let verification = try Verification(of: files)
      #expect(throws: Interruption.self) {
        try verification.run(verification.manifest.runs, data: .digits, workers: Workers(count: 1), observer: observer)
      }
    }
  }
}
