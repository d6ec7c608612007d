import LinearAlgebra
import NeuralNetwork

/// A search for the ranks of all layers within a budget of weights, by the divergence of the matched network from the original on
/// held-out images. Labels are not used. A rank of layer l costs m_l + n_l.
public struct RankSearch: Sendable {
  /// How much is tried.
  public struct Limits: Equatable, Sendable {
    /// The first images, by which the networks of the search are matched.
    public var images = 3000
    /// The first held-out images, which the divergence is of.
    public var heldOut = 3000
    /// Directions of a layer's outputs that are told apart (`TrialNetwork`).
    public var directions = 256
    /// Networks that are matched, for one budget.
    public var networks = 60

    /// The usual ones.
    public init() {}
  }

  /// The state of a search.
  public struct Step: Sendable {
    /// Networks that were matched.
    public let networks: Int
    /// The best ranks so far; `nil` for a dense layer.
    public let ranks: [Int?]
    /// In nats, on the images of the search.
    public let divergence: Double
  }

  private let calibration, heldOut: Calibration
  private let limits: Limits
  private let problem: TrialNetwork.Problem

  /// - Parameter heldOut: the same network on images that are not among those of `calibration`.
  /// - Throws: `CalibrationError.failed`.
  public init(_ calibration: Calibration, heldOut: Calibration, limits: Limits = Limits()) throws(CalibrationError) {
    (self.calibration, self.heldOut, self.limits) = (calibration, heldOut, limits)
    problem = try TrialNetwork.Problem(
      calibration.prefix(limits.images), heldOut: heldOut.prefix(limits.heldOut), metrics: try calibration.metrics(),
      directions: limits.directions)
  }

  /// The ranks, and where layers are dense in them, the same with these at their largest rank: a search cuts that, but no
  /// dense layer. A layer whose factors are never smaller stays dense.
  public static func starts(_ ranks: [Int?], shapes: [(rows: Int, columns: Int)]) -> [[Int?]] {
    let largest = zip(ranks, shapes).map { rank, shape in
      let most = RankAllocation.largestRank(of: shape)
      return rank ?? (most > 0 ? most : nil)
    }
    return largest == ranks ? [ranks] : [ranks, largest]
  }

  /// The best ranks that were found, and the network that is matched with them.
  ///
  /// The search goes by few images and directions. Therefore its result and the best of the starts are matched with all of them, and the
  /// start is kept where it is nearer to the original on all held-out images.
  /// - Parameters:
  ///   - starts: ranks of all layers within the budget; a layer that is dense (`nil`) in the best of them stays dense.
  ///   - budget: weights.
  ///   - onStep: is called after each network; what it throws ends the search.
  /// - Throws: `CalibrationError.failed`, and what `onStep` throws.
  public func ranks(
    from starts: [[Int?]], budget: Int, onStep: (Step) throws -> Void = { _ in }
  ) throws -> (ranks: [Int?], network: Network<Float>) {
    var descent = try Descent(problem, limit: limits.networks, from: starts, budget: budget, onStep: onStep)
    let start = descent.ranks
    try descent.narrow(onStep)
    try descent.exchange(onStep)
    let found = (ranks: descent.ranks, network: try calibration.matched(ranks: descent.ranks))
    guard found.ranks != start else { return found }
    let other = (ranks: start, network: try calibration.matched(ranks: start))
    return heldOut.divergence(of: other.network) < heldOut.divergence(of: found.network) ? other : found
  }
}

/// Goes from ranks to better ones.
private struct Descent {
  private let problem: TrialNetwork.Problem
  private let budget: Int
  private var best: TrialNetwork
  private var tried: Set<[Int?]>
  /// Networks that may still be matched.
  private var left: Int
  private let limit: Int

  /// From the best of the starts.
  init(
    _ problem: TrialNetwork.Problem, limit: Int, from starts: [[Int?]], budget: Int,
    onStep: (RankSearch.Step) throws -> Void
  ) throws {
    precondition(!starts.isEmpty)
    precondition(
      starts.allSatisfy { RankAllocation.cost(of: $0, shapes: problem.shapes) <= budget }, "a start above the budget")
    (self.problem, self.budget, self.limit) = (problem, budget, limit)
    best = try TrialNetwork(problem, ranks: starts[0])
    (tried, left) = ([starts[0]], limit - 1)
    for start in starts.dropFirst() { _ = try takes(start, onStep) }
  }

  var ranks: [Int?] { best.ranks }

  /// Matches the network with other ranks, and keeps it if the divergence falls.
  /// - Returns: whether it does; `false` for ranks that were tried before.
  private mutating func takes(_ ranks: [Int?], _ onStep: (RankSearch.Step) throws -> Void) throws -> Bool {
    guard left > 0, tried.insert(ranks).inserted else { return false }
    left -= 1
    let next = try TrialNetwork(problem, ranks: ranks, previous: best)
    // So that any number is better than NaN.
    let isBetter = next.divergence < best.divergence || best.divergence.isNaN
    if isBetter { best = next }
    try onStep(RankSearch.Step(networks: limit - left, ranks: best.ranks, divergence: best.divergence))
    return isBetter
  }

  /// Cuts all layers from one on to the same rank, because the narrowest among them decides what passes, and gives what becomes free
  /// to the layers before them, as long as the divergence falls: first from the second layer on, then from the third, …
  ///
  /// It ends when no cut from two layers in a row on helps.
  mutating func narrow(_ onStep: (RankSearch.Step) throws -> Void) throws {
    var failures = 0
    for first in ranks.indices.dropFirst() where failures < 2 {
      failures += 1
      while let most = ranks[first...].compactMap({ $0 }).max(), most > 1 {
        let cut = most - max(1, most / 6)
        let next = ranks.indices.map { $0 < first ? ranks[$0] : ranks[$0].map { min($0, cut) } }
        guard try takes(giving(to: Array(0..<first), of: next), onStep) else { break }
        failures = 0
      }
    }
  }

  /// Lets one layer give ranks to another, for all pairs, as long as the divergence falls for one of them: first a quarter of its
  /// ranks, then an eighth, then one.
  mutating func exchange(_ onStep: (RankSearch.Step) throws -> Void) throws {
    for share in [4, 8, Int.max] {
      var isBetter = true
      while isBetter {
        isBetter = false
        for giver in ranks.indices {
          for taker in ranks.indices where taker != giver {
            while let next = exchanged(giver, taker, share: share), try takes(next, onStep) { isBetter = true }
          }
        }
      }
    }
  }

  /// The ranks after one layer gave another this part of its own; `nil` where it cannot, or the other cannot take a rank for it.
  private func exchanged(_ giver: Int, _ taker: Int, share: Int) -> [Int?]? {
    guard let rank = ranks[giver], rank > 1 else { return nil }
    var cut = ranks
    cut[giver] = rank - max(1, rank / share)
    let next = giving(to: [taker], of: cut)
    return next[taker] == ranks[taker] ? nil : next
  }

  /// `ranks` with what is left of the budget given to some layers, in proportion to their weights; the first gets the rest. Dense
  /// layers take nothing.
  private func giving(to layers: [Int], of ranks: [Int?]) -> [Int?] {
    let shapes = problem.shapes
    func cost(_ layer: Int) -> Int { shapes[layer].rows + shapes[layer].columns }
    let takers = layers.filter { ranks[$0] != nil }
    var next = ranks
    let free = budget - RankAllocation.cost(of: ranks, shapes: shapes)
    let weights = takers.reduce(0) { $0 + (ranks[$1] ?? 0) * cost($1) }
    for taker in takers.reversed() {
      guard let rank = ranks[taker] else { continue }
      let share =
        taker == takers[0] ? budget - RankAllocation.cost(of: next, shapes: shapes) : free * rank * cost(taker) / weights
      // The largest rank whose factors are smaller than the matrix.
      let largest = RankAllocation.largestRank(of: shapes[taker])
      next[taker] = max(rank, min(largest, rank + share / cost(taker)))
    }
    return next
  }
}
