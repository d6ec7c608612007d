import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results

/// A network of part 4, as the study asks for it.
struct Untrained: Hashable {
  let method: Method
  let allocation: Allocation
  /// D of the budget.
  let rank: Int
  var bits = 32
  /// Calibration images.
  let images: Int

  /// All of them, each once: every budget with every number of bits, then the steps of the method, then numbers of images.
  static func all(of configuration: StudyConfiguration) -> [Untrained] {
    guard let part4 = configuration.part4, let calibration = configuration.calibration else { return [] }
    var all: [Untrained] = []
    func add(_ method: Method, _ allocation: Allocation, _ rank: Int, bits: Int = 32, images: Int? = nil) {
      let next = Untrained(
        method: method, allocation: allocation, rank: rank, bits: bits, images: images ?? calibration.images)
      if !all.contains(next) { all.append(next) }
    }
    for rank in part4.ranks { for bits in part4.bits { add(.matched, calibration.allocation, rank, bits: bits) } }
    guard let ablation = part4.ablation else { return all }
    for rank in ablation.ranks {
      for method in [Method.truncated, .whitenedKeepingBias, .whitened, .matchedUnweighted, .matched] {
        add(method, .uniform, rank)
      }
      for allocation in ablation.allocations { add(.matched, allocation, rank) }
    }
    // Neither held-out nor validation images take part here.
    let usual = calibration.allocation
    let allocation = [.exchanged, .sensitivity].contains(usual) ? Allocation.gradient : usual
    // At one budget, the middle one: all have to be matched anew for each number of images.
    let middle = ablation.ranks.sorted()[ablation.ranks.count / 2]
    for images in ablation.images + [calibration.images] { add(.matched, allocation, middle, images: images) }
    return all
  }

  /// The networks in their order; those that follow each other and differ in 32 or 16 bits alone are one piece of work.
  static func works(_ networks: [Untrained]) -> [[Untrained]] {
    var works: [[Untrained]] = []
    for network in networks {
      var whole = network
      whole.bits = 32
      if network.bits == 16, works.last?.first == whole {
        works[works.count - 1].append(network)
      } else {
        works.append([network])
      }
    }
    return works
  }
}

extension StudyRun {
  /// Part 4: the baseline, compressed to each budget without a step of training.
  func withoutTraining() throws -> ExperimentOutput {
    let dense = try baselineNetwork()
    let measured = MeasuredBaseline(dense, data: try data(), workers: workers)
    let all = Untrained.all(of: configuration)
    var output = ExperimentOutput()
    // Those of one number of images after the other, so that only one set of statistics is in memory.
    var counts: [Int] = []
    for images in all.map(\.images) where !counts.contains(images) { counts.append(images) }
    for images in counts {
      if observer.isInterrupted() { throw Interruption() }
      let baseline = try CalibratedBaseline(dense, images: images, of: self)
      let asked = all.filter { $0.images == images }
      let networks = try UntrainedNetworks(baseline, dense: dense, asked: asked, run: self)
      // A few at a time, so that the person can stop.
      let works = Untrained.works(asked)
      for first in stride(from: 0, to: works.count, by: 6) {
        if observer.isInterrupted() { throw Interruption() }
        let some = Array(works[first..<min(works.count, first + 6)])
        for (asked, made) in zip(some.flatMap { $0 }, try workers.map(some, networks.make).flatMap { $0 }) {
          let key = key(
            .part4, asked.method, made.ranks, images: asked.method == .truncated ? nil : images, bits: asked.bits)
          try output.add(
            made.network, stored: made.tensors, key: key, baseline: measured, data: try data(), seconds: made.seconds,
            workers: workers)
          observer.message("part4: \(title(of: asked, made.ranks)): \(described(output.tables.results.last))")
        }
      }
      if images == configuration.calibration?.images, configuration.measuresSensitivity {
        output.addSensitivity(try baseline.measuredSensitivity(), key: key(.part4, .whitened, images: images))
      }
    }
    return output
  }

  private func title(of asked: Untrained, _ ranks: ChosenRanks) -> String {
    let isUsual = (asked.method, asked.allocation) == (.matched, configuration.calibration?.allocation)
    let kind = isUsual ? [] : [asked.method.title, asked.allocation.title]
    let images = asked.images == configuration.calibration?.images ? [] : ["\(asked.images) images"]
    return (["D = \(asked.rank)"] + kind + ["ranks \(LayerRanks(ranks.layers))"] + images + ["\(asked.bits) bits"])
      .joined(separator: ", ")
  }

  private func described(_ row: ResultRow?) -> String {
    guard let row else { return "" }
    return String(format: "validation %.2f %%, %.2f %% of the bytes", row.validationAccuracy, row.byteRatio * 100)
  }
}

extension StudyConfiguration {
  /// Whether part 4 has a table of what each layer alone costs.
  fileprivate var measuresSensitivity: Bool { part4?.ablation != nil || allocations(of: .part4).contains(.sensitivity) }
}

/// The networks of one number of calibration images, each made by one worker from what all of them need, which is made before.
private struct UntrainedNetworks {
  typealias Made = (ranks: ChosenRanks, network: Network<Float>, tensors: SafeTensors, seconds: Double)

  private let baseline: CalibratedBaseline
  private let ranks: [Untrained: CalibratedBaseline.Timed<ChosenRanks>]
  private let svd: CalibratedBaseline.Timed<NetworkSVD<Float>>?

  /// Chooses the ranks of all networks, and factors the baseline where one is truncated.
  init(_ baseline: CalibratedBaseline, dense: Network<Float>, asked: [Untrained], run: StudyRun) throws {
    self.baseline = baseline
    var ranks: [Untrained: CalibratedBaseline.Timed<ChosenRanks>] = [:]
    for (allocation, asked) in Dictionary(grouping: asked, by: \.allocation).sorted(by: { $0.key.rawValue < $1.key.rawValue }
    ) {
      if allocation == .uniform {
        for network in asked { ranks[network] = (run.uniformRanks(network.rank), 0) }
      } else {
        let each = Set(asked.map(\.rank)).sorted()
        let chosen = try baseline.ranks(by: allocation, like: each, includingLast: true)
        let byRank = Dictionary(uniqueKeysWithValues: zip(each, chosen))
        for network in asked { ranks[network] = byRank[network.rank] }
      }
    }
    self.ranks = ranks
    let truncates = asked.contains { $0.method == .truncated }
    svd =
      try truncates
      ? timed { try NetworkSVD(of: dense, compressing: run.configuration.compressedLayers, workers: run.workers) } : nil
  }

  /// The networks of one piece of work: their ranks, the networks as they are stored, and the time to make each from the baseline, in
  /// seconds.
  func make(_ work: [Untrained]) throws -> [Made] {
    let asked = work[0]
    guard let ranks = ranks[asked] else { preconditionFailure("a network without ranks") }
    let layers = ranks.value.layers
    let calibration = baseline.calibration
    let before = calibration.seconds + ranks.seconds
    if asked.bits < 16 {
      let made = try timed { try calibration.value.matched(ranks: layers, bits: asked.bits) }
      return [(ranks.value, made.value.network, made.value.tensors, before + made.seconds)]
    }
    let (network, seconds): (Network<Float>, Double)
    if asked.method == .truncated, let svd {
      (network, seconds) = (svd.value.truncated(to: layers).folded, svd.seconds)
    } else {
      let made = try timed {
        switch asked.method {
        case .matched: try baseline.matched(ranks.value)
        case .matchedUnweighted: try calibration.value.matched(ranks: layers, isWeighted: false)
        case .whitened, .whitenedKeepingBias:
          try calibration.value.whitened(ranks: layers, correctingBias: asked.method == .whitened)
        case .dense, .truncated, .fineTuned, .dynamic: preconditionFailure("\(asked.method) is not made from statistics")
        }
      }
      (network, seconds) = (made.value, before + made.seconds)
    }
    return work.map { (ranks.value, network, network.tensors(as: $0.bits == 16 ? .float16 : .float32), seconds) }
  }
}
