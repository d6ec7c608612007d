import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// Each way in which a result can be another.
extension VerificationTests {
  @Test func aChangedDigest() throws {
    try withResults { files, study in
      let wrong = String(repeating: "0", count: 64)
      try edit(files, .part1) { $0.digests["part1-rank-8.safetensors"] = wrong }
      let lines = try differences(files, study, [.part1], subject: "weights", count: 4)
      #expect(
        lines.count == 1 && lines.first?.hasPrefix("part1-rank-8.safetensors: found SHA-256 \(wrong), run again ") == true)
      #expect(lines.first?.hasSuffix("part1-rank-8.safetensors is what was run again") == true, "\(lines)")
      try FileManager.default.removeItem(atPath: "\(files.weights(seed: 1))/part1-rank-8.safetensors")
      let without = try differences(files, study, [.part1], subject: "weights", count: 4)
      #expect(without.first?.hasSuffix("is not there: only its digest is known") == true, "\(without)")
    }
  }

  @Test func digestsOfOtherFiles() throws {
    try withResults { files, study in
      try edit(files, .part2) { run in
        run.digests["../../../x"] = run.digests["part2-rank-4.safetensors"]
        run.digests["part2-rank-4.safetensors"] = nil
      }
      let lines = try differences(files, study, [.part2], subject: "weights", count: 3)
      #expect(
        lines == [
          "part2-rank-4.safetensors: found no digest in the manifest",
          "../../../x: found in the manifest, not given by the run",
        ])
    }
  }

  /// A changed element in the file of the weights: the tensor and its first element that differs are named.
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
      let lines = try differences(files, study, [.part1], subject: "weights", count: 4)
      #expect(
        lines.count == 1 && lines.first?.contains("tensor 'layers.1.vt': element [1, 3]: found 0.5, run again ") == true,
        "\(lines)")
      #expect(lines.first?.hasSuffix("(1 of 48 differ)") == true)
      try AtomicFile.write([1, 2, 3], to: path)
      let broken = try differences(files, study, [.part1], subject: "weights", count: 4)
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
      #expect(lines == ["method truncated, rank 8, bits 32: test_accuracy: found \(was + 0.5), run again \(was)"])
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
      #expect(
        lines == [
          "method dense, epoch 1: found no such row", "method dense, epoch 7: found a row that the run does not give",
        ])
      try CostRow.write(try CostRow.read(from: files.costs).flatMap { [$0, $0] }, to: files.costs)
      let doubled = try differences(files, study, [.baseline], subject: "costs.csv", count: 2)
      #expect(doubled.first == "method dense, storage dense, bits 32: found 2 such rows")
      try FileManager.default.removeItem(atPath: files.costs)
      #expect(try differences(files, study, [.baseline], subject: "costs.csv", count: 2).count == 2)
    }
  }

  /// Each column of each table in turn, in the last row of a run: all but the time are compared.
  @Test func everyColumn() throws {
    try withResults { files, _ in
      let stored = try StudyTables(reading: files)
      let run = try #require(try Manifest.read(from: files.manifest).runs.first { $0.experiment == .part3 })
      var compared: [String] = []
      // Part 3 has rows in all tables but that of part 4.
      let tables = StudyTables.all.filter { $0.name != ResultFiles.sensitivityTable }
      for table in tables {
        let text = table.text(of: stored)
        let lines = text.split(separator: "\n").map(String.init)
        let last = try #require(lines.lastIndex { $0.hasPrefix("digits,tiny,1,part3,") } ?? nil)
        for (index, column) in table.columns.enumerated().dropFirst(2) {
          var fields = lines[last].components(separatedBy: ",")
          fields[index] = Self.another(fields[index], of: column)
          try AtomicFile.write(
            (lines[..<last] + [fields.joined(separator: ",")] + lines[(last + 1)...]).joined(separator: "\n") + "\n",
            to: files.table(table.name))
          let comparisons = try StudyTables(reading: files).compare(stored.rows(of: run), of: run)
          let differences = comparisons.flatMap(\.differences)
          if !differences.isEmpty { compared.append("\(table.name) \(column)") }
          if !StudyTables.identifying.contains(column) && column != "seconds" {
            #expect(
              differences.count == 1 && differences[0].contains(": \(column): found \(fields[index]), run again "),
              "\(column): \(differences)")
          }
        }
        try AtomicFile.write(text, to: files.table(table.name))
      }
      let all = tables.flatMap { table in table.columns.dropFirst(2).map { "\(table.name) \($0)" } }
      #expect(compared == all.filter { !$0.hasSuffix(" seconds") })
    }
  }

  /// Another value of a column, which the table may have.
  private static func another(_ field: String, of column: String) -> String {
    switch column {
    case "experiment": "part2"
    case "method": "fineTuned"
    case "cadence": "epoch"
    case "storage": "dense"
    case "ranks": "4-dense-3"
    case "calibration_images": "7"
    case "allocation": "listed"
    default: Int(field).map { "\($0 + 1)" } ?? "\((Double(field) ?? 0) / 2)"
    }
  }

  /// The manifest's numbers of images and its digests are those of the data.
  @Test func everyFactOfTheData() throws {
    for (key, change): (String, (inout Manifest.Dataset) -> Void) in [
      ("trainingImages", { $0.trainingImages += 1 }), ("validationImages", { $0.validationImages += 1 }),
      ("testImages", { $0.testImages += 1 }), ("sha256.test-labels", { $0.sha256["test-labels"] = "0" }),
      ("sha256.training-pixels", { $0.sha256["training-pixels"] = nil }), ("sha256.more", { $0.sha256["more"] = "0" }),
    ] {
      try withResults { files, study in
        var manifest = try Manifest.read(from: files.manifest)
        change(&manifest.dataset)
        try manifest.write(to: files.manifest)
        let error = #expect(throws: FileError.self, "\(key)") { try verify(files, study, [.baseline]) }
        #expect(error?.path == "\(files.manifest): dataset.\(key)", "\(key)")
      }
    }
  }

  /// A file of weights that was changed is noticed, whether its digest in the manifest was changed with it or not.
  @Test func changedWeightsAndDigest() throws {
    try withResults { files, study in
      let path = "\(files.weights(seed: 1))/part1-rank-2.safetensors"
      var bytes = try readFile(path)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.write(bytes, to: path)
      #expect(try differences(files, study, [.part1], subject: "weights", count: 4).count == 1)
      try edit(files, .part1) { $0.digests["part1-rank-2.safetensors"] = SHA256.hexDigest(of: bytes) }
      let lines = try differences(files, study, [.part1], subject: "weights", count: 4)
      #expect(lines.count == 1 && lines.first?.contains("run again ") == true, "\(lines)")
    }
  }

  /// A part does not start from stored weights that are not the manifest's baseline.
  @Test func changedBaselineFile() throws {
    try withResults { files, study in
      let path = "\(files.weights(seed: 1))/baseline.safetensors"
      var bytes = try readFile(path)
      bytes[bytes.count - 2] ^= 1
      try AtomicFile.write(bytes, to: path)
      let (comparisons, said) = try verify(files, study, [.part1])
      #expect(said.messages.contains { $0.hasPrefix("\(path): found other weights, expected those of the manifest") })
      #expect(comparisons.filter { !$0.agrees }.map { "\($0.part.experiment) \($0.subject)" } == ["baseline weights"])
    }
  }

  /// Another value in the manifest: the fingerprint differs, and the study file names the value.
  @Test func anotherConfigurationValue() throws {
    try withResults { files, study in
      try edit(files, .part2) {
        $0.configuration = Self.replacing("learning_rate", of: "part2", with: .number(0.03), in: $0.configuration)
      }
      let (comparisons, _) = try verify(files, study, [.part2])
      #expect(
        comparisons.filter { !$0.agrees }.map(\.subject) == [
          "configuration", "weights", "results.csv", "history.csv", "costs.csv",
        ])
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
}
