import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

/// Runs of studies with part 4: what is up to date, what is compared, and what goes wrong.
extension Part4Tests {
  /// A study with less to do.
  private static let short = {
    var study = TinyStudy.beyond
    (study.baselineEpochs, study.part2Ranks, study.part3Ranks) = ("1", "[allocated 4]", "[output 4]")
    // Maps of few images train badly.
    study.part2Rate = "0.001"
    study.part4 = "{ranks: [3], bits: [32, 4], ablation: {ranks: [3], images: [200], allocations: [gradient]}}"
    return study
  }()

  private func run(
    _ study: TinyStudy, in folder: String, seed: UInt64? = nil, observer: StudyObserver = StudyObserver()
  ) throws -> StudyRun {
    let images = try StudyImages(
      ProtocolTests.configuration(study, in: folder), data: .digits, workers: Workers(count: 2))
    return StudyRun(images, results: "\(folder)/results", seed: seed, observer: observer)
  }

  /// Runs all experiments; says which were really run.
  private func all(_ study: TinyStudy, in folder: String) throws -> [Experiment] {
    let run = try run(study, in: folder)
    return try Experiment.allCases.filter { try run.run($0) }
  }

  private func files(in folder: String) -> ResultFiles {
    ResultFiles(root: "\(folder)/results", dataset: "digits", study: "tiny")
  }

  /// A changed value runs what depends on it and nothing else.
  @Test func runsWhatHasChanged() throws {
    try withTemporaryFolder { folder in
      var study = Self.short
      #expect(try all(study, in: folder) == Experiment.allCases)
      #expect(try all(study, in: folder) == [])
      study.calibration = "{images: 200, held_out: 90, allocation: exchanged}"
      #expect(try all(study, in: folder) == [.part2, .part4])
      study.calibration = "{images: 200, held_out: 90, allocation: gradient}"
      #expect(try all(study, in: folder) == [.part2, .part4])
      study.calibration = "{images: 200, held_out: 100, allocation: gradient}"
      #expect(try all(study, in: folder) == [])
      study.calibration = "{images: 210, held_out: 100, allocation: gradient}"
      #expect(try all(study, in: folder) == [.part2, .part3, .part4])
      study.part4 = "{ranks: [3], bits: [32]}"
      #expect(try all(study, in: folder) == [.part4])
      let results = try StudyResults(reading: files(in: folder))
      #expect(results.outdated.isEmpty && results.results.filter { $0.key.experiment == .part4 }.count == 1)
      // Without rows the table stays, because it was there.
      #expect(try SensitivityRow.read(from: files(in: folder).sensitivity) == [])
    }
  }

  /// A part that the study file no longer has: its rows, of all seeds, its runs and its weights go with the next run that writes, or
  /// finds everything up to date.
  @Test func droppedPart() throws {
    for rate in ["0.001", "0.002"] {
      try withTemporaryFolder { folder in
        var study = Self.short
        let files = files(in: folder)
        for experiment in [Experiment.baseline, .part4] { try run(study, in: folder, seed: 2).run(experiment) }
        _ = try all(study, in: folder)
        let known = try String(decoding: readFile(files.comparisons), as: UTF8.self)
        #expect(known.contains("part4"))
        (study.part4, study.part2Rate) = (nil, rate)
        #expect(try all(study, in: folder) == (rate == "0.001" ? [] : [.part2]))
        let runs = try Manifest.read(from: files.manifest).runs
        #expect(runs.map { "\($0.seed) \($0.experiment)" } == ["1 baseline", "1 part1", "1 part2", "1 part3", "2 baseline"])
        let results = try StudyResults(reading: files)
        #expect(results.outdated.isEmpty && results.unknownRows == 0 && results.staleComparisons == 0)
        for path in [files.results, files.sensitivity, files.comparisons] {
          #expect(try !String(decoding: readFile(path), as: UTF8.self).contains("part4"), "\(path)")
        }
        for seed: UInt64 in [1, 2] {
          let weights = try FileManager.default.contentsOfDirectory(atPath: files.weights(seed: seed))
          #expect(weights.contains("baseline.safetensors") && !weights.contains { $0.hasPrefix("part4") })
        }
        // Once: then there is nothing to do.
        let before = try FileManager.default.attributesOfItem(atPath: files.manifest)[.modificationDate] as? Date
        #expect(try all(study, in: folder) == [])
        #expect(
          try FileManager.default.attributesOfItem(atPath: files.manifest)[.modificationDate] as? Date == before)
      }
    }
  }

  /// Part 4 is made again to the bit, and each kind of change is noticed.
  @Test func verified() throws {
    try withTemporaryFolder { folder in
      _ = try all(Self.short, in: folder)
      let files = files(in: folder)
      func compared(_ experiments: [Experiment]) throws -> [Comparison] {
        let verification = try Verification(of: files)
        return try verification.run(
          verification.runs(of: experiments, seeds: []), data: .digits, workers: Workers(count: 1), observer: StudyObserver()
        )
      }
      let good = try compared([.part2, .part3, .part4])
      #expect(good.filter { !$0.agrees } == [])
      // Eight networks, and their predictions.
      #expect(
        good.filter { $0.part.experiment == .part4 }.map { "\($0.subject) \($0.count)" } == [
          "configuration 1", "weights 9", "results.csv 8", "sensitivity.csv 16",
        ])
      var rows = try SensitivityRow.read(from: files.sensitivity)
      rows[3].validationLoss += 1
      try SensitivityRow.write(rows, to: files.sensitivity)
      let path = "\(files.weights(seed: 1))/part4-predictions.safetensors"
      var bytes = try readFile(path)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.write(bytes, to: path)
      let bad = try compared([.part4]).filter { !$0.agrees }
      #expect(bad.map { "\($0.subject) \($0.differences.count)" } == ["weights 1", "sensitivity.csv 1"])
      #expect(bad[0].differences[0].contains("part4-predictions.safetensors"), "\(bad)")
      #expect(bad[0].differences[0].contains("': element [149]: other bytes"), "\(bad)")
      #expect(bad[1].differences[0].hasPrefix("method whitened, rank "), "\(bad)")
    }
  }

  /// Ctrl-C between two networks: earlier results are as they were.
  @Test func interruption() throws {
    try withTemporaryFolder { folder in
      for experiment in [Experiment.baseline, .part4] { try run(Self.short, in: folder).run(experiment) }
      let before = try readFile(files(in: folder).results)
      for count in [0, 1, 3, 6, 12] {
        let left = Mutex(count)
        let observer = StudyObserver(isInterrupted: {
          left.withLock { left in
            left -= 1
            return left < 0
          }
        })
        #expect(throws: Interruption.self, "\(count)") {
          try run(Self.short, in: folder, observer: observer).run(.part4, fresh: true)
        }
        #expect(try readFile(files(in: folder).results) == before)
      }
    }
  }

  /// A baseline without statistics: a line with the tensor, or the layer.
  @Test func baselinesThatCannotBeCalibrated() throws {
    for (index, element, says): (Int, Float, String) in [
      (1, .nan, "layers.1.weight: found nan in row 2, column 3 (counted from 0), expected finite elements"),
      (2, -.infinity, "layers.2.weight: found -inf in row 2, column 3"),
      (1, 0, "layers.1: found the same outputs for all 200 calibration images, expected outputs that differ"),
    ] {
      try withTemporaryFolder { folder in
        var network = Network<Float>(widths: [784, 24, 20, 10], seed: 1)
        guard case .dense(var layer) = network.layers[index] else { return #expect(Bool(false)) }
        if element == 0 { layer.weights = layer.weights.map { _ in 0 } } else { layer.weights[2, 3] = element }
        network.layers[index] = .dense(layer)
        let run = try run(Self.short, in: folder)
        try AtomicFile.write(network.tensors().encoded, to: run.baselinePath)
        for experiment in [Experiment.part3, .part4] {
          let error = #expect(throws: StudyError.self, "\(says)") { try run.perform(experiment) }
          #expect(error?.description.hasPrefix("\(run.baselinePath): \(says)") == true, "\(error as Any)")
        }
      }
    }
  }

  /// A network that cannot be made from the statistics: the last layer's biases do not fit into 16 bits.
  @Test func baselinesThatCannotBeCompressed() throws {
    try withTemporaryFolder { folder in
      var network = Network<Float>(widths: [784, 24, 20, 10], seed: 1)
      guard case .dense(var layer) = network.layers[2] else { return #expect(Bool(false)) }
      layer.bias = layer.bias.map { _ in 100_000 }
      network.layers[2] = .dense(layer)
      let run = try run(Self.short, in: folder)
      try AtomicFile.write(network.tensors().encoded, to: run.baselinePath)
      let error = #expect(throws: StudyError.self) { try run.perform(.part4) }
      #expect(error?.description.hasPrefix("\(run.baselinePath): layers.2: ") == true, "\(error as Any)")
    }
  }

  /// What is perhaps not meant: listed ranks that do not make a layer smaller.
  @Test func warnings() throws {
    try withTemporaryFolder { folder in
      var study = Self.short
      study.part2Ranks = "[[30, 10], [4, 11], [23, 10]]"
      let said = Mutex<[String]>([])
      let observer = StudyObserver(warning: { line in said.withLock { $0.append(line) } })
      let run = try run(study, in: folder, observer: observer)
      try run.run(.baseline)
      #expect(said.withLock { $0 } == [])
      try run.run(.part2)
      let layers = [
        "30 for W1 (full rank 24, no smaller than dense from 24 on)",
        "11 for W2 (full rank 20, no smaller than dense from 11 on)",
      ]
      .map { "part2.ranks: found \($0): factored all the same, at most at full rank" }
      #expect(said.withLock { $0 } == layers)
      let rows = try ResultRow.read(from: files(in: folder).results).filter { $0.key.experiment == .part2 }
      #expect(rows.map { $0.key.ranks?.description } == ["24-10", "4-11", "23-10"])
    }
  }

  /// Layers in front that stay dense: spectra name the layers that have them.
  @Test func spectraBehindDenseLayers() throws {
    var output = ExperimentOutput()
    let weights: [Matrix<Float>?] = [nil, Matrix(rows: 1, columns: 2, elements: [3, 4]), nil]
    let key = NetworkKey(dataset: "digits", study: "tiny", seed: 1, experiment: .part3, method: .dynamic)
    try output.addSpectra(
      of: weights + [Matrix(rows: 2, columns: 1, elements: [0, 2])], key: key, workers: Workers(count: 2))
    #expect(output.tables.spectra.map(\.layer) == [2, 4] && output.tables.spectra.map(\.index) == [1, 1])
    #expect(zip(output.tables.spectra.map(\.singularValue), [5.0, 2]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// A file of predictions that is something else.
  @Test func brokenPredictions() throws {
    try withTemporaryFolder { folder in
      let files = files(in: folder)
      #expect(try Predictions.read(files, seed: 1).isEmpty)
      var tensors = SafeTensors()
      tensors.append("part1-rank-2", shape: [3], bytes: [7, 255, 0])
      let path = "\(files.weights(seed: 1))/part1-predictions.safetensors"
      try AtomicFile.write(tensors.encoded, to: path)
      let read = try Predictions.read(files, seed: 1)
      #expect(read.map(\.name) == ["part1-rank-2"] && read.first?.classes == [7, 255, 0])
      tensors.append("x", shape: [1], elements: [Float(1)], as: .float32)
      try AtomicFile.write(tensors.encoded, to: path)
      let error = #expect(throws: FileError.self) { try Predictions.read(files, seed: 1) }
      #expect(error?.description == "\(path): x: found F32 [1], expected U8, one dimension")
    }
  }
}
