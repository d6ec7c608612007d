import Files
import Foundation
import Results

/// Result files with invented, plausible values: of a network of 784 – 1024 ×5 – 10 and D = 20, unless said otherwise.
public struct SampleStudy {
  public var dataset = "mnist"
  public var study = "paper"
  public var seeds: [UInt64] = [1]
  public var experiments: [Experiment] = [.baseline, .part1, .part2, .part3]
  /// Test accuracy of the baseline with seed 1; each further seed adds 0.1 points.
  public var baseline = 98.77
  /// Test accuracy by rank of the truncated networks with seed 1.
  public var truncated: [(rank: Int, accuracy: Double)] =
    [(10, 71.8), (20, 96.1), (50, 98.2), (100, 98.4), (200, 98.6), (1024, 98.77)]
  /// Test accuracy by cadence with seed 1.
  public var dynamic: [(cadence: Cadence, accuracy: Double)] = [(.epoch, 97.92), (.step, 98.03)]
  /// Points of accuracy that a network loses by its 16 bits.
  public var halfLoss = 0.02
  /// Test images for which the network of full rank answers otherwise than the baseline.
  public var changedAtFullRank = 1

  /// Ranks of the fine-tuned networks and of those of dynamic SVD; each accuracy is a little above the one before.
  public var trainedRanks = [20]
  /// The sizes of the network's layers; the last weight matrix is not compressed.
  public var widths = [784, 1024, 1024, 1024, 1024, 1024, 10]

  public init() {}

  /// Writes the result files under `root`.
  public func write(to root: String) throws -> ResultFiles {
    let files = ResultFiles(root: root, dataset: dataset, study: study)
    try ResultRow.write(results, to: files.results)
    try HistoryRow.write(history, to: files.history)
    try SpectrumRow.write(spectra, to: files.spectra)
    try CostRow.write(costs, to: files.costs)
    try manifest.write(to: files.manifest)
    return files
  }

  private typealias Network = (key: NetworkKey, accuracy: Double, seconds: Double)

  private var networks: [Network] {
    seeds.flatMap { seed in
      let more = 0.1 * Double(seed - 1)
      func key(_ experiment: Experiment, _ method: Method, _ rank: Int? = nil, _ cadence: Cadence? = nil) -> NetworkKey {
        NetworkKey(
          dataset: dataset, study: study, seed: seed, experiment: experiment, method: method, rank: rank, cadence: cadence)
      }
      let all: [Network] =
        [(key(.baseline, .dense), baseline + more, 250)]
        + truncated.map { (key(.part1, .truncated, $0.rank), $0.accuracy + more, 1) }
        + trainedRanks.enumerated().map { (key(.part2, .fineTuned, $1), 98.18 + more + 0.05 * Double($0), 40) }
        + dynamic.flatMap { cadence, accuracy in
          trainedRanks.enumerated().map { (key(.part3, .dynamic, $1, cadence), accuracy + more + 0.04 * Double($0), 100) }
        }
      return all.filter { experiments.contains($0.key.experiment) }
    }
  }

  private var biases: Int { widths.dropFirst().reduce(0, +) }

  private func parameters(rank: Int?, storage: Storage) -> Int {
    let shapes = Array(zip(widths, widths.dropFirst()))
    return shapes.enumerated().reduce(biases) { sum, layer in
      let (m, n) = layer.element
      guard let rank, layer.offset < shapes.count - 1 else { return sum + m * n }
      return sum + min(rank, m, n) * (m + n + (storage == .diagonal ? 1 : 0))
    }
  }

  public var results: [ResultRow] {
    networks.map { network in
      let cost = cost(of: network, storage: Self.storage(of: network.key), bits: 32)
      let isFull = network.key.method == .truncated && network.key.rank == truncated.last?.rank
      return ResultRow(
        key: network.key, testAccuracy: network.accuracy, validationAccuracy: network.accuracy - 0.25,
        parameters: cost.parameters, parameterRatio: cost.parameterRatio, bytes: cost.bytes, byteRatio: cost.byteRatio,
        macs: cost.macs, macRatio: cost.macRatio, seconds: network.seconds,
        changedPredictions: network.key.method == .dense ? 0 : isFull ? changedAtFullRank : 150)
    }
  }

  public var costs: [CostRow] {
    networks.flatMap { network in
      let storages: [Storage] = network.key.method == .dense ? [.dense] : [.diagonal, .folded]
      return storages.flatMap { storage in [32, 16].map { cost(of: network, storage: storage, bits: $0) } }
    }
  }

  private static func storage(of key: NetworkKey) -> Storage {
    switch key.method {
    case .dense: .dense
    case .fineTuned: .folded
    case .truncated, .dynamic: .diagonal
    case .whitenedKeepingBias, .whitened, .matchedUnweighted, .matched: .folded
    }
  }

  private func cost(of network: Network, storage: Storage, bits: Int) -> CostRow {
    let parameters = self.parameters(rank: network.key.rank, storage: storage)
    let accuracy = network.accuracy - (bits == 16 ? halfLoss : 0)
    let dense = self.parameters(rank: nil, storage: .dense)
    let (bytes, macs) = (parameters * bits / 8 + 900, parameters - biases)
    return CostRow(
      key: network.key, storage: storage, bits: bits, parameters: parameters,
      parameterRatio: Double(parameters) / Double(dense), bytes: bytes, byteRatio: Double(bytes) / Double(4 * dense + 900),
      macs: macs, macRatio: Double(macs) / Double(dense - biases), testAccuracy: accuracy,
      validationAccuracy: accuracy - 0.25)
  }

  public var history: [HistoryRow] {
    var rows: [HistoryRow] = []
    for network in networks where network.key.method != .truncated {
      for epoch in 0...4 {
        let accuracy = epoch == 0 ? 11.2 : network.accuracy - 2 / Double(epoch)
        rows.append(
          HistoryRow(
            key: network.key, epoch: epoch, learningRate: 0.01,
            trainingLoss: epoch == 0 ? nil : 0.3 / Double(epoch), validationAccuracy: accuracy, seconds: Double(20 * epoch)))
      }
    }
    return rows
  }

  public var spectra: [SpectrumRow] {
    var rows: [SpectrumRow] = []
    for network in networks where network.key.method == .dense || network.key.method == .dynamic {
      for layer in 1..<widths.count - 1 {
        // A few are enough to draw; the last one tells the full rank.
        let last = min(widths[layer - 1], widths[layer])
        for index in [1, 2, 5, 10, 20, 21, 50, 100, 200, 500].filter({ $0 < last }) + [last] {
          let first = index > 20 && network.key.method == .dynamic ? 0.3 : 3.0
          rows.append(
            SpectrumRow(key: network.key, layer: layer, index: index, singularValue: first / Double(index + layer)))
        }
      }
    }
    return rows
  }

  public var manifest: Manifest {
    let environment = Manifest.Environment(
      sourceRevision: "v1.0-3-gabcdef0", sourceDigest: "d1", toolchain: "Swift 6.3.1",
      blas: "OpenBLAS 0.3.21", blasKernel: "Haswell", processor: "AMD EPYC", operatingSystem: "Debian 12", threads: 2)
    let configuration = JSON.object([
      "widths": .array(widths.map { .number(Double($0)) }),
      "baseline": .object(["epochs": .number(12), "learningRate": .number(0.05), "dropout": .number(0.2)]),
      "part1": .object(["ranks": .array([.number(20)])]), "part2": .object(["ranks": .array([.number(20)])]),
      "part3": .object(["ranks": .array([.number(20)])]),
    ])
    let runs = seeds.flatMap { seed in
      experiments.map { experiment in
        Manifest.Run(
          seed: seed, experiment: experiment, configuration: configuration, fingerprint: "f", digests: [:],
          environment: environment, started: "2025-01-01T00:00:00Z", seconds: 10 * Double(seed))
      }
    }
    let images = Manifest.Dataset(
      name: dataset, trainingImages: 55000, validationImages: 5000, testImages: 10000, sha256: [:])
    return Manifest(dataset: images, study: study, runs: runs)
  }
}
