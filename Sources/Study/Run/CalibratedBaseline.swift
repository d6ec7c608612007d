import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import Results

/// The baseline, its statistics on calibration images, and what follows from them: each is computed once.
final class CalibratedBaseline {
  /// What was made, and how long that took, with all that it needed, in seconds.
  typealias Timed<Value> = (value: Value, seconds: Double)

  private let configuration: StudyConfiguration
  private let seed: UInt64
  private let data: StudyData
  private let workers: Workers
  private let observer: StudyObserver
  private let heldOut: [Int]
  private let statistics: ([Int]) throws -> Calibration
  /// Of the baseline.
  let calibration: Timed<Calibration>
  private var errors: [Allocation: Timed<[[Double]]>] = [:]
  private var chosen: [Choice: Timed<ChosenRanks>] = [:]
  /// Networks that a search matched, by the ranks of all layers.
  private var searched: [[Int?]: Network<Float>] = [:]
  private(set) var sensitivity: Sensitivity?

  private struct Choice: Hashable {
    let allocation: Allocation
    let rank: Int
    let includesLast: Bool
  }

  /// Takes the statistics of the first images of a permutation of the training images, drawn from the stream `calibration`.
  /// - Parameter images: so many; `nil` for those of the study file. Those behind them in the permutation are held out.
  /// - Throws: `CalibrationError` for weights or outputs that are not finite, and outputs that are constant.
  init(_ network: Network<Float>, images: Int? = nil, of run: StudyRun) throws {
    (configuration, seed, workers, observer) = (run.configuration, run.seed, run.workers, run.observer)
    data = try run.data()
    guard let section = configuration.calibration else { preconditionFailure("a study without calibration was read") }
    var stream = RandomStream(seed: seed, name: "calibration")
    let order = stream.permutation(data.training.count)
    let count = images ?? section.images
    heldOut = Array(order.dropFirst(count).prefix(section.heldOut))
    observer.message("calibration: statistics of \(count) training images")
    let (training, workers, seed) = (data.training, workers, seed)
    statistics = { try Calibration(of: network, samples: training, indices: $0, seed: seed, workers: workers) }
    calibration = try timed { [statistics] in try statistics(Array(order.prefix(count))) }
  }

  /// The ranks with the weights of a uniform rank.
  /// - Parameter includesLast: whether the last layer takes part, dense in the budget; otherwise it stays dense.
  func ranks(by allocation: Allocation, like rank: Int, includingLast includesLast: Bool) throws -> Timed<ChosenRanks> {
    try ranks(by: allocation, like: [rank], includingLast: includesLast)[0]
  }

  /// The same for several uniform ranks. The workers share these where the search for each takes long.
  func ranks(
    by allocation: Allocation, like ranks: [Int], includingLast includesLast: Bool
  ) throws -> [Timed<ChosenRanks>] {
    func choice(_ rank: Int) -> Choice { Choice(allocation: allocation, rank: rank, includesLast: includesLast) }
    let new = ranks.filter { chosen[choice($0)] == nil }
    let made =
      try allocation == .exchanged
      ? exchanged(like: new, includingLast: includesLast)
      : new.map { try allocated(by: allocation, like: $0, includingLast: includesLast) }
    for (rank, (layers, seconds)) in zip(new, made) {
      chosen[choice(rank)] = (ChosenRanks(layers: layers, rank: rank, allocation: allocation), seconds)
    }
    return ranks.compactMap { chosen[choice($0)] }
  }

  /// The network that is `matched` with these ranks.
  func matched(_ ranks: ChosenRanks) throws(CalibrationError) -> Network<Float> {
    // The time of another allocation's network is that of making it.
    if ranks.allocation == .exchanged, let network = searched[padded(ranks.layers)] { return network }
    return try calibration.value.matched(ranks: ranks.layers)
  }

  /// The ranks of all layers: those behind stay dense.
  private func padded(_ ranks: [Int?]) -> [Int?] {
    ranks + [Int?](repeating: nil, count: calibration.value.shapes.count - ranks.count)
  }

  /// Layers that take part in an allocation, and its weights.
  private func budget(like rank: Int, includingLast includesLast: Bool) -> (layers: Int, weights: Int) {
    let count = configuration.compressedLayers
    guard includesLast else { return (count, configuration.budget(of: rank)) }
    return (calibration.value.shapes.count, configuration.budget(of: rank) + denseWeights)
  }

  /// Weights of the layers that are not compressed.
  private var denseWeights: Int {
    calibration.value.shapes[configuration.compressedLayers...].reduce(0) { $0 + $1.rows * $1.columns }
  }

  private func allocated(
    by allocation: Allocation, like rank: Int, includingLast includesLast: Bool
  ) throws -> Timed<[Int?]> {
    let errors = try errors(by: allocation)
    let (count, weights) = budget(like: rank, includingLast: includesLast)
    var made = timed {
      let found = RankAllocation.ranks(
        errors: Array(errors.value.prefix(count)), shapes: Array(calibration.value.shapes.prefix(count)), budget: weights)
      guard let found else { preconditionFailure("a budget below one rank a layer") }
      return found
    }
    made.seconds += errors.seconds
    return made
  }

  /// Ranks by a `RankSearch` from those of the allocations that need none.
  private func exchanged(like ranks: [Int], includingLast includesLast: Bool) throws -> [Timed<[Int?]>] {
    guard !ranks.isEmpty else { return [] }
    let starts = try [Allocation.energy, .output, .gradient].map {
      try self.ranks(by: $0, like: ranks, includingLast: includesLast)
    }
    observer.message("exchange: ranks by held-out images for D = \(ranks.map(String.init).joined(separator: ", "))")
    let search = try timed { [calibration] in
      try RankSearch(calibration.value, heldOut: try statistics(heldOut))
    }
    let found = try workers.map(Array(ranks.enumerated())) { [observer] place, rank in
      let (count, weights) = budget(like: rank, includingLast: includesLast)
      let made = try timed {
        try search.value.ranks(
          from: starts.flatMap { RankSearch.starts($0[place].value.layers, shapes: calibration.value.shapes) }.map(padded),
          budget: weights + (includesLast ? 0 : denseWeights)
        ) { _ in if observer.isInterrupted() { throw Interruption() } }
      }
      let before = starts.reduce(0) { $0 + $1[place].seconds }
      return (ranks: Array(made.value.ranks.prefix(count)), network: made.value.network, seconds: before + made.seconds)
    }
    for one in found { searched[padded(one.ranks)] = one.network }
    return found.map { ($0.ranks, search.seconds + $0.seconds) }
  }

  /// The errors by rank that an allocation goes by.
  private func errors(by allocation: Allocation) throws -> Timed<[[Double]]> {
    if let found = errors[allocation] { return found }
    let made = try timed {
      switch allocation {
      case .energy: try calibration.value.energyErrors()
      case .output: try calibration.value.outputErrors()
      case .gradient: try calibration.value.gradientErrors()
      case .sensitivity: try measuredSensitivity().errors
      case .uniform, .exchanged, .listed: preconditionFailure("\(allocation) goes by no errors")
      }
    }
    errors[allocation] = made
    return made
  }

  /// What each layer alone costs on the validation images.
  func measuredSensitivity() throws -> Sensitivity {
    if let sensitivity { return sensitivity }
    let made = try Sensitivity(of: calibration.value, on: data.validation, workers: workers, observer: observer)
    sensitivity = made
    return made
  }
}

/// What `body` gives, and how long that took, in seconds.
func timed<Value>(_ body: () throws -> Value) rethrows -> (value: Value, seconds: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let value = try body()
  return (value, (clock.now - start).seconds)
}
