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
public enum RankAllocation {
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
    precondition(errors.count == shapes.count)
    var ranks = shapes.map { largestRank(of: $0) >= 1 ? 1 : nil }
    var left = budget - cost(of: ranks, shapes: shapes)
    guard left >= 0 else { return nil }
    let steps = shapes.indices.flatMap { Self.steps(layer: $0, errors: errors[$0], shape: shapes[$0]) }
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
    return zip(ranks, shapes).reduce(0) { $0 + cost(of: $1.0, $1.1) }
  }

  private static func cost(of rank: Int?, _ shape: (rows: Int, columns: Int)) -> Int {
    rank.map { $0 * (shape.rows + shape.columns) } ?? shape.rows * shape.columns
  }

  /// The largest r with r (m + n) < m n; 0 where there is none.
  public static func largestRank(of shape: (rows: Int, columns: Int)) -> Int {
    (shape.rows * shape.columns - 1) / (shape.rows + shape.columns)
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
  private static func steps(layer: Int, errors: [Double], shape: (rows: Int, columns: Int)) -> [Step] {
    precondition(shape.rows >= 1 && shape.columns >= 1 && errors.count == min(shape.rows, shape.columns) + 1)
    precondition(errors.allSatisfy { $0.isFinite && $0 >= 0 }, "an error that is negative or not finite")
    let largest = largestRank(of: shape)
    guard largest >= 1 else { return [] }
    let ranks: [Int?] = Array(1...largest) + [nil]
    let costs = ranks.map { cost(of: $0, shape) }
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
