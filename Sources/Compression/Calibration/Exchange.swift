import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// Exchanges ranks between layers while the divergence of the matched network from the original falls on held-out images.
  ///
  /// In a round the divergence is predicted (`NestedNetwork`) for all exchanges of one size (`RankExchange`). The best one is matched
  /// anew, and kept if the divergence really falls. Where it does not, the next best is tried; after `patience` failures in a row the
  /// exchanges get smaller. The search ends after the smallest, or after `solves` networks.
  /// - Parameters:
  ///   - start: ranks of all layers within the budget; dense layers stay dense.
  ///   - budget: weights.
  ///   - heldOut: the same network on images that are not among these.
  /// - Throws: as `matched(ranks:)`.
  public func exchanged(
    from start: [Int?], budget: Int, heldOut: Calibration, patience: Int = 2, solves: Int = 14
  ) throws(LinearAlgebraError) -> [Int?] {
    precondition(start.count == network.layers.count)
    var best = try NestedNetwork(self, heldOut: heldOut, ranks: start)
    var divergence = best.divergence
    var (tried, left) = (Set([start]), solves)
    for share in RankExchange.shares {
      var failures = 0
      var predictions: [(ranks: [Int?], divergence: Double)]?
      while failures < patience, left > 0 {
        let ordered =
          predictions
          ?? RankExchange(shapes: shapes, budget: budget).neighbours(of: best.ranks, share: share).filter {
            !tried.contains($0)
          }
          .map { ($0, best.divergence(predictedFor: $0)) }.sorted { $0.1 < $1.1 }
        guard let candidate = ordered.first(where: { !tried.contains($0.ranks) }) else { break }
        predictions = ordered
        tried.insert(candidate.ranks)
        left -= 1
        let next = try NestedNetwork(self, heldOut: heldOut, ranks: candidate.ranks, previous: best)
        let reached = next.divergence
        print(
          "  ", share, best.ranks.map { $0 ?? 0 }, divergence, "->", candidate.ranks.map { $0 ?? 0 }, "predicted",
        if reached < divergence {
          (best, divergence, failures, predictions) = (next, reached, 0, nil)
        } else {
          failures += 1
        }
      }
    }
    return best.ranks
  }
}

/// Exchanges of ranks between layers. A rank of layer l costs m_l + n_l.
struct RankExchange {
  let shapes: [(rows: Int, columns: Int)]
  /// Weights.
  let budget: Int

  /// Parts of a layer's rank that it gives, one rank at least.
  static let shares = [0.25, 0.0]

  /// The ranks next to given ones, at no more than the budget:
  ///
  /// - one layer gives ranks to another;
  /// - all layers from one on are cut to the same rank, because the narrowest among them decides what passes; the layers before them
  ///   get what is free, each in proportion to its weights, or the first one alone.
  func neighbours(of ranks: [Int?], share: Double) -> [[Int?]] {
    var found: [[Int?]] = []
    func add(_ next: [Int?]) { if next != ranks, !found.contains(next) { found.append(next) } }
    for giver in ranks.indices {
      guard let given = ranks[giver] else { continue }
      var cut = ranks
      cut[giver] = given - max(1, Int(share * Double(given)))
      guard let left = cut[giver], left >= 1 else { continue }
      for taker in ranks.indices where taker != giver { add(giving(to: [taker], of: cut)) }
    }
    for first in ranks.indices.dropFirst() {
      guard let most = ranks[first...].compactMap({ $0 }).max() else { continue }
      let cut = max(1, most - max(1, Int(share * Double(most))))
      let next = ranks.indices.map { $0 < first ? ranks[$0] : ranks[$0].map { min($0, cut) } }
      add(giving(to: Array(0..<first), of: next))
      add(giving(to: [0], of: next))
    }
    return found
  }

  /// `ranks` with what is left of the budget given to some layers, in proportion to their weights; the first gets the rest.
  private func giving(to takers: [Int], of ranks: [Int?]) -> [Int?] {
    var next = ranks
    let free = budget - RankAllocation.cost(of: ranks, shapes: shapes)
    let weights = takers.reduce(0) { $0 + (ranks[$1] ?? 0) * cost($1) }
    for taker in takers.reversed() {
      guard let rank = ranks[taker], weights > 0 else { continue }
      let share =
        taker == takers[0] ? budget - RankAllocation.cost(of: next, shapes: shapes) : free * rank * cost(taker) / weights
      // At most the largest rank whose factors are smaller than the matrix.
      next[taker] = min(
        max(rank, (shapes[taker].rows * shapes[taker].columns - 1) / cost(taker)), rank + max(0, share) / cost(taker))
    }
    return next
  }

  private func cost(_ layer: Int) -> Int { shapes[layer].rows + shapes[layer].columns }
}
