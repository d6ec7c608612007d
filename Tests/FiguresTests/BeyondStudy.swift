import Files
import Foundation
import Results
import TestSupport

/// A study with part 4: invented, plausible rows of its table of budgets and bits, of the steps to it, of several numbers of
/// calibration images, and of the sensitivity of layers.
struct BeyondStudy {
  /// The parts before.
  var base = SampleStudy()
  var allocation = Allocation.exchanged
  var budgets = [5, 8, 10, 15, 20, 30, 50]
  var bits = [32, 16, 8, 4, 3, 2]
  /// The D of the steps and of the other ways to choose ranks.
  var steps = [10, 15, 20, 30, 50]
  var ways: [Allocation] = [.energy, .output, .gradient, .sensitivity]
  /// Numbers of images besides the study's, and their D.
  var images = (counts: [200, 500, 1000, 5000, 10000, 55000], ranks: [10, 20])
  var studyImages = 20000
  /// The ranks of the sensitivity.
  var grid = [1, 2, 3, 5, 8, 10, 15, 20, 30, 50]

  init(seeds: Int = 5) {
    (base.study, base.seeds) = ("beyond", (1...UInt64(seeds)).map { $0 })
    base.experiments = Experiment.allCases
  }

  func write(to root: String) throws -> ResultFiles {
    let files = try base.write(to: root)
    try ResultRow.write(results, to: files.results)
    try SensitivityRow.write(sensitivity, to: files.sensitivity)
    return files
  }

  /// Those of the parts before with uniform ranks, and with a rank a layer; then part 4.
  var results: [ResultRow] {
    let trained = base.results.filter { [.part2, .part3].contains($0.key.experiment) }
    let allocated = trained.map { row in
      var row = row
      row.key.allocation = allocation
      row.key.ranks = ranks(row.key.rank ?? 1, allocation, seed: row.key.seed)
      row.testAccuracy = min(row.testAccuracy + 0.35, 100)
      row.bytes += 1000 * Int(row.key.seed)
      return row
    }
    return base.results + (allocation == .uniform ? [] : allocated) + part4
  }

  private var layers: Int { base.widths.count - 1 }

  private func key(
    _ seed: UInt64, _ method: Method, _ rank: Int, _ allocation: Allocation, bits: Int = 32, images: Int? = nil
  ) -> NetworkKey {
    NetworkKey(
      dataset: base.dataset, study: base.study, seed: seed, experiment: .part4, method: method, rank: rank,
      ranks: ranks(rank, allocation, seed: seed), calibrationImages: method == .truncated ? nil : images ?? studyImages,
      allocation: allocation, bits: bits)
  }

  /// The first layers get more by the better ways; the last layer is dense where there is room.
  private func ranks(_ rank: Int, _ allocation: Allocation, seed: UInt64) -> LayerRanks {
    let slope = Double(Allocation.allCases.firstIndex(of: allocation) ?? 0) / 4
    let values = (0..<layers - 1).map { layer in
      let share = 1 + slope * (1 - 2 * Double(layer) / Double(max(layers - 2, 1)))
      return max(Int(Double(rank) * share) + (slope > 0 ? Int(seed) % 3 : 0), 1)
    }
    let last = allocation == .uniform || rank >= 15 ? nil : min(rank, 8)
    return LayerRanks(values + [last])
  }

  private var keys: [NetworkKey] {
    base.seeds.flatMap { seed -> [NetworkKey] in
      let table = budgets.flatMap { rank in bits.map { key(seed, .matched, rank, allocation, bits: $0) } }
      let methods = steps.flatMap { rank in
        [Method.truncated, .whitenedKeepingBias, .whitened, .matchedUnweighted, .matched].map {
          key(seed, $0, rank, .uniform)
        }
      }
      let others = steps.flatMap { rank in ways.filter { $0 != allocation }.map { key(seed, .matched, rank, $0) } }
      let sweep = images.ranks.flatMap { rank in images.counts.map { key(seed, .matched, rank, .gradient, images: $0) } }
      return table + methods.filter { !($0.method == .matched && allocation == .uniform) } + others + sweep
    }
  }

  var part4: [ResultRow] {
    keys.map { key in
      let shapes = zip(base.widths, base.widths.dropFirst())
      let ranks = (key.ranks?.values ?? []) + Array(repeating: nil, count: layers)
      let weights = zip(shapes, ranks).reduce(0) { sum, layer in
        let (m, n) = layer.0
        return sum + (layer.1.map { $0 * (m + n) } ?? m * n)
      }
      let dense = shapes.reduce(0) { $0 + $1.0 * $1.1 }
      let biases = base.widths.dropFirst().reduce(0, +)
      let bytes = weights * key.bits / 8 + biases * (key.bits == 32 ? 4 : 2) + 900
      let (accuracy, ratio) = (accuracy(key), Double(weights + biases) / Double(dense + biases))
      return ResultRow(
        key: key, testAccuracy: accuracy, validationAccuracy: accuracy - 0.2, parameters: weights + biases,
        parameterRatio: ratio, bytes: bytes, byteRatio: Double(bytes) / Double(4 * (dense + biases) + 900), macs: weights,
        macRatio: ratio, seconds: 4, changedPredictions: 100)
    }
  }

  private func accuracy(_ key: NetworkKey) -> Double {
    let rank = Double(key.rank ?? 1)
    let (first, power): (Double, Double) =
      switch (key.method, key.allocation) {
      case (.truncated, _): (31.7, 3.7)
      case (.whitenedKeepingBias, _): (18, 3)
      case (.whitened, _): (14.6, 3)
      case (.matchedUnweighted, _): (5.3, 2.3)
      case (_, .uniform): (4.1, 2.3)
      case (_, .energy): (3.5, 2.5)
      case (_, .output): (2.6, 3)
      case (_, .gradient): (2.4, 3.2)
      case (_, .sensitivity): (1.9, 3)
      default: (1.2, 2.9)
      }
    var loss = first * pow(10 / rank, power)
    if key.bits < 8 { loss += 3 / pow(4, Double(key.bits - 1)) + 6 * pow(0.5, Double(key.bits)) * loss }
    if let images = key.calibrationImages { loss *= 1 + 300 / Double(images) }
    // Seeds differ by more where networks are worse.
    let chance = Double((Int(key.seed) * 37 + (key.rank ?? 0) * 11 + key.bits * 7) % 10) / 10 - 0.45
    return max(98.6 - loss + chance * (0.1 + 0.3 * loss), 5)
  }

  var sensitivity: [SensitivityRow] {
    base.seeds.flatMap { seed in
      (1...layers).flatMap { layer in
        grid.filter { $0 <= min(base.widths[layer - 1], base.widths[layer]) }.map { rank in
          var network = key(seed, .whitened, rank, .uniform)
          network.ranks = LayerRanks(Array(repeating: nil, count: layer - 1) + [rank])
          let loss = 0.045 + 2.2 / Double(layer) * exp(-Double(rank) / 4) + 0.001 * Double(seed)
          return SensitivityRow(key: network, layer: layer, validationAccuracy: 98.8 - 10 * loss, validationLoss: loss)
        }
      }
    }
  }
}
