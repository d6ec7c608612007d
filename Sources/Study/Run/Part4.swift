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
      for method in [Method.truncated, .whitenedKeepingBias, .whitened, .matched] { add(method, .uniform, rank) }
      for allocation in ablation.allocations { add(.matched, allocation, rank) }
    }
    // Neither held-out nor validation images take part here.
    let usual = calibration.allocation
    let allocation = [.exchanged, .sensitivity].contains(usual) ? Allocation.gradient : usual
    for images in ablation.images { for rank in ablation.ranks { add(.matched, allocation, rank, images: images) } }
    return all
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
      var networks = UntrainedNetworks(baseline, dense: dense, run: self)
      for asked in all where asked.images == images {
        if observer.isInterrupted() { throw Interruption() }
        let (ranks, stored, seconds) = try networks.make(asked)
        let key = key(
          .part4, asked.method, ranks, images: asked.method == .truncated ? nil : images, bits: asked.bits)
        try output.add(
          stored.network, stored: stored.tensors, key: key, baseline: measured, data: try data(), seconds: seconds,
          workers: workers)
        observer.message("part4: \(title(of: asked, ranks)): \(described(output.tables.results.last))")
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

/// The networks of one number of calibration images; what several share is made once, and its time counted for each.
private struct UntrainedNetworks {
  typealias Stored = (network: Network<Float>, tensors: SafeTensors)

  private let baseline: CalibratedBaseline
  private let dense: Network<Float>
  private let run: StudyRun
  private var svd: CalibratedBaseline.Timed<NetworkSVD<Float>>?
  /// The last one that was matched in full precision, which is stored with 32 and 16 bits.
  private var matched: (ranks: [Int?], made: CalibratedBaseline.Timed<Network<Float>>)?

  init(_ baseline: CalibratedBaseline, dense: Network<Float>, run: StudyRun) {
    (self.baseline, self.dense, self.run) = (baseline, dense, run)
  }

  /// Its ranks, the network as it is stored, and the time to make it from the baseline, in seconds.
  mutating func make(_ asked: Untrained) throws -> (ranks: ChosenRanks, stored: Stored, seconds: Double) {
    var ranks = CalibratedBaseline.Timed(value: run.uniformRanks(asked.rank), seconds: 0)
    if asked.allocation != .uniform {
      ranks = try baseline.ranks(by: asked.allocation, like: asked.rank, includingLast: true)
    }
    let made = try stored(asked, ranks.value.layers)
    let statistics = asked.method == .truncated ? 0 : baseline.calibration.seconds
    return (ranks.value, made.value, statistics + ranks.seconds + made.seconds)
  }

  private mutating func stored(_ asked: Untrained, _ ranks: [Int?]) throws -> CalibratedBaseline.Timed<Stored> {
    let calibration = baseline.calibration.value
    if asked.bits < 16 {
      let (quantised, seconds) = try timed { try calibration.matched(ranks: ranks, bits: asked.bits) }
      return ((quantised.network, quantised.tensors), seconds)
    }
    let made: CalibratedBaseline.Timed<Network<Float>>
    switch asked.method {
    case .truncated:
      let svd = try self.svd ?? timed { try NetworkSVD(of: dense, compressing: ranks.count, workers: run.workers) }
      self.svd = svd
      made = (svd.value.truncated(to: ranks).folded, svd.seconds)
    case .whitened, .whitenedKeepingBias:
      made = try timed { try calibration.whitened(ranks: ranks, correctingBias: asked.method == .whitened) }
    default:
      if let matched, matched.ranks == ranks {
        made = matched.made
      } else {
        made = try timed { try calibration.matched(ranks: ranks) }
        matched = (ranks, made)
      }
    }
    return ((made.value, made.value.tensors(as: asked.bits == 16 ? .float16 : .float32)), made.seconds)
  }
}
