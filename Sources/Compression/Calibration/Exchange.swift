import LinearAlgebra
import NeuralNetwork

/// A search for ranks of all layers, with no more weights than a budget, by the divergence of the matched network from the original
/// on held-out images. A rank of layer l costs m_l + n_l.
struct RankExchange {
  private let calibration, heldOut: Calibration
  private let budget: Int
  private var best: NestedNetwork
  private var divergence: Double
  /// Ranks that were matched.
  private var tried: Set<[Int?]>
  /// Those by which the divergence fell, from the start on.
  private(set) var path: [[Int?]]

  /// - Parameters:
  ///   - start: ranks within the budget; dense layers stay dense.
  ///   - budget: weights.
  /// - Throws: as `Calibration.matched(ranks:)`.
  init(_ calibration: Calibration, from start: [Int?], budget: Int, heldOut: Calibration) throws(LinearAlgebraError) {
    (self.calibration, self.heldOut, self.budget) = (calibration, heldOut, budget)
    best = try NestedNetwork(calibration, heldOut: heldOut, ranks: start)
    (divergence, tried, path) = (best.divergence, [start], [start])
  }

  private var ranks: [Int?] { best.ranks }

  /// Matches the network with other ranks, and keeps it if the divergence falls.
  /// - Returns: whether it does; `false` for ranks that were tried before.
  private mutating func takes(_ ranks: [Int?]) throws(LinearAlgebraError) -> Bool {
    guard tried.insert(ranks).inserted else { return false }
    let next = try NestedNetwork(calibration, heldOut: heldOut, ranks: ranks, previous: best)
    let reached = next.divergence
    guard reached < divergence else { return false }
    (best, divergence) = (next, reached)
    path.append(ranks)
    return true
  }

  /// Cuts all layers from one on to the same rank, because the narrowest among them decides what passes, and gives what becomes free
  /// to the layers before them, as long as the divergence falls: first from the second layer on, then from the third, …
  ///
  /// The search ends when no cut from two layers in a row on helps.
  mutating func narrow() throws(LinearAlgebraError) {
    var failures = 0
    for first in ranks.indices.dropFirst() where failures < 2 {
      failures += 1
      while let most = ranks[first...].compactMap({ $0 }).max(), most > 1 {
        let cut = most - max(1, most / 6)
        let next = ranks.indices.map { $0 < first ? ranks[$0] : ranks[$0].map { min($0, cut) } }
        guard try takes(giving(to: Array(0..<first), of: next)) else { break }
        failures = 0
      }
    }
  }

  /// Exchanges ranks between two layers: the divergence of all exchanges is predicted (`NestedNetwork`), and the best is matched. Where
  /// the divergence does not fall, the next best is tried, and after `patience` failures in a row smaller exchanges.
  /// - Parameter solves: networks that are matched at most.
  mutating func exchange(patience: Int, solves: Int) throws(LinearAlgebraError) {
    var left = solves
    for share in [0.25, 0] {
      var (failures, candidates) = (0, predicted(share: share))
      while failures < patience, left > 0, let candidate = candidates.popLast() {
        left -= 1
        if try takes(candidate) { (failures, candidates) = (0, predicted(share: share)) } else { failures += 1 }
      }
    }
  }

  /// The exchanges of this size, the best last.
  private func predicted(share: Double) -> [[Int?]] {
    let untried = neighbours(share: share).filter { !tried.contains($0) }
    // Predictions only set the order, for which fewer images are enough.
    let few = best.prefix(500)
    return untried.map { (ranks: $0, divergence: few.divergence(predictedFor: $0)) }
      .sorted { $0.divergence > $1.divergence }.map(\.ranks)
  }

  /// Each pair of layers of which one gives this part of its rank, one rank at least, to the other.
  private func neighbours(share: Double) -> [[Int?]] {
    var found: [[Int?]] = []
    for giver in ranks.indices {
      guard let given = ranks[giver], given > 1 else { continue }
      var cut = ranks
      cut[giver] = given - max(1, Int(share * Double(given)))
      for taker in ranks.indices where taker != giver {
        let next = giving(to: [taker], of: cut)
        if next[taker] != ranks[taker], !found.contains(next) { found.append(next) }
      }
    }
    return found
  }

  /// `ranks` with what is left of the budget given to some layers, in proportion to their weights; the first gets the rest.
  private func giving(to takers: [Int], of ranks: [Int?]) -> [Int?] {
    let shapes = calibration.shapes
    func cost(_ layer: Int) -> Int { shapes[layer].rows + shapes[layer].columns }
    var next = ranks
    let free = budget - RankAllocation.cost(of: ranks, shapes: shapes)
    let weights = takers.reduce(0) { $0 + (ranks[$1] ?? 0) * cost($1) }
    for taker in takers.reversed() {
      guard let rank = ranks[taker], weights > 0 else { continue }
      let share =
        taker == takers[0] ? budget - RankAllocation.cost(of: next, shapes: shapes) : free * rank * cost(taker) / weights
      // The largest rank whose factors are smaller than the matrix.
      let largest = (shapes[taker].rows * shapes[taker].columns - 1) / cost(taker)
      next[taker] = max(rank, min(largest, rank + share / cost(taker)))
    }
    return next
  }
}

extension Calibration {
  /// Ranks by the divergence of the matched network from the original on held-out images (`RankExchange`).
  ///
  /// The search goes by the first 3,000 images of both. Which direction a narrow layer loses may be another one with all images, so
  /// that the last steps of the search are matched with all of them, and taken back as long as the divergence is smaller before.
  /// - Parameters:
  ///   - start: ranks of all layers within the budget; dense layers stay dense.
  ///   - budget: weights.
  ///   - heldOut: the same network on images that are not among these.
  /// - Throws: as `matched(ranks:)`.
  public func exchanged(from start: [Int?], budget: Int, heldOut: Calibration) throws(LinearAlgebraError) -> [Int?] {
    precondition(start.count == network.layers.count)
    var search = try RankExchange(prefix(3000), from: start, budget: budget, heldOut: heldOut.prefix(3000))
    try search.narrow()
    try search.exchange(patience: 1, solves: 4)
    var (best, divergence) = (start, Double.infinity)
    for ranks in search.path.reversed() {
      let reached = heldOut.divergence(of: try matched(ranks: ranks))
      guard reached < divergence else { break }
      (best, divergence) = (ranks, reached)
    }
    return best
  }
}
