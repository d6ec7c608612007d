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
  private(set) var sensitivity: Sensitivity?

  private struct Choice: Hashable {
    let allocation: Allocation
    let rank: Int
    let includesLast: Bool
  }

  /// Takes the statistics of the first images of a permutation of the training images, drawn from the stream `calibration`.
  /// - Parameter images: so many; `nil` for those of the study file. Those behind them in the permutation are held out.
  /// - Throws: `StudyError.notCalibrated` for weights that are not finite, and outputs that are constant.
  init(_ network: Network<Float>, images: Int? = nil, of run: StudyRun) throws {
    (configuration, seed, workers, observer) = (run.configuration, run.seed, run.workers, run.observer)
    data = try run.data()
    guard let section = configuration.calibration else { preconditionFailure("a study without calibration was read") }
    var stream = RandomStream(seed: seed, name: "calibration")
    let order = stream.permutation(data.training.count)
    let count = images ?? section.images
    heldOut = Array(order.dropFirst(count).prefix(section.heldOut))
    let widest = network.layers.map(\.inputs).max() ?? 0
    if count == section.images, count < widest {
      observer.warning(
        "\(StudyKey.calibration).images: found \(count), expected \(widest) or more, the inputs of the widest layer: the covariance "
          + "of fewer is singular, and ranks and weights fit these few images")
    }
    observer.message("calibration: statistics of \(count) training images")
    let (training, workers, path) = (data.training, workers, run.baselinePath)
    statistics = { indices in
      do throws(CalibrationError) {
        return try Calibration(of: network, samples: training, indices: indices, workers: workers)
      } catch {
        throw StudyError.notCalibrated(path: path, error)
      }
    }
    calibration = try timed { [statistics] in try statistics(Array(order.prefix(count))) }
  }

  /// The ranks with the weights of a uniform rank.
  /// - Parameter includesLast: whether the last layer takes part, dense in the budget; otherwise it stays dense.
  func ranks(by allocation: Allocation, like rank: Int, includingLast includesLast: Bool) throws -> Timed<ChosenRanks> {
    let choice = Choice(allocation: allocation, rank: rank, includesLast: includesLast)
    if let found = chosen[choice] { return found }
    let shapes = calibration.value.shapes
    let count = includesLast ? shapes.count : configuration.compressedLayers
    let dense = shapes[configuration.compressedLayers...].reduce(0) { $0 + $1.rows * $1.columns }
    let budget = configuration.budget(of: rank) + (includesLast ? dense : 0)
    var made: Timed<[Int?]>
    if allocation == .exchanged {
      let start = try ranks(by: .gradient, like: rank, includingLast: includesLast)
      let layers = start.value.layers + [Int?](repeating: nil, count: shapes.count - count)
      made = try timed {
        try calibration.value.exchanged(
          from: layers, budget: budget + (includesLast ? 0 : dense), heldOut: statistics(heldOut))
      }
      made.seconds += start.seconds
    } else {
      let errors = try errors(by: allocation)
      made = try timed {
        let found = RankAllocation.ranks(
          errors: Array(errors.value.prefix(count)), shapes: Array(shapes.prefix(count)), budget: budget)
        guard let found else { preconditionFailure("a budget below one rank a layer") }
        return found
      }
      made.seconds += errors.seconds
    }
    let found = (ChosenRanks(layers: Array(made.value.prefix(count)), rank: rank, allocation: allocation), made.seconds)
    chosen[choice] = found
    return found
  }

  /// The errors by rank that an allocation goes by.
  private func errors(by allocation: Allocation) throws -> Timed<[[Double]]> {
    if let found = errors[allocation] { return found }
    let made = try timed {
      switch allocation {
      case .energy: try calibration.value.energyErrors()
      case .output: try calibration.value.outputErrors()
      case .gradient: try calibration.value.gradientErrors(seed: seed)
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
