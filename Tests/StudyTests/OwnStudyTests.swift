import Files
import LinearAlgebra
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// Studies of somebody's data and network.
@Suite struct OwnStudyTests {
  /// All parts, from a network that is read; run again to the bit; nothing is run twice.
  @Test func allParts() throws {
    try withFiles { folder in
      let network = try OwnStudy.writeNetwork(to: "\(folder)/net.safetensors")
      #expect(try run(OwnStudy(), in: folder) == Experiment.allCases)
      let files = files(in: folder)
      let rows = try ResultRow.read(from: files.results)
      #expect(rows.allSatisfy { $0.key.dataset == "mine" && $0.key.study == "own" })
      #expect(Set(rows.map(\.key.experiment)) == Set(Experiment.allCases))
      // The baseline is the network: its answers, its size, no training.
      let baseline = try #require(rows.first)
      let stored = try Network<Float>(readingFrom: files.baseline(seed: 1))
      #expect(stored == network && baseline.seconds == 0 && baseline.changedPredictions == 0)
      #expect(baseline.parameters == 12 * 10 + 10 * 8 + 8 * 3 + 21)
      let test = try DataFileSamples.test(in: folder)
      #expect(baseline.testAccuracy == network.accuracy(on: test, workers: Workers(count: 1)))
      #expect(rows.first { $0.key.experiment == .part1 && $0.key.rank == 10 }?.changedPredictions == 0)
      #expect(try HistoryRow.read(from: files.history).allSatisfy { [.part2, .part3].contains($0.key.experiment) })
      #expect(try SpectrumRow.read(from: files.spectra).count { $0.key.experiment == .baseline } == 10 + 8)
      let manifest = try Manifest.read(from: files.manifest)
      #expect(
        manifest.dataset
          == Manifest.Dataset(
            name: "mine", trainingImages: 240, validationImages: 60, testImages: 80,
            sha256: try ["training": digest("\(folder)/train.safetensors"), "test": digest("\(folder)/test.safetensors")]))
      #expect(try manifest.runs[0].configuration["network"]?["sha256"]?.string == digest("\(folder)/net.safetensors"))
      #expect(try run(OwnStudy(), in: folder) == [])
      #expect(try verify(folder).allSatisfy(\.agrees))
    }
  }

  /// The network's widths follow from the data; IDX files with labels of their own in a folder, and numbers.
  @Test func trainedOnOwnData() throws {
    try withFiles { folder in
      #expect(try run(.trained, in: folder) == Experiment.allCases)
      let network = try Network<Float>(readingFrom: files(in: folder).baseline(seed: 1))
      #expect(network.inputs == 12 && network.layers.map(\.outputs) == [10, 8, 3])
      #expect(try verify(folder, .trained).allSatisfy(\.agrees))
      let digests = try Manifest.read(from: files(in: folder).manifest).runs.map(\.digests)

      // The same in IDX, and as numbers byte / 255, which are the same inputs.
      for part in [("train", "train"), ("test", "t10k")] {
        let file = try SafeTensors(readingFrom: "\(folder)/\(part.0).safetensors")
        let (x, y) = try (#require(file["x"]), #require(file["y"]))
        let words = { (numbers: [Int]) in numbers.flatMap { number in (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
        }
        try AtomicFile.write(
          [0, 0, 8, 3] + words([x.shape[0], 3, 4]) + x.bytes, to: "\(folder)/data/\(part.1)-images-idx3-ubyte")
        try AtomicFile.write([0, 0, 8, 1] + words(y.shape) + y.bytes, to: "\(folder)/data/\(part.1)-labels-idx1-ubyte")
        var numbers = SafeTensors()
        numbers.append("x", shape: x.shape, elements: x.bytes.map { Float($0) / 255 }, as: .float32)
        numbers.append("y", shape: y.shape, bytes: y.bytes)
        try AtomicFile.write(numbers.encoded, to: "\(folder)/\(part.0)-numbers.safetensors")
      }
      var study = OwnStudy.trained
      study.dataset = "{name: mine, folder: data}"
      #expect(try run(study, in: folder) == Experiment.allCases)
      let manifest = try Manifest.read(from: files(in: folder).manifest)
      #expect(manifest.runs.map(\.digests) == digests)
      #expect(manifest.dataset.sha256.keys.sorted() == ["test", "test_labels", "training", "training_labels"])
      study.dataset = """
        {name: mine, training: data/train-images-idx3-ubyte, training_labels: data/train-labels-idx1-ubyte, \
        test: data/t10k-images-idx3-ubyte}
        """
      #expect(try run(study, in: folder) == [])
      study.dataset = "{name: numbers, training: train-numbers.safetensors, test: test-numbers.safetensors}"
      let images = try configured(study, in: folder).1
      let numbers = try images.data(onReading: {}).training
      #expect(images.configuration.sampleBytes == 4 * (300 + 80) * 12)
      #expect(numbers.count == 240 && numbers.pixels.isEmpty)
    }
  }

  /// What the files hold decides what is up to date, and not where they lie or what is said beside it.
  @Test func whatIsStale() throws {
    try withFiles { folder in
      let path = "\(folder)/net.safetensors"
      try OwnStudy.writeNetwork(to: path)
      try run(OwnStudy(), in: folder)
      var moved = OwnStudy()
      moved.network = "{file: other/moved.safetensors}"
      moved.dataset = "{name: mine, training: '\(folder)/train.safetensors', test: other/../test.safetensors}"
      try AtomicFile.write(readFile(path), to: "\(folder)/other/moved.safetensors")
      #expect(try run(moved, in: folder) == [])
      #expect(try run(OwnStudy(), in: folder) == [])
      // Another file with the same weights is the same baseline.
      try OwnStudy.writeNetwork(to: path, metadata: ["by": "somebody"])
      #expect(try run(OwnStudy(), in: folder) == [.baseline])
      try OwnStudy.writeNetwork(to: path, seed: 2)
      #expect(try run(OwnStudy(), in: folder) == Experiment.allCases)
      var changed = OwnStudy()
      changed.part1 = "{ranks: [2]}"
      #expect(try run(changed, in: folder) == [.part1])
      changed.normalisation = "{mean: 0.5, deviation: 0.2}"
      #expect(try run(changed, in: folder) == Experiment.allCases)
      for part in ["train", "test"] {
        let data = "\(folder)/\(part).safetensors"
        var bytes = try readFile(data)
        bytes[bytes.count - 200] ^= 1
        try AtomicFile.write(bytes, to: data)
        #expect(try run(changed, in: folder) == Experiment.allCases, "\(part)")
      }
      #expect(try run(changed, in: folder) == [])
      // A digest in the study file is one that the file must have.
      changed.network = "{file: net.safetensors, sha256: \(String(repeating: "0", count: 64))}"
      let error = #expect(throws: FileError.self) { try configured(changed, in: folder) }
      #expect(try error?.description.contains("net.safetensors: found SHA-256 \(digest(path)), expected 000") == true)
    }
  }

  /// Runs of another seed are outdated by other files, whatever the study file says.
  @Test func otherFilesOutdateOtherSeeds() throws {
    try withFiles { folder in
      try OwnStudy.writeNetwork(to: "\(folder)/net.safetensors")
      try run(OwnStudy(), in: folder, seed: 1)
      try run(OwnStudy(), in: folder, seed: 2)
      #expect(try Manifest.read(from: files(in: folder).manifest).outdated == [])
      try OwnStudy.writeData(to: folder, seed: 5)
      try run(OwnStudy(), in: folder, seed: 2)
      #expect(try Manifest.read(from: files(in: folder).manifest).outdated.map(\.seed) == [1, 1, 1, 1, 1])
      try run(OwnStudy(), in: folder, seed: 1)
      try OwnStudy.writeNetwork(to: "\(folder)/net.safetensors", seed: 2)
      try run(OwnStudy(), in: folder, seed: 2)
      #expect(try Manifest.read(from: files(in: folder).manifest).outdated.map(\.seed) == [1, 1, 1, 1, 1])
    }
  }

  /// Another activation function than ReLU, in the file or in the study: what trains nothing.
  @Test func tanh() throws {
    try withFiles { folder in
      let path = "\(folder)/net.safetensors"
      let metadata = NetworkDescription(activation: .tanh, normalisation: Normalisation(mean: 0.4, deviation: 0.2)).metadata
      try OwnStudy.writeNetwork(to: path, metadata: [Factorings.key: metadata])
      var study = OwnStudy()
      (study.part2, study.part3, study.normalisation) = (nil, nil, nil)
      #expect(try run(study, in: folder) == [.baseline, .part1, .part4])
      let rows = try ResultRow.read(from: files(in: folder).results)
      var network = try Network<Float>(readingFrom: files(in: folder).baseline(seed: 1))
      #expect(network.activation == .tanh)
      let test = try DataFileSamples.test(in: folder)
      #expect(rows[0].testAccuracy == network.accuracy(on: test, workers: Workers(count: 1)))
      network.activation = .relu
      #expect(rows[0].testAccuracy != network.accuracy(on: test, workers: Workers(count: 1)))
      #expect(rows.first { $0.key.experiment == .part1 && $0.key.rank == 10 }?.changedPredictions == 0)
      for row in rows {
        let weights = "\(files(in: folder).weights(seed: 1))/\(ResultFiles.weights(of: row.key))"
        #expect(try Network<Float>(readingFrom: weights).activation == .tanh)
      }
      #expect(try verify(folder, study).allSatisfy(\.agrees))
      // The same, where the study says it.
      try OwnStudy.writeNetwork(to: path)
      (study.network, study.normalisation) = ("{file: net.safetensors, activation: tanh}", OwnStudy().normalisation)
      try run(study, in: folder)
      #expect(try ResultRow.read(from: files(in: folder).results).map(\.testAccuracy) == rows.map(\.testAccuracy))
    }
  }

  /// A run that is verified needs the files of the manifest, wherever the study file says that they lie now.
  @Test func verifiesTheSameFiles() throws {
    try withFiles { folder in
      let path = "\(folder)/net.safetensors"
      try OwnStudy.writeNetwork(to: path)
      var study = OwnStudy()
      (study.part2, study.part3, study.part4) = (nil, nil, nil)
      try run(study, in: folder)
      var moved = study
      moved.network = "{file: other/moved.safetensors}"
      try AtomicFile.write(readFile(path), to: "\(folder)/other/moved.safetensors")
      try OwnStudy.writeNetwork(to: path, seed: 2)
      #expect(try verify(folder, moved).allSatisfy(\.agrees))
      let error = #expect(throws: FileError.self) { try verify(folder, study) }
      #expect(error?.description.contains("net.safetensors: found SHA-256 ") == true, "\(error as Any)")
      #expect(error?.description.hasSuffix("as network.sha256 has it") == true)
      try OwnStudy.writeData(to: folder, seed: 9)
      let data = #expect(throws: FileError.self) { try verify(folder, moved) }
      #expect(data?.description.hasSuffix("as dataset.sha256.training has it") == true, "\(data as Any)")
      // Nothing runs for data that the manifest's configuration does not name.
      var manifest = try Manifest.read(from: files(in: folder).manifest)
      guard case .object(var values) = manifest.runs[0].configuration else { return }
      values["dataset"] = .object(["name": .string("other"), "folder": .string("data")])
      manifest.runs[0].configuration = .object(values)
      try manifest.write(to: files(in: folder).manifest)
      let other = #expect(throws: FileError.self) { try verify(folder, moved) }
      #expect(
        other?.description.contains("runs[0].configuration: dataset: found other, expected mine") == true, "\(other as Any)")
    }
  }

  // MARK: Helpers

  func files(in folder: String) -> ResultFiles { ResultFiles(root: "\(folder)/results", dataset: "mine", study: "own") }

  func digest(_ path: String) throws -> String { SHA256.hexDigest(of: try readFile(path)) }

  /// A folder with data.
  func withFiles(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try OwnStudy.writeData(to: folder)
      try body(folder)
    }
  }

  func configured(_ study: OwnStudy, in folder: String) throws -> (StudyConfiguration, StudyImages) {
    try AtomicFile.write(study.yaml, to: "\(folder)/own.yaml")
    let configuration = try StudyConfiguration(readingFrom: "\(folder)/own.yaml")
    return (configuration, try StudyImages(configuration, data: nil, workers: Workers(count: 2)))
  }

  /// Runs all experiments; says which were really run.
  @discardableResult
  func run(_ study: OwnStudy, in folder: String, seed: UInt64 = 1) throws -> [Experiment] {
    let (configuration, images) = try configured(study, in: folder)
    let run = StudyRun(images, results: "\(folder)/results", seed: seed, observer: StudyObserver())
    return try configuration.experiments.filter { try run.run($0) }
  }

  func verify(_ folder: String, _ study: OwnStudy = OwnStudy()) throws -> [Comparison] {
    let (path, verification) = ("\(folder)/own.yaml", try Verification(of: files(in: folder)))
    try AtomicFile.write(study.yaml, to: path)
    return try verification.run(
      verification.manifest.runs, data: nil, study: (path, StudyConfiguration(readingFrom: path)),
      workers: Workers(count: 2), observer: StudyObserver())
  }

  private enum DataFileSamples {
    static func test(in folder: String) throws -> Samples<Float> {
      let file = try SafeTensors(readingFrom: "\(folder)/test.safetensors")
      guard let x = file["x"], let y = file["y"] else { throw FileError(path: folder, found: "no data") }
      return Samples(width: 12, pixels: x.bytes, labels: y.bytes, mean: 0.4, deviation: 0.2)
    }
  }
}
