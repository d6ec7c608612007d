import Files
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// Each mistake with files of one's own is one line: file or key, what was found, what was expected.
extension OwnStudyTests {
  @Test(arguments: [
    ("{name: MINE, training: a, test: b}", "own.yaml:1: dataset.name: found 'MINE', expected 1 to 64 lower-case letters"),
    ("{name: mnist, training: a, test: b}", "dataset.name: found 'mnist'"),
    ("{name: ../x, training: a, test: b}", "dataset.name: found '../x'"),
    ("{training: a, test: b}", "dataset.name: found no such key"),
    ("{name: a, training: a}", "dataset.test: found no such key, expected a file of samples, or folder with both parts"),
    ("{name: a, folder: b, test: c}", "dataset.test: found it beside folder, expected one of them"),
    ("{name: a, folder: ''}", "dataset.folder: found nothing, expected a folder"),
    ("{name: a, folder: b, tests: c}", "dataset: found the unknown key 'tests', expected name, folder, training"),
    (
      "{name: a, training: a.safetensors, training_labels: b, test: c}",
      "dataset.training_labels: found it beside a .safeten"
    ),
    ("{name: a, folder: b, sha256: {test: 12}}", "dataset.sha256.test: found '12', expected a SHA-256 of 64"),
    ("imagenet", "own.yaml:1: dataset: found 'imagenet', expected mnist or digits, or name and files of your own data"),
    ("[a]", "own.yaml:1: dataset: found a list, expected mnist or digits"),
  ])
  func dataset(_ dataset: String, says: String) throws {
    try expect(says) { $0.dataset = dataset }
  }

  @Test(arguments: [
    ("{}", "network.hidden: found no such key"),
    ("{file: a, hidden: [3]}", "network.file: found it beside hidden, expected one of them"),
    ("{hidden: [3], activation: tanh}", "network.activation: found it beside hidden"),
    ("{file: ''}", "network.file: found nothing, expected a .safetensors file"),
    ("{file: net.safetensors, activation: swish}", "network.activation: found 'swish', expected relu or tanh or gelu"),
    ("{file: net.safetensors, layers: [a, a]}", "network.layers: found 'a' twice"),
    (
      "{file: net.safetensors, layers: [fc1, out]}",
      "net.safetensors: found no layer 'out', expected some of these: fc1, fc2"
    ),
    ("{file: net.safetensors, sha256: 1}", "network.sha256: found '1', expected a SHA-256"),
    ("{file: none.safetensors}", "none.safetensors: found no such file"),
    ("{file: net.safetensors, layers: [fc1]}", "net.safetensors: found one layer, expected two or more"),
  ])
  func network(_ network: String, says: String) throws {
    try expect(says) { $0.network = network }
  }

  /// Sections that do not go together.
  @Test func sections() throws {
    try expect("own.yaml:7: baseline: found it beside network.file, a network that is not trained, expected one of them") {
      $0.baseline = "{\(OwnStudy.plan)}"
    }
    try expect("own: normalisation: found no such key, expected it, because") { $0.normalisation = nil }
    try expect("own: part2: found this section with a network of sigmoid, expected none: ReLU alone can be trained") {
      $0.network = "{file: net.safetensors, activation: sigmoid}"
    }
    try expect("own: part3: found this section with a network of gelu") {
      ($0.network, $0.part2) = ("{file: net.safetensors, activation: gelu}", nil)
    }
    try expect("own: part2.ranks: found 3 ranks (2-2-2), expected 2, one for each compressed layer") {
      $0.part2 = "{ranks: [[2, 2, 2]], \(OwnStudy.plan)}"
    }
    try expect("own: part4.ranks: found the budget 30") { $0.part4 = "{ranks: [30], bits: [32]}" }
    try expect("baseline: found no such key") { $0.network = "{hidden: [4]}" }
  }

  /// What the files hold.
  @Test func contents() throws {
    typealias Change = (String) throws -> Void
    func write(
      _ name: String, classes: Int = 3, width: Int = 12, labels: @escaping ([UInt8]) -> [UInt8]? = { $0 }
    ) -> Change {
      { folder in
        let samples: Samples<Float> = sampleImages(count: 300, width: width, classes: classes)
        try OwnStudy.write(samples.pixels, labels: labels(samples.labels), width: width, to: "\(folder)/\(name).safetensors")
      }
    }
    func network(_ widths: [Int]) -> Change {
      { try OwnStudy.writeNetwork(to: "\($0)/net.safetensors", widths: widths) }
    }
    let cases: [(says: String, study: OwnStudy, files: Change)] = [
      ("test.safetensors: found no labels, expected one a sample", OwnStudy(), write("test") { _ in nil }),
      ("train.safetensors: found no labels", .trained, write("train") { _ in nil }),
      ("test.safetensors: found 11 elements a sample, expected 12, as ", OwnStudy(), write("test", width: 11)),
      ("test.safetensors: found the label 4, expected 0 to 2, the classes of ", .trained, write("test", classes: 5)),
      (
        "train.safetensors: found the label 4, expected 0 to 2, the outputs of the network", OwnStudy(),
        write("train", classes: 5)
      ),
      ("train.safetensors: found one class, expected two or more", .trained, write("train") { $0.map { _ in 0 } }),
      ("train.safetensors: found 256 classes, expected at most 255", .trained, write("train") { $0.dropLast() + [255] }),
      (
        "net.safetensors: found a network of 9 inputs, expected 12, the elements of a sample of mine", OwnStudy(),
        network([9, 8, 3])
      ),
      ("net.safetensors: found a network of 300 outputs, expected at most 255", OwnStudy(), network([12, 8, 300])),
      ("net.safetensors: found one layer, expected two or more", OwnStudy(), network([12, 3])),
      (
        "own: validation_images: found 60, expected fewer than the 40 training images", .trained,
        { try OwnStudy.writeData(to: $0, training: 40) }
      ),
    ]
    for (says, study, files) in cases { try expect(says, study, files: files) }
  }

  /// Factors, and codes, are not compressed again.
  @Test func factors() throws {
    try withFiles { folder in
      let network = try OwnStudy.writeNetwork(to: "\(folder)/net.safetensors")
      try run(OwnStudy(), in: folder)
      let weights = files(in: folder).weights(seed: 1)
      for name in ["part1-rank-2", "part4-matched-exchanged-2-images-140-bits-4"] {
        var study = OwnStudy()
        study.network = "{file: results/mine/own/weights/seed-1/\(name).safetensors}"
        let error = #expect(throws: FileError.self) { try configured(study, in: folder) }
        #expect(fileExists("\(weights)/\(name).safetensors") && network.inputs == 12)
        #expect(
          error?.description.contains("found codes or factors in the layer 'layers.0', expected dense layers") == true,
          "\(error as Any)")
      }
    }
  }

  /// What is perhaps not meant.
  @Test func warnings() throws {
    try withFiles { folder in
      let path = "\(folder)/net.safetensors"
      let metadata = NetworkDescription(activation: .relu, normalisation: Normalisation(mean: 0.1, deviation: 0.2)).metadata
      try OwnStudy.writeNetwork(to: path, metadata: [Factorings.key: metadata])
      let normalisation = try configured(OwnStudy(), in: folder).1.warnings(of: [])
      #expect(normalisation == ["own: normalisation: found 0.4 and 0.2, where \(path) says 0.1 and 0.2"])
      // The last samples are for validation: there alone is class 1.
      let samples: Samples<Float> = sampleImages(count: 300, width: 12, classes: 3)
      let labels = samples.labels.enumerated().map { $0 < 240 ? ($1 == 1 ? 0 : $1) : 1 }
      try OwnStudy.write(samples.pixels, labels: labels, width: 12, to: "\(folder)/train.safetensors")
      let missing = try configured(.trained, in: folder).1.warnings(of: [])
      #expect(missing.count == 1 && missing[0].hasPrefix("own: found no training sample of class 1, expected some of each"))
    }
  }

  /// One line with `says`, before anything is run.
  func expect(
    _ says: String, _ study: OwnStudy = OwnStudy(), sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout OwnStudy) -> Void = { _ in }, files: (String) throws -> Void = { _ in }
  ) throws {
    try withFiles { folder in
      try OwnStudy.writeNetwork(to: "\(folder)/net.safetensors")
      try files(folder)
      var study = study
      change(&study)
      let error = #expect(throws: (any Error).self, "\(says)", sourceLocation: sourceLocation) {
        try configured(study, in: folder)
      }
      let line = "\(error as Any)"
      #expect(
        line.contains(says) && line.contains(", expected") && !line.contains("\n"), "\(line)", sourceLocation: sourceLocation
      )
    }
  }
}
