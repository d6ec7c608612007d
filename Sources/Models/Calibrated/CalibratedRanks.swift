import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import Results

/// The ranks of a network's layers, chosen by what the layers do with data.
struct CalibratedRanks {
  /// A layer that may be factored.
  struct Layer {
    let index: Int
    /// That of its weights.
    let tensor: String
    /// Its costs are bits.
    let size: RankAllocation.Layer
  }

  let layers: [Layer]
  let calibration: Calibration
  let options: CalibrationOptions
  /// Is told how far a search is.
  let progress: (RankSearch.Step) -> Void

  private var sizes: [RankAllocation.Layer] { layers.map(\.size) }

  /// The ranks of all layers of the network, and the network that a search matched with them.
  /// - Parameters:
  ///   - model: that of the network.
  ///   - size: bytes of the file with such ranks.
  ///   - heldOut: the network on the samples by which ranks are exchanged.
  /// - Throws: `FileError` for a size that cannot be met and `CalibrationError.failed`.
  func ranks(
    of model: Model, size: @escaping ([Int?]) throws(FileError) -> Int, heldOut: Calibration
  ) throws -> (ranks: [Int?], network: Network<Float>?) {
    switch options.extent {
    case .energy(let energy):
      let ranks = zip(layers, try errors(by: .output)).map { layer, errors in
        smaller(max(1, errors.firstIndex { $0 <= 1 - energy } ?? errors.count - 1), layer)
      }
      return (whole(ranks), nil)
    case .listed(let list):
      let listed = Dictionary(list.ranks.map { (Array($0.name.utf8), $0.rank) }) { first, _ in first }
      return (
        whole(
          layers.map { layer in
            (listed[Array(layer.tensor.utf8)] ?? nil).flatMap { $0 <= layer.size.largestRank ? $0 : nil }
          }), nil
      )
    case .rank(let rank) where options.allocation == .uniform: return (whole(layers.map { smaller(rank, $0) }), nil)
    case .rank(let rank):
      // What the same rank in each layer would take.
      let budget = layers.reduce(0) { $0 + $1.size.cost(of: smaller(rank, $1)) }
      return try allocated(heldOut: heldOut) { errors in
        RankAllocation.ranks(errors: errors, layers: sizes, budget: budget) ?? sizes.map(\.leastRank)
      } fits: { _ in
        true
      }
    case .size(let asked):
      let budget = SizeBudget(of: model, asked: asked) { ranks throws(FileError) in try size(whole(ranks)) }
      return try allocated(heldOut: heldOut) { errors in
        try budget.ranks(errors: errors, layers: sizes)
      } fits: {
        try size($0) <= asked.bytes(of: model.size)
      }
    }
  }

  /// The rank, rounded up to a multiple, where the factors are smaller than the matrix.
  private func smaller(_ rank: Int, _ layer: Layer) -> Int? {
    rank <= layer.size.largestRank ? (rank + options.multiple - 1) / options.multiple * options.multiple : nil
  }

  /// The ranks of all layers of the network.
  private func whole(_ ranks: [Int?]) -> [Int?] {
    var all = [Int?](repeating: nil, count: calibration.network.layers.count)
    for (layer, rank) in zip(layers, ranks) { all[layer.index] = rank }
    return all
  }

  /// Errors by rank.
  private func errors(by allocation: Allocation) throws -> [[Double]] {
    let all =
      switch allocation {
      case .energy: try calibration.energyErrors()
      case .output: try calibration.outputErrors()
      default: try calibration.gradientErrors()
      }
    return layers.map { all[$0.index] }
  }

  /// What `choose` gives for the errors of an allocation; or the ranks to which a search comes from several of these.
  private func allocated(
    heldOut: Calibration, _ choose: ([[Double]]) throws -> [Int?], fits: ([Int?]) throws -> Bool
  ) throws -> (ranks: [Int?], network: Network<Float>?) {
    guard options.allocation == .exchanged else { return (whole(try choose(errors(by: options.allocation))), nil) }
    let starts = try [Allocation.energy, .output, .gradient].map { try choose(errors(by: $0)) }
    let shapes = calibration.shapes
    let found = try RankSearch(calibration, heldOut: heldOut).ranks(
      from: starts.flatMap { RankSearch.starts($0, shapes: layers.map { shapes[$0.index] }) }.map(whole),
      budget: starts.map { RankAllocation.cost(of: whole($0), shapes: shapes) }.max() ?? 0, onStep: progress)
    // Other ranks with as many weights may take a few bytes more.
    var ranks = found.ranks
    while try !fits(ranks), let most = layers.max(by: { cost($0, ranks) < cost($1, ranks) }), let rank = ranks[most.index],
      rank > 1
    {
      ranks[most.index] = rank - 1
    }
    return (ranks, ranks == found.ranks ? found.network : nil)
  }

  private func cost(_ layer: Layer, _ ranks: [Int?]) -> Int { ranks[layer.index].map { layer.size.cost(of: $0) } ?? 0 }
}
