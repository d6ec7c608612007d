import Compression
import Datasets
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

/// Networks without training, and ranks a layer, in the tiny study that has all of it.
@Suite struct Part4Tests {
  private static let study = TinyStudy.beyond
  static let workers = Workers(count: 2)

  /// Run once for all tests, with a seed that is not the file's.
  static let results = Result {
    try withTemporaryFolder { folder in
      let configuration = try ProtocolTests.configuration(study, in: folder)
      let images = try StudyImages(configuration, data: .digits, workers: workers)
      let said = Mutex<[String]>([])
      let run = StudyRun(
        images, results: folder, seed: 5, observer: StudyObserver(message: { line in said.withLock { $0.append(line) } }))
      for experiment in Experiment.allCases { #expect(try run.run(experiment)) }
      let files = ResultFiles(root: folder, dataset: "digits", study: "tiny")
      let names = try Manifest.read(from: files.manifest).runs.flatMap(\.digests.keys)
      return (
        configuration: configuration, tables: try StudyTables(reading: files), data: try run.data(),
        predictions: try Predictions.read(files, seed: 5), said: said.withLock { $0 },
        files: Dictionary(uniqueKeysWithValues: try names.map { ($0, try readFile("\(files.weights(seed: 5))/\($0)")) })
      )
    }
  }

  private func network(_ name: String) throws -> Network<Float> {
    let bytes = try Self.results.get().files["\(name).safetensors"] ?? []
    return try Network(from: SafeTensors(decoding: bytes, path: name), path: name)
  }

  /// The statistics again, from the images of the permutation.
  func calibration(
    of network: Network<Float>? = nil, images: Int = 200
  ) throws -> (Calibration, heldOut: Calibration) {
    var stream = RandomStream(seed: 5, name: "calibration")
    let order = stream.permutation(400)
    let (data, baseline) = (try Self.results.get().data, try network ?? self.network("baseline"))
    func statistics(_ indices: ArraySlice<Int>) throws -> Calibration {
      try Calibration(of: baseline, samples: data.training, indices: Array(indices), seed: 5, workers: Self.workers)
    }
    return (try statistics(order[..<images]), try statistics(order[images..<images + 100]))
  }

  /// The statistics as a part takes them, with the seed of the run.
  private func calibratedBaseline(
    _ network: Network<Float>, _ configuration: StudyConfiguration
  ) throws -> CalibratedBaseline {
    let images = try StudyImages(configuration, data: .digits, workers: Self.workers)
    return try CalibratedBaseline(network, of: StudyRun(images, results: "", seed: 5, observer: StudyObserver()))
  }

  /// Ranks that a search finds.
  private func exchanged(
    _ calibration: Calibration, _ heldOut: Calibration, budget: Int, from starts: [[Int?]?]
  ) throws -> [Int?] {
    let starts = try starts.map { try #require($0) }
    return try RankSearch(calibration, heldOut: heldOut).ranks(from: starts, budget: budget).ranks
  }

  /// Which networks there are, each once and in order.
  @Test func networks() throws {
    let rows = try Self.results.get().tables.results.filter { $0.key.experiment == .part4 }
    let main = ["exchanged-3", "exchanged-6"].flatMap { budget in
      ["", "-bits-16", "-bits-4"].map { "part4-matched-\(budget)-images-200\($0)" }
    }
    let ablation =
      ["part4-truncated-rank-3"]
      + [
        "whitenedKeepingBias-rank", "whitened-rank", "matchedUnweighted-rank", "matched-rank", "matched-energy",
        "matched-output",
      ].map {
        "part4-\($0)-3-images-200"
      }
    // Without held-out images the ranks of other numbers of images are those by gradient.
    let images = ["part4-matched-gradient-3-images-200", "part4-matched-gradient-3-images-60"]
    #expect(rows.map { ResultFiles.name(of: $0.key) } == main + ablation + images)
    for row in rows {
      let ranks = try #require(row.key.ranks)
      #expect(row.key.rank == (ResultFiles.name(of: row.key).contains("exchanged-6") ? 6 : 3), "\(row.key)")
      #expect(row.key.allocation == .uniform ? ranks == LayerRanks([3, 3]) : ranks != LayerRanks([3, 3]), "\(row.key)")
      let images = ResultFiles.name(of: row.key).hasSuffix("-60") ? 60 : 200
      #expect(row.key.calibrationImages == (row.key.method == .truncated ? nil : images), "\(row.key)")
    }
  }

  /// The bytes are those of the file, header and all, and the accuracies those of the network in it.
  @Test func rows() throws {
    let (_, tables, data, predictions, _, files) = try Self.results.get()
    let baseline = try network("baseline")
    let answers = baseline.predictions(on: data.test, workers: Self.workers)
    let size = (files: Double(files["baseline.safetensors"]?.count ?? 0), cost: Cost(of: baseline))
    for row in tables.results where row.key.experiment == .part4 {
      let name = ResultFiles.name(of: row.key)
      let (stored, bytes) = (try network(name), try #require(files["\(name).safetensors"]?.count))
      let found = stored.predictions(on: data.test, workers: Self.workers)
      #expect(row.bytes == bytes && row.byteRatio == Double(bytes) / size.files, "\(name)")
      #expect(row.testAccuracy == data.test.accuracy(of: found), "\(name)")
      #expect(row.validationAccuracy == stored.accuracy(on: data.validation, workers: Self.workers), "\(name)")
      #expect(row.changedPredictions == zip(found, answers).count { $0 != $1 }, "\(name)")
      #expect(predictions.first { $0.name == name }?.classes == found.map { UInt8($0 ?? 255) }, "\(name)")
      let cost = Cost(of: stored)
      #expect((row.parameters, row.macs) == (cost.parameters, cost.macs) && row.seconds > 0, "\(name)")
      #expect(row.parameterRatio == Double(cost.parameters) / Double(size.cost.parameters), "\(name)")
      #expect(row.macRatio == Double(cost.macs) / Double(size.cost.macs), "\(name)")
      let ranks = stored.layers.map { if case .lowRank(let factors) = $0 { factors.rank } else { Int?.none } }
      #expect(row.key.ranks == LayerRanks(ranks), "\(name)")
      // No more weights than the uniform ranks and the dense last layer; biases are not counted.
      let budget = (row.key.rank ?? 0) * (784 + 24 + 24 + 20) + 200
      #expect(row.macs <= budget && row.macs > budget - 808, "\(name)")
    }
    // The same ranks with fewer bits take fewer bytes.
    for rank in [3, 6] {
      let main = tables.results.filter {
        $0.key.experiment == .part4 && $0.key.allocation == .exchanged && $0.key.rank == rank
      }
      #expect(main.map(\.key.bits) == [32, 16, 4] && Set(main.map(\.key.ranks)).count == 1)
      #expect(main[0].bytes > main[1].bytes && main[1].bytes > main[2].bytes)
    }
    // Costs are of networks in full precision, with S and without.
    #expect(!tables.costs.contains { $0.key.experiment == .part4 })
    // They would show nothing if all were the same.
    #expect(Set(tables.results.filter { $0.key.experiment == .part4 }.map(\.changedPredictions)).count > 3)
  }

  /// Each network again, from the statistics of its images.
  @Test func madeAgain() throws {
    let (calibration, heldOut) = try calibration()
    let shapes = calibration.shapes
    func allocated(_ errors: [[Double]], _ rank: Int) -> [Int?]? {
      RankAllocation.ranks(errors: errors, shapes: shapes, budget: rank * (784 + 24 + 24 + 20) + 200)
    }
    func expect(_ name: String, _ made: Network<Float>, as type: SafeTensors.ElementType = .float32) throws {
      #expect(try Self.results.get().files["part4-\(name).safetensors"] == made.tensors(as: type).encoded, "\(name)")
    }
    let exchanged = try exchanged(
      calibration, heldOut, budget: 6 * 852 + 200,
      from: [calibration.energyErrors(), calibration.outputErrors(), calibration.gradientErrors()].map { allocated($0, 6) })
    try expect("matched-exchanged-6-images-200", calibration.matched(ranks: exchanged))
    try expect("matched-exchanged-6-images-200-bits-16", calibration.matched(ranks: exchanged), as: .float16)
    let quantised = try calibration.matched(ranks: exchanged, bits: 4)
    #expect(
      try Self.results.get().files["part4-matched-exchanged-6-images-200-bits-4.safetensors"] == quantised.tensors.encoded)
    try expect("whitened-rank-3-images-200", calibration.whitened(ranks: [3, 3], correctingBias: true))
    try expect("whitenedKeepingBias-rank-3-images-200", calibration.whitened(ranks: [3, 3], correctingBias: false))
    try expect("matchedUnweighted-rank-3-images-200", calibration.matched(ranks: [3, 3, nil], isWeighted: false))
    try expect("matched-rank-3-images-200", calibration.matched(ranks: [3, 3, nil]))
    try expect(
      "matched-energy-3-images-200",
      calibration.matched(ranks: try #require(allocated(try calibration.energyErrors(), 3))))
    try expect(
      "matched-output-3-images-200",
      calibration.matched(ranks: try #require(allocated(try calibration.outputErrors(), 3))))
    let few = try self.calibration(images: 60).0
    try expect(
      "matched-gradient-3-images-60",
      few.matched(ranks: try #require(allocated(try few.gradientErrors(), 3))))
    let svd = try NetworkSVD(of: try network("baseline"), compressing: 2, workers: Self.workers)
    try expect("truncated-rank-3", svd.truncated(to: 3).folded)
  }

  /// A budget that leaves the last layer dense: the search starts from its largest rank too, because it cuts ranks, but no
  /// dense layer. Of this network it finds other ranks from there.
  @Test func searchesFromFactors() throws {
    let network = Network<Float>(widths: [784, 40, 40, 10], seed: 1)
    var study = Self.study
    study.hidden = "[40, 40]"
    let configuration = try withTemporaryFolder { try ProtocolTests.configuration(study, in: $0) }
    let baseline = try calibratedBaseline(network, configuration)
    let (calibration, heldOut) = try calibration(of: network)
    let errors = try [calibration.energyErrors(), calibration.outputErrors(), calibration.gradientErrors()]
    for rank in [4, 7] {
      let budget = rank * (784 + 40 + 40 + 40) + 400
      let starts = try errors.map {
        try #require(RankAllocation.ranks(errors: $0, shapes: calibration.shapes, budget: budget))
      }
      #expect(starts.allSatisfy { $0[2] == nil })
      // Largest ranks by hand: 38 · 824 < 784 · 40, 19 · 80 < 40 · 40, 7 · 50 < 40 · 10.
      let both = starts.flatMap { (ranks: [Int?]) -> [[Int?]] in [ranks, zip(ranks, [38, 19, 7]).map { $0 ?? $1 }] }
      let found = try baseline.ranks(by: .exchanged, like: rank, includingLast: true).value.layers
      #expect(try found == exchanged(calibration, heldOut, budget: budget, from: both), "\(rank)")
      #expect(try found != exchanged(calibration, heldOut, budget: budget, from: starts), "\(rank)")
    }
  }

  /// A search's network is that of its ranks alone: with the same ranks of another allocation it is made again, which takes
  /// the time that the row says.
  @Test func networksOfTheSearch() throws {
    let baseline = try calibratedBaseline(network("baseline"), Self.results.get().configuration)
    let exchanged = try baseline.ranks(by: .exchanged, like: 3, includingLast: true).value
    let same = ChosenRanks(layers: exchanged.layers, rank: 3, allocation: .gradient)
    let networks = try [exchanged, exchanged, same].map { try baseline.matched($0) }
    #expect(networks[0] == networks[2])
    // Where the elements of the first layer are.
    let places = networks.map { network -> UnsafePointer<Float>? in
      guard case .lowRank(let factors) = network.layers[0] else { return nil }
      return factors.u.elements.withUnsafeBufferPointer { $0.baseAddress }
    }
    #expect(places[0] != nil && places[0] == places[1] && places[0] != places[2])
  }

  /// In parts 2 and 3 the last layer stays dense, and takes no part in the budget.
  @Test func ranksOfTrainedNetworks() throws {
    let rows = try Self.results.get().tables.results
    let (calibration, heldOut) = try calibration()
    let shapes = Array(calibration.shapes.prefix(2))
    func allocated(_ errors: [[Double]]) throws -> [Int?] {
      try #require(RankAllocation.ranks(errors: Array(errors.prefix(2)), shapes: shapes, budget: 4 * 852))
    }
    let output = try allocated(try calibration.outputErrors())
    let starts = try [calibration.energyErrors(), calibration.outputErrors(), calibration.gradientErrors()].map(allocated)
    let exchanged = try exchanged(calibration, heldOut, budget: 4 * 852 + 200, from: starts.map { $0 + [nil] })
    let part2 = rows.filter { $0.key.experiment == .part2 }.map(\.key)
    #expect(part2.map(\.ranks) == [LayerRanks([4, 4]), LayerRanks(exchanged), LayerRanks([6, 3])])
    #expect(part2.map(\.rank) == [4, 4, nil] && part2.map(\.allocation) == [.uniform, .exchanged, .listed])
    // All start from statistics of images; in part 3 ranks alone follow from them.
    #expect(part2.map(\.calibrationImages) == [200, 200, 200])
    let part3 = rows.filter { $0.key.experiment == .part3 }.map(\.key)
    #expect(part3.map(\.ranks) == [LayerRanks([4, 4]), LayerRanks(output)] && part3.map(\.rank) == [4, 4])
    #expect(part3.map(\.calibrationImages) == [nil, 200] && part3.map(\.allocation) == [.uniform, .output])
    for key in part2 + part3 {
      let stored = try network(ResultFiles.name(of: key)).layers
      let ranks = stored.map { if case .lowRank(let factors) = $0 { factors.rank } else { Int?.none } }
      #expect(LayerRanks(ranks) == key.ranks, "\(key)")
      if case .dense = stored[2] {} else { #expect(Bool(false), "\(key): the last layer") }
    }
    // Part 2 begins where `matched` is.
    let first = try Self.results.get().tables.history.first { $0.key == part2[2] && $0.epoch == 0 }
    let matched = try calibration.matched(ranks: [6, 3, nil])
    let data = try Self.results.get().data
    #expect(first?.validationAccuracy == matched.accuracy(on: data.validation, workers: Self.workers))
  }

  @Test func messages() throws {
    let said = try Self.results.get().said
    #expect(said.contains { $0.hasPrefix("part4: D = 3, ranks ") && $0.contains(", 4 bits: validation ") })
    #expect(said.contains { $0.hasPrefix("part4: D = 3, whitened, bias kept, uniform ranks, ranks 3-3, 32 bits: ") })
    #expect(said.contains { $0.contains(", 60 images, 32 bits: validation ") && $0.hasSuffix(" % of the bytes") })
    #expect(said.contains("calibration: statistics of 60 training images"))
  }

  /// A study without the section: said, and nothing is made.
  @Test func notInThisStudy() throws {
    try withTemporaryFolder { folder in
      let said = Mutex<[String]>([])
      let images = try StudyImages(
        ProtocolTests.configuration(TinyStudy(), in: folder), data: .digits, workers: Self.workers)
      let run = StudyRun(
        images, results: folder, observer: StudyObserver(message: { line in said.withLock { $0.append(line) } }))
      #expect(try run.run(.part4) == false)
      #expect(said.withLock { $0 } == ["part4: not in this study file"])
      #expect(!fileExists("\(folder)/digits/tiny/results.csv"))
    }
  }
}
