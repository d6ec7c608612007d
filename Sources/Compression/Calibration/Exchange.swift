import LinearAlgebra
import NeuralNetwork

extension Calibration {
  /// Exchanges ranks between layers while the divergence of the matched network from the original falls on held-out images.
  ///
  /// A rank of layer i costs m_i + n_i. A round goes through all pairs of layers and three sizes of exchange, and asks for each what
  /// the divergence would be if the other layers stayed as they are. The best is then matched anew, and kept if the divergence really
  /// falls. Where it does not, the next best is tried; the search ends after `patience` failures in a row.
  /// - Parameters:
  ///   - start: ranks of all layers within the budget; dense layers stay dense.
  ///   - budget: weights.
  ///   - heldOut: the same network on images that are not among these.
  /// - Throws: as `matched(ranks:)`.
  public func exchanged(
    from start: [Int?], budget: Int, heldOut: Calibration, patience: Int = 2, solves: Int = 10
  ) throws(LinearAlgebraError) -> [Int?] {
    var best = try NestedNetwork(self, ranks: start)
    var divergence = best.divergence(ranks: start, on: heldOut)
    var (failures, tried, left) = (0, Set([start]), solves)
    while failures < patience, left > 0 {
      let candidates = RankExchange.neighbours(of: best.ranks, shapes: shapes, budget: budget).filter { !tried.contains($0) }
      let predicted = candidates.map { (ranks: $0, divergence: best.divergence(ranks: $0, on: heldOut)) }
      guard let candidate = predicted.min(by: { $0.divergence < $1.divergence }) else { break }
      tried.insert(candidate.ranks)
      left -= 1
      let next = try NestedNetwork(self, ranks: candidate.ranks)
      let reached = next.divergence(ranks: candidate.ranks, on: heldOut)
      if reached < divergence {
        (best, divergence, failures) = (next, reached, 0)
      } else {
        failures += 1
      }
    }
    return best.ranks
  }
}

/// The ranks next to given ones, at no more than a budget.
enum RankExchange {
  /// Each pair of layers, in which one gives a quarter, an eighth or one of its ranks to the other.
  static func neighbours(of ranks: [Int?], shapes: [(rows: Int, columns: Int)], budget: Int) -> [[Int?]] {
    func cost(_ layer: Int) -> Int { shapes[layer].rows + shapes[layer].columns }
    let free = budget - RankAllocation.cost(of: ranks, shapes: shapes)
    var found: [[Int?]] = []
    for giver in ranks.indices {
      guard let given = ranks[giver], given > 1 else { continue }
      for taker in ranks.indices where taker != giver {
        guard let taken = ranks[taker] else { continue }
        for amount in Set([max(1, given / 4), max(1, given / 8), 1]).sorted() where amount < given {
          let gain = (amount * cost(giver) + free) / cost(taker)
          let limit = (shapes[taker].rows * shapes[taker].columns - 1) / cost(taker)
          guard gain > 0, taken + gain <= limit else { continue }
          var next = ranks
          next[giver] = given - amount
          next[taker] = taken + gain
          if !found.contains(next) { found.append(next) }
        }
      }
    }
    return found
  }
}

/// A matched network whose layers can be cut to fewer ranks, or given a few more, while the others stay as they are.
struct NestedNetwork {
  private struct Nested {
    /// U (m×R) and V (R×n) of more ranks than are used; `nil` for a dense layer.
    let factors: (u: Matrix<Float>, v: Matrix<Float>)?
    let dense: Layer<Float>
    /// V E x̂, and E y.
    let projectedMean: [Double]
    let outputMean: [Double]

    func layer(_ rank: Int?) -> Layer<Float> {
      guard let (u, v) = factors, let rank else { return dense }
      let kept = min(rank, v.rows)
      let mean = Matrix.product(
        u.columnSlice(0..<kept).map(Double.init), Matrix(rows: kept, columns: 1, elements: Array(projectedMean[..<kept])))
      return .lowRank(
        LowRank(
          u: u.columnSlice(0..<kept), singularValues: nil, vT: v.rowSlice(0..<kept),
          bias: zip(outputMean, mean.elements).map { Float($0 - $1) }))
    }
  }

  let ranks: [Int?]
  private var layers: [Nested] = []

  /// Matches layer by layer, as `Calibration.matched(ranks:)`.
  init(_ calibration: Calibration, ranks: [Int?]) throws(LinearAlgebraError) {
    self.ranks = ranks
    var x = calibration.inputs[0]
    for index in ranks.indices {
      let (mean, c, k) = calibration.seen(index, x)
      let regression = ReducedRankRegression(k: k, c: c, workers: calibration.workers)
      let outputMean = calibration.outputMean(index)
      if let rank = ranks[index] {
        let most = min(k.rows, k.columns, rank + rank / 2 + 8)
        let (u, v) = try regression.factors(rank: most)
        let projected = v * Matrix(rows: mean.count, columns: 1, elements: mean)
        layers.append(
          Nested(
            factors: (u.map(Float.init), v.map(Float.init)), dense: calibration.network.layers[index],
            projectedMean: projected.elements, outputMean: outputMean))
      } else {
        let map = regression.map
        layers.append(
          Nested(
            factors: nil, dense: .dense(Dense(weights: map.map(Float.init), bias: calibration.bias(index, map, mean: mean))),
            projectedMean: [], outputMean: outputMean))
      }
      if index < ranks.count - 1 {
        x = layers[index].layer(ranks[index]).outputs(of: x, relu: true, workers: calibration.workers)
      }
    }
  }

  /// The divergence on held-out images with other ranks, the layers not matched anew.
  func divergence(ranks: [Int?], on heldOut: Calibration) -> Double {
    heldOut.divergence(of: Network(layers: zip(layers, ranks).map { $0.layer($1) }))
  }
}
