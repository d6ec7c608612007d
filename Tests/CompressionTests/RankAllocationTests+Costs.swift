import Compression
import LinearAlgebra
import Testing

/// Layers whose weights have costs of their own, and ranks that are multiples.
extension RankAllocationTests {
  typealias Layer = RankAllocation.Layer

  static let layers: [[Layer]] = [
    [Layer(rows: 14, columns: 16, factorCost: 4, denseCost: 4), Layer(rows: 12, columns: 12, factorCost: 2, denseCost: 4)],
    [Layer(rows: 14, columns: 16, factorCost: 4, denseCost: 2), Layer(rows: 15, columns: 9, factorCost: 2, denseCost: 2)],
    [Layer(rows: 30, columns: 30, factorCost: 3, denseCost: 4, multiple: 4), Layer(rows: 13, columns: 20, multiple: 3)],
    [
      Layer(rows: 14, columns: 16, multiple: 2), Layer(rows: 2, columns: 9), Layer(rows: 14, columns: 14, multiple: 50),
      Layer(rows: 9, columns: 11, factorCost: 1, denseCost: 8),
    ],
  ]

  /// The largest rank by search: fewer weights, and less cost; and the multiple below it.
  @Test(arguments: [(1, 1), (2, 4), (4, 2), (8, 1), (1, 8)], [1, 2, 5, 100])
  func largestRanks(costs: (factor: Int, dense: Int), multiple: Int) {
    for (m, n) in [(1, 1), (1, 9), (2, 2), (3, 3), (12, 12), (7, 40), (30, 20)] {
      let layer = Layer(rows: m, columns: n, factorCost: costs.factor, denseCost: costs.dense, multiple: multiple)
      let smaller = (1...min(m, n)).filter {
        $0 * (m + n) < m * n && $0 * (m + n) * costs.factor < m * n * costs.dense && $0 % multiple == 0
      }
      #expect(layer.largestRank == smaller.max() ?? 0 && layer.leastRank == smaller.min(), "\(m)×\(n)")
      #expect(layer.cost(of: nil) == m * n * costs.dense && layer.cost(of: 3) == 3 * (m + n) * costs.factor)
    }
  }

  private func choices(_ layer: Layer, _ errors: [Double]) -> [(rank: Int?, cost: Int, error: Double)] {
    guard let least = layer.leastRank else { return [(nil, layer.cost(of: nil), 0)] }
    return stride(from: least, through: layer.largestRank, by: layer.multiple).map { ($0, layer.cost(of: $0), errors[$0]) }
      + [(nil, layer.cost(of: nil), 0)]
  }

  /// Where a budget is that of a corner of the convex hull of all choices, no other choice of the same or a smaller cost has a
  /// smaller error; never above the budget; ranks are allowed ones.
  @Test(arguments: Curve.allCases)
  func costsAndMultiples(curve: Curve) throws {
    for (number, layers) in Self.layers.enumerated() {
      var stream = RandomStream(seed: 3, name: "costs/\(number)")
      let errors = layers.map { curve.errors((rows: $0.rows, columns: $0.columns), from: &stream) }
      let all = zip(layers, errors).reduce([(cost: 0, error: 0.0)]) { sums, layer in
        sums.flatMap { sum in choices(layer.0, layer.1).map { (sum.cost + $0.cost, sum.error + $0.error) } }
      }
      let smallest = Dictionary(all.map { ($0.cost, $0.error) }, uniquingKeysWith: min)
      let points = smallest.sorted { $0.key < $1.key }.map { (cost: $0.key, error: $0.value) }
      #expect(RankAllocation.ranks(errors: errors, layers: layers, budget: points[0].cost - 1) == nil)
      for (index, point) in points.enumerated() {
        let ranks = try #require(RankAllocation.ranks(errors: errors, layers: layers, budget: point.cost))
        let chosen = try layers.indices.map { l in
          try #require(choices(layers[l], errors[l]).first { $0.rank == ranks[l] }, "\(ranks)")
        }
        #expect(chosen.reduce(0) { $0 + $1.cost } <= point.cost)
        let falls = points[..<index].map { ($0.error - point.error) / Double(point.cost - $0.cost) }.min() ?? .infinity
        let fallsOn = points[(index + 1)...].map { (point.error - $0.error) / Double($0.cost - point.cost) }.max() ?? 0
        guard falls > fallsOn + 1e-9 else { continue }
        let error = chosen.reduce(0) { $0 + $1.error }
        #expect(abs(error - point.error) < 1e-12, "\(curve) \(number): \(ranks), \(error), \(point.error)")
      }
    }
  }
}
