import Compression
import Datasets
import Files
import LinearAlgebra
import Results
import Testing
import TestSupport

@testable import NeuralNetwork
@testable import Study

/// Which images train, validate and test, and what is trained with them. Everything expected is made here by hand: the split
/// by indices, the plans in numbers, the evaluation in loops over the bytes of images and files.
@Suite struct ProtocolTests {
  /// Images that carry their number: the last ones of the training images validate, all before them train, and the test images
  /// alone test, as the configuration normalises them.
  @Test func numberedImages() throws {
    let study = SmallMNIST(
      Dataset(name: .mnist, training: Self.numbered(300, mark: 1), test: Self.numbered(110, mark: 2), sha256: [:]))
    let data = try withTemporaryFolder { folder in
      try study.write(to: folder)
      var configuration = try Self.configuration(TinyStudy(), in: folder)
      (configuration.mean, configuration.deviation) = (0.25, 0.125)
      return try StudyData(
        .mnist(MNISTFolder(path: folder, files: study.files)), configuration: configuration, workers: Workers(count: 2))
    }
    check(data.training, are: 0..<200, mark: 1)
    check(data.validation, are: 200..<300, mark: 1)
    check(data.test, are: 0..<110, mark: 2)
    let facts = data.description
    #expect(facts.name == "mnist" && facts.sha256.count == 4)
    #expect([facts.trainingImages, facts.validationImages, facts.testImages] == [200, 100, 110])
  }

  private func check(_ samples: Samples<Float>, are numbers: Range<Int>, mark: Int) {
    let starts = (0..<samples.count).map { $0 * 784 }
    #expect(starts.map { Int(samples.pixels[$0]) + 256 * Int(samples.pixels[$0 + 1]) } == Array(numbers))
    #expect(starts.allSatisfy { Int(samples.pixels[$0 + 2]) == mark })
    #expect(samples.labels.map(Int.init) == numbers.map { (3 * $0 + mark) % 10 })
    var batch = InterleavedBatch<Float>(count: 1, width: 784)
    samples.gather([5], into: &batch, workers: Workers(count: 1))
    let inputs = samples.pixels[5 * 784..<6 * 784].map { (Double($0) / 255 - 0.25) / 0.125 }
    #expect(zip(batch.matrix.elements, inputs).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  /// Digits are drawn from their own seed, and counted as MNIST's images are.
  @Test func digits() throws {
    try withTemporaryFolder { folder in
      let data = try StudyData(
        .digits, configuration: try Self.configuration(Self.study, in: folder), workers: Workers(count: 2))
      #expect(data.training.pixels == Array(Self.images.training.pixels[..<(400 * 784)]))
      #expect(data.validation.pixels == Array(Self.images.training.pixels[(400 * 784)...]))
      #expect(data.test.pixels == Self.images.test.pixels && data.description.trainingImages == 400)
    }
  }

  /// The accuracies in the files are those of the networks in the files: read from the tensors' bytes and evaluated in loops,
  /// on images that are split here. The last epoch of a training has that of its network.
  @Test func accuracies() throws {
    let results = try Self.results.get()
    #expect(results.tables.results.count == 7)
    for row in results.tables.results {
      let layers = try NaiveLayer.layers(of: results.files[ResultFiles.weights(of: row.key)] ?? [])
      #expect(row.testAccuracy == accuracy(layers, Self.images.test, 0..<150), "\(row.key)")
      let validation = accuracy(layers, Self.images.training, 400..<500)
      #expect(row.validationAccuracy == validation, "\(row.key)")
      let epochs = results.tables.history.filter { $0.key == row.key }
      #expect(epochs.isEmpty == (row.key.experiment == .part1))
      #expect(epochs.last?.validationAccuracy ?? validation == validation, "\(row.key)")
    }
    // They would show nothing if validation and test set had the same.
    #expect(results.tables.results.contains { $0.testAccuracy != $0.validationAccuracy })
  }

  /// Every network again, from the training images by the plan of its section: the same bits, losses, rates and spectra.
  @Test func trainings() throws {
    let results = try Self.results.get()
    var seen: [String] = []
    func check(_ key: String, _ network: Network<Float>) {
      seen.append("\(key).safetensors")
      #expect(results.files["\(key).safetensors"] == network.tensors().encoded, "\(key)")
    }
    func train(
      _ layers: [any TrainableLayer<Float>], _ plan: TrainingPlan, _ streams: String, _ key: String
    ) throws -> (network: Network<Float>, layers: [any TrainableLayer<Float>]) {
      let training = TrainingLoop(
        plan: plan, samples: samples(0..<400), validation: samples(400..<500), seed: 5, streams: streams,
        workers: Workers(count: 1))
      var epochs: [TrainingEpoch] = []
      let trained = try training.run(layers, onStep: { _ in }, onEpoch: { epochs.append($0) })
      let rows = results.tables.history.filter { ResultFiles.name(of: $0.key) == key }
      #expect(
        rows.map {
          TrainingEpoch(
            epoch: $0.epoch, learningRate: $0.learningRate, trainingLoss: $0.trainingLoss,
            validationAccuracy: $0.validationAccuracy)
        } == epochs, "\(key)")
      check(key, trained.network)
      return trained
    }
    func checkSpectra(_ key: String, _ weights: [Matrix<Float>]) throws {
      let rows = results.tables.spectra.filter { ResultFiles.name(of: $0.key) == key }
      #expect(rows.map { "\($0.layer) \($0.index)" } == (1...24).map { "1 \($0)" } + (1...20).map { "2 \($0)" }, "\(key)")
      let values = try weights.flatMap { try LAPACKSVD.singularValues(of: $0).map(Double.init) }
      #expect(rows.map(\.singularValue) == values, "\(key)")
    }
    let baseline = try train(
      Network<Float>(widths: [784, 24, 20, 10], seed: 5).layers.map { $0.trainable() },
      TrainingPlan(
        epochs: 2, batchSize: 32, learningRate: 0.05, warmupEpochs: 0.5, momentum: 0.9, weightDecay: 5e-4, dropout: 0.1),
      "baseline", "baseline"
    ).network
    try checkSpectra(
      "baseline", baseline.layers.prefix(2).compactMap { if case .dense(let dense) = $0 { dense.weights } else { nil } })
    let svd = try NetworkSVD(of: baseline, compressing: 2, workers: Workers(count: 1))
    for rank in [2, 8, 24] { check("part1-rank-\(rank)", svd.truncated(to: rank)) }
    var plan = TrainingPlan(
      epochs: 1, batchSize: 32, learningRate: 0.02, warmupEpochs: 0, momentum: 0.9, weightDecay: 0, dropout: 0)
    _ = try train(svd.truncated(to: 4).layers.map { $0.trainable() }, plan, "part2", "part2-rank-4")
    (plan.epochs, plan.weightDecay) = (2, 5e-4)
    // Thirteen steps of 32 of the 400 images are an epoch.
    for (cadence, renewal, rate) in [("epoch", Renewal.every(steps: 13), 0.02), ("step", .eachStep, 0.01)] {
      plan.learningRate = rate
      let layers = baseline.dynamicSVD(rank: 4, compressing: 2, renewal: renewal, oversampling: 4, seed: 5)
      let key = "part3-rank-4-\(cadence)"
      let trained = try train(layers, plan, "part3", key)
      try checkSpectra(key, trained.layers.compactMap { ($0 as? any TrainableDynamicLayer<Float>)?.weights })
    }
    #expect(seen.sorted() == results.files.keys.sorted())
  }

  // MARK: Helpers

  /// A study in which no two plans, seeds and numbers of images are alike.
  static let study = {
    var study = TinyStudy()
    (study.digitsSeed, study.part3Epochs, study.part3StepRate) = ("3", "2", "0.01")
    return study
  }()

  /// Its images.
  static let images = Dataset.digits(seed: 3, training: 500, test: 150, workers: Workers(count: 2))

  /// Its tables, and the files of its weights by name; run once, with a seed that is not the file's.
  static let results = Result {
    try withTemporaryFolder { folder in
      let images = try StudyImages(configuration(study, in: folder), data: .digits, workers: Workers(count: 2))
      let run = StudyRun(images, results: folder, seed: 5, observer: StudyObserver())
      for experiment in Experiment.allCases { try run.run(experiment) }
      let files = ResultFiles(root: folder, dataset: "digits", study: "tiny")
      let names = try Manifest.read(from: files.manifest).runs.flatMap(\.digests.keys).filter { !$0.contains("predictions") }
      return (
        tables: try StudyTables(reading: files),
        files: Dictionary(uniqueKeysWithValues: try names.map { ($0, try readFile("\(files.weights(seed: 5))/\($0)")) })
      )
    }
  }

  static func configuration(_ study: TinyStudy, in folder: String) throws -> StudyConfiguration {
    try AtomicFile.write(study.yaml, to: "\(folder)/tiny.yaml")
    return try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
  }

  /// The number is in the first two pixels, the mark in the third; the others vary.
  static func numbered(_ count: Int, mark: Int) -> Images {
    var pixels: [UInt8] = []
    for number in 0..<count {
      pixels += [UInt8(number % 256), UInt8(number / 256), UInt8(mark)]
      for column in 3..<784 { pixels.append(UInt8((column * 7 + number) % 256)) }
    }
    return Images(pixels: pixels, labels: (0..<count).map { UInt8((3 * $0 + mark) % 10) })
  }

  private func samples(_ range: Range<Int>) -> Samples<Float> {
    Samples(
      width: 784, pixels: Array(Self.images.training.pixels[range.lowerBound * 784..<range.upperBound * 784]),
      labels: Array(Self.images.training.labels[range]), mean: 0.1307, deviation: 0.3081)
  }

  /// In percent, of the images of `range`.
  private func accuracy(_ layers: [NaiveLayer], _ images: Images, _ range: Range<Int>) -> Double {
    let right = range.count { index in
      var x = images.pixels[index * 784..<(index + 1) * 784].map { (Double($0) / 255 - 0.1307) / 0.3081 }
      for (number, layer) in layers.enumerated() {
        x = layer.outputs(x)
        if number < layers.count - 1 { x = x.map { max($0, 0) } }
      }
      return x.firstIndex(of: x.max() ?? 0) == Int(images.labels[index])
    }
    return Double(right) * 100 / Double(range.count)
  }
}
