/// Ranks of the layers for a budget of weights: those by which the sum of the layers' errors falls fastest for a weight.
///
/// A layer of m×n weights has rank 1 at least. Its last rank as factors is the largest r with r (m + n) < m n; the step after that
/// makes it dense. On the lower convex hull of a layer's points (weights, error) each step has the slope of its segment:
///
///     gain = (error before the segment − error behind it) / (weights behind it − weights before it)
///
/// Steps of all layers are taken by descending gain, up to the first that does not fit. This is the greedy method for
/// Lagrange multipliers (Everett 1963; Shoham and Gersho 1988, for bits in place of ranks). Where the budget ends with a segment,
/// no other ranks of the same or a smaller cost have a smaller sum of errors. Ranks never fall as the budget grows, and less than
/// one row and one column of it are left, unless nothing more is to be gained.
///
/// A weight costs 1, or its bytes where these differ: between layers, or between factors and the dense matrix.
public enum RankAllocation {
  /// The size of a layer, and what it may cost.
  public struct Layer: Sendable {
    public let rows: Int
    public let columns: Int
    /// Of a weight of the factors.
    public let factorCost: Int
    /// Of a weight of the dense matrix.
    public let denseCost: Int
    /// The rank is a multiple of this number.
    public let multiple: Int

    /// m×n; all from 1 on.
    public init(rows: Int, columns: Int, factorCost: Int = 1, denseCost: Int = 1, multiple: Int = 1) {
      precondition(rows >= 1 && columns >= 1 && factorCost >= 1 && denseCost >= 1 && multiple >= 1)
      (self.rows, self.columns, self.multiple) = (rows, columns, multiple)
      (self.factorCost, self.denseCost) = (factorCost, denseCost)
    }

    /// r (m + n) for factors of rank r, m n for a dense layer (`nil`), times the cost of a weight.
    public func cost(of rank: Int?) -> Int {
      rank.map { $0 * (rows + columns) * factorCost } ?? rows * columns * denseCost
    }

    /// The largest rank at which the factors have fewer weights than the dense matrix, and cost less; 0 where there is none.
    public var largestRank: Int {
      let byWeights = (rows * columns - 1) / (rows + columns)
      let byCost = (rows * columns * denseCost - 1) / ((rows + columns) * factorCost)
      return min(byWeights, byCost) / multiple * multiple
    }

    /// The smallest rank; `nil` for a layer that is always dense.
    public var leastRank: Int? { largestRank >= 1 ? multiple : nil }
  }

  /// The ranks, one a layer; `nil` for a layer that is dense.
  ///
  /// Steps without a gain are not taken: a layer whose error is 0 as factors never becomes dense. A layer for which the factors
  /// of rank 1 are not smaller than its weights, such as one of a single row, is dense from the start.
  /// - Parameters:
  ///   - errors: the error of layer l at rank r, `errors[l][r]` with r = 0 … min(m, n), finite, not negative. Where
  ///     one is larger than that of a smaller rank, the hull passes below it. A dense layer has the error 0.
  ///   - shapes: m and n of each layer.
  ///   - budget: weights of all layers together, without biases.
  /// - Returns: `nil` where the budget is below that of rank 1 in every layer.
  public static func ranks(errors: [[Double]], shapes: [(rows: Int, columns: Int)], budget: Int) -> [Int?]? {
    ranks(errors: errors, layers: shapes.map { Layer(rows: $0.rows, columns: $0.columns) }, budget: budget)
  }

  /// The same for layers with costs of their own; `budget` is of costs.
  public static func ranks(errors: [[Double]], layers: [Layer], budget: Int) -> [Int?]? {
    precondition(errors.count == layers.count)
    var ranks = layers.map(\.leastRank)
    var left = budget - zip(layers, ranks).reduce(0) { $0 + $1.0.cost(of: $1.1) }
    guard left >= 0 else { return nil }
    let steps = layers.indices.flatMap { Self.steps(layer: $0, errors: errors[$0], layers[$0]) }
    for step in steps.sorted(by: { ($1.gain, $0.layer, $0.order) < ($0.gain, $1.layer, $1.order) }) {
      guard step.cost <= left else { break }
      left -= step.cost
      ranks[step.layer] = step.rank
    }
    return ranks
  }

  /// Weights of all layers: r (m + n) for factors of rank r, m n for a dense layer. Biases are not counted.
  public static func cost(of ranks: [Int?], shapes: [(rows: Int, columns: Int)]) -> Int {
    precondition(ranks.count == shapes.count)
    return zip(ranks, shapes).reduce(0) { $0 + Layer(rows: $1.1.rows, columns: $1.1.columns).cost(of: $1.0) }
  }

  /// The largest r with r (m + n) < m n; 0 where there is none.
  public static func largestRank(of shape: (rows: Int, columns: Int)) -> Int {
    Layer(rows: shape.rows, columns: shape.columns).largestRank
  }

  /// From one rank to the next, or to dense.
  private struct Step {
    let layer: Int
    let order: Int
    /// The rank behind the step; `nil` is dense.
    let rank: Int?
    let cost: Int
    let gain: Double
  }

  /// The steps of a layer that gain something, with descending gains.
  private static func steps(layer: Int, errors: [Double], _ sizes: Layer) -> [Step] {
    precondition(errors.count == min(sizes.rows, sizes.columns) + 1)
    precondition(errors.allSatisfy { $0.isFinite && $0 >= 0 }, "an error that is negative or not finite")
    guard let least = sizes.leastRank else { return [] }
    let ranks: [Int?] = stride(from: least, through: sizes.largestRank, by: sizes.multiple).map { $0 } + [nil]
    let costs = ranks.map(sizes.cost)
    let points = ranks.map { rank in rank.map { errors[$0] } ?? 0 }
    func gain(_ i: Int, _ k: Int) -> Double { (points[i] - points[k]) / Double(costs[k] - costs[i]) }
    // The hull's corners, as indices of points: a corner goes when the gain behind it is not smaller than the one before it.
    var hull = [0]
    for next in points.indices.dropFirst() {
      while hull.count >= 2, gain(hull[hull.count - 2], hull[hull.count - 1]) <= gain(hull[hull.count - 1], next) {
        hull.removeLast()
      }
      hull.append(next)
    }
    return zip(hull, hull.dropFirst()).flatMap { first, last in
      (first + 1...last).map {
        Step(layer: layer, order: $0, rank: ranks[$0], cost: costs[$0] - costs[$0 - 1], gain: gain(first, last))
      }
    }.filter { $0.gain > 0 }
  }
}
