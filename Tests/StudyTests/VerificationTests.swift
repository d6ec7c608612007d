import Files
import Foundation
import LinearAlgebra
import Network
import Results
import Synchronization
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
      #expect(comparisons.map { "\($0.part.experiment) \($0.subject) \($0.count)" } == [
        "baseline configuration 1", "baseline weights 1", "baseline results.csv 1", "baseline history.csv 3",
        "baseline spectra.csv 44", "baseline costs.csv 2", "part1 configuration 1", "part1 weights 3", "part1 results.csv 3",
        "part1 costs.csv 12", "part2 configuration 1", "part2 weights 1", "part2 results.csv 1", "part2 history.csv 2",
        "part2 costs.csv 2", "part3 configuration 1", "part3 weights 2", "part3 results.csv 2", "part3 history.csv 4",
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
      #expect(error?.path == files.manifest && error?.expected == "runs with seed 7" && error?.found.contains("part3 (seed 2)") == true)
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
      #expect(saidThen.messages.contains(
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

  @Test func aChangedDigest() throws {
    try withResults { files, study in
      let wrong = String(repeating: "0", count: 64)
      try edit(files, .part1) { $0.digests["part1-rank-8.safetensors"] = wrong }
      let lines = try differences(files, study, [.part1], subject: "weights", count: 3)
      #expect(lines.count == 1 && lines.first?.hasPrefix("part1-rank-8.safetensors: found SHA-256 \(wrong), run again ") == true)
      #expect(lines.first?.hasSuffix("part1-rank-8.safetensors is what was run again") == true, "\(lines)")
      try FileManager.default.removeItem(atPath: "\(files.weights(seed: 1))/part1-rank-8.safetensors")
      let without = try differences(files, study, [.part1], subject: "weights", count: 3)
      #expect(without.first?.hasSuffix("is not there: only its digest is known") == true, "\(without)")
    }
  }

  @Test func digestsOfOtherFiles() throws {
    try withResults { files, study in
      try edit(files, .part2) { run in
        run.digests["../../../x"] = run.digests["part2-rank-4.safetensors"]
        run.digests["part2-rank-4.safetensors"] = nil
      }
      let lines = try differences(files, study, [.part2], subject: "weights", count: 2)
      #expect(lines == [
        "part2-rank-4.safetensors: found no digest in the manifest", "../../../x: found in the manifest, not given by the run",
      ])
    }
  }

  /// Another number in the file of the weights: the tensor is named, and its first element that is another.
  @Test func oneChangedWeight() throws {
    try withResults { files, study in
      let path = "\(files.weights(seed: 1))/part1-rank-2.safetensors"
      var file = SafeTensors()
      for (name, tensor) in try SafeTensors(readingFrom: path).tensors {
        var elements = try tensor.elements(as: Float.self, place: path)
        if name == "layers.1.vt" { elements[27] = 0.5 }
        file.append(name, shape: tensor.shape, elements: elements, as: .float32)
      }
      try AtomicFile.write(file.encoded, to: path)
      let lines = try differences(files, study, [.part1], subject: "weights", count: 3)
      #expect(lines.count == 1 && lines.first?.contains("tensor 'layers.1.vt': element [1, 3]: found 0.5, run again ") == true, "\(lines)")
      #expect(lines.first?.hasSuffix("(1 of 48 differ)") == true)
      try AtomicFile.write([1, 2, 3], to: path)
      let broken = try differences(files, study, [.part1], subject: "weights", count: 3)
      #expect(broken == ["\(path): found 3 bytes, expected a safetensors file, 8 bytes or more"])
    }
  }

  @Test func aChangedAccuracy() throws {
    try withResults { files, study in
      var rows = try ResultRow.read(from: files.results)
      let was = rows[2].testAccuracy
      rows[2].testAccuracy += 0.5
      rows[3].seconds += 100
      try ResultRow.write(rows, to: files.results)
      let lines = try differences(files, study, [.part1], subject: "results.csv", count: 3)
      #expect(lines == ["method truncated, rank 8: test_accuracy: found \(was + 0.5), run again \(was)"])
    }
  }

  @Test func aChangedSingularValue() throws {
    try withResults { files, study in
      var rows = try SpectrumRow.read(from: files.spectra)
      let was = rows[30].singularValue
      rows[30].singularValue = was.nextUp
      try SpectrumRow.write(rows, to: files.spectra)
      let lines = try differences(files, study, [.baseline], subject: "spectra.csv", count: 44)
      #expect(lines == ["method dense, layer 2, index 7: singular_value: found \(was.nextUp), run again \(was)"])
    }
  }

  @Test func missingAndSuperfluousRows() throws {
    try withResults { files, study in
      var history = try HistoryRow.read(from: files.history)
      history.remove(at: 1)
      history.append(history[0])
      history[0].epoch = 7
      try HistoryRow.write(history, to: files.history)
      let lines = try differences(files, study, [.baseline], subject: "history.csv", count: 4)
      #expect(lines == [
        "method dense, epoch 1: found no such row", "method dense, epoch 7: found a row that the run does not give",
      ])
      try CostRow.write(try CostRow.read(from: files.costs).flatMap { [$0, $0] }, to: files.costs)
      let doubled = try differences(files, study, [.baseline], subject: "costs.csv", count: 2)
      #expect(doubled.first == "method dense, storage dense, bits 32: found 2 such rows")
      try FileManager.default.removeItem(atPath: files.costs)
      #expect(try differences(files, study, [.baseline], subject: "costs.csv", count: 2).count == 2)
    }
  }

  /// Another value in the manifest: its fingerprint tells, the study file says which.
  @Test func anotherConfigurationValue() throws {
    try withResults { files, study in
      try edit(files, .part2) { $0.configuration = Self.replacing("learning_rate", of: "part2", with: .number(0.03), in: $0.configuration) }
      let (comparisons, _) = try verify(files, study, [.part2])
      #expect(comparisons.filter { !$0.agrees }.map(\.subject) == ["configuration", "weights", "results.csv", "history.csv"])
      let line = "found the fingerprint of another configuration: part2.learning_rate: found 0.03"
      #expect(comparisons[0].differences == ["\(line), \(study.path) has 0.02"])
      let without = try verify(files, nil, [.part2]).comparisons
      #expect(without[0].differences == ["\(line), baseline (seed 1) has 0.02"])
    }
  }

  /// The study file has changed since: the manifest says what was run, and that agrees.
  @Test func anotherStudyFile() throws {
    try withResults { files, study in
      var changed = study
      changed.configuration.part2.plan.learningRate = 0.5
      let (comparisons, _) = try verify(files, changed, [.part2])
      #expect(comparisons.filter { !$0.agrees } == [])
    }
  }

  /// Results that several runs' rows make up, with a baseline that is not the one of the part.
  @Test func anotherBaseline() throws {
    try withResults { files, study in
      try edit(files, .baseline) { $0.digests["baseline.safetensors"] = String(repeating: "1", count: 64) }
      let (comparisons, said) = try verify(files, study, [.part2])
      let differing = comparisons.filter { !$0.agrees }.map { "\($0.part.experiment) \($0.subject)" }
      #expect(differing == ["baseline weights", "part2 configuration"])
      #expect(said.warnings == ["part2 (seed 1) starts from the baseline as run again, which is not the manifest's"])
      var manifest = try Manifest.read(from: files.manifest)
      manifest.runs.removeAll { $0.experiment == .baseline }
      try manifest.write(to: files.manifest)
      let error = #expect(throws: FileError.self) { try verify(files, study, [.part2]) }
      #expect(error?.description == "\(files.manifest): found no baseline with seed 1, expected what part2 starts from")
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
      #expect(said.warnings == ["\(files.results): found 1 rows of runs that the manifest does not have: they are not compared"])
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

  @Test(arguments: [
    ("part2", "epochs", JSONValue.string("3"), "part2.epochs: found '3', expected a whole number from 1 to 10000"),
    ("part2", "epochs", .number(2.5), "part2.epochs: found '2.5', expected a whole number"),
    ("part2", "epochs", .null, "part2.epochs: found nothing, expected"),
    ("part2", "epocs", .number(3), "part2: found the unknown key 'epocs', expected"),
    ("network", "hidden", .array([.number(1e9)]), "network.hidden: found '1000000000', expected"),
    ("part1", "ranks", .object([:]), "part1.ranks: found a mapping, expected a list"),
  ])
  func aBrokenConfiguration(section: String, key: String, value: JSONValue, says: String) throws {
    try withResults { files, study in
      try edit(files, .baseline) { $0.configuration = Self.replacing(key, of: section, with: value, in: $0.configuration) }
      let error = #expect(throws: FileError.self) { try verify(files, study, [.baseline]) }
      #expect(error?.description.hasPrefix("\(files.manifest): runs[0].configuration: \(says)") == true, "\(String(describing: error))")
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

  // MARK: Helpers

  private typealias Study = (path: String, configuration: StudyConfiguration)

  /// The files of a tiny study by their paths, all four experiments with two seeds; run once for all tests.
  private static let results = Result {
    try withTemporaryFolder { folder in
      try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/tiny.yaml")
      let configuration = try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
      for seed: UInt64 in [1, 2] {
        let run = StudyRun(
          configuration, data: .digits, results: "\(folder)/results", seed: seed, workers: Workers(count: 2), observer: StudyObserver())
        for experiment in Experiment.allCases { try run.run(experiment) }
      }
      let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      return try paths.filter { $0.contains(".") }.map { ($0, try readFile("\(folder)/\($0)")) }
    }
  }

  private func withResults(_ body: (ResultFiles, Study) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (path, bytes) in try Self.results.get() { try AtomicFile.write(bytes, to: "\(folder)/\(path)") }
      let path = "\(folder)/tiny.yaml"
      try body(ResultFiles(root: "\(folder)/results", dataset: "digits", study: "tiny"), (path, try StudyConfiguration(readingFrom: path)))
    }
  }

  /// Runs again, and says what was said.
  private func verify(
    _ files: ResultFiles, _ study: Study?, _ experiments: [Experiment] = [], seeds: [UInt64] = [1]
  ) throws -> (comparisons: [Comparison], said: (messages: [String], warnings: [String])) {
    let said = Mutex<(messages: [String], warnings: [String])>(([], []))
    let observer = StudyObserver(
      message: { line in said.withLock { $0.messages.append(line) } }, warning: { line in said.withLock { $0.warnings.append(line) } })
    let verification = try Verification(of: files)
    let runs = try verification.runs(of: experiments, seeds: seeds)
    let comparisons = try verification.run(runs, data: .digits, study: study, workers: Workers(count: 2), observer: observer)
    return (comparisons, said.withLock { $0 })
  }

  /// The differences of one subject.
  private func differences(
    _ files: ResultFiles, _ study: Study, _ experiments: [Experiment], subject: String, count: Int
  ) throws -> [String] {
    let comparisons = try verify(files, study, experiments).comparisons
    let found = try #require(comparisons.first { $0.subject == subject })
    #expect(found.count == count)
    return found.differences
  }

  private func edit(_ files: ResultFiles, _ experiment: Experiment, _ change: (inout Manifest.Run) -> Void) throws {
    var manifest = try Manifest.read(from: files.manifest)
    let index = try #require(manifest.runs.firstIndex { $0.experiment == experiment })
    change(&manifest.runs[index])
    try manifest.write(to: files.manifest)
  }

  private static func replacing(_ key: String, of section: String, with value: JSONValue, in json: JSONValue) -> JSONValue {
    guard case .object(var sections) = json, case .object(var values)? = sections[section] else { return .null }
    values[key] = value
    sections[section] = .object(values)
    return .object(sections)
  }

  /// Every file of the results, and when it was changed.
  private func contents(of files: ResultFiles) throws -> [String: Date] {
    let paths = FileManager.default.enumerator(atPath: files.root)?.compactMap { $0 as? String } ?? []
    return try paths.reduce(into: [:]) { times, path in
      times[path] = try FileManager.default.attributesOfItem(atPath: "\(files.root)/\(path)")[.modificationDate] as? Date
    }
  }
}
