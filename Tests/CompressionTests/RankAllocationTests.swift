import Compression
import Foundation
import LinearAlgebra
import Testing

@Suite struct RankAllocationTests {
  typealias Shape = (rows: Int, columns: Int)

  /// How the error of a layer may fall with its rank.
  enum Curve: CaseIterable {
    case convex, falling, anyhow, steps, dropAtTheEnd

    /// Errors of ranks 0 … min(m, n); the last is 0.
    func errors(_ shape: Shape, from stream: inout RandomStream) -> [Double] {
      let count = min(shape.rows, shape.columns)
      var gains = (0..<count).map { _ in stream.uniform() + 0.01 }
      switch self {
      case .convex: gains.sort(by: >)
      case .falling: break
      case .anyhow: return (0..<count).map { _ in stream.uniform() + 0.01 } + [0]
      case .steps: gains = gains.indices.map { $0 % 3 == 2 || $0 == count - 1 ? gains[$0] : 0 }
      case .dropAtTheEnd: gains[count - 1] += 5
      }
      return (0...count).map { rank in gains[rank...].reduce(0, +) }
    }
  }

  /// Ranks of a layer from 1 to the last that is smaller than the dense layer, and dense, with weights and error.
  private func choices(_ shape: Shape, _ errors: [Double]) -> [(rank: Int?, cost: Int, error: Double)] {
    let (m, n) = shape
    let factored = (1...min(m, n)).filter { $0 * (m + n) < m * n }
    return factored.map { rank in (rank, rank * (m + n), errors[rank]) } + [(nil, m * n, 0)]
  }

  /// Weights and sum of errors of all combinations of ranks.
  private func combinations(_ shapes: [Shape], _ errors: [[Double]]) -> [(cost: Int, error: Double)] {
    zip(shapes, errors).reduce([(cost: 0, error: 0)]) { sums, layer in
      sums.flatMap { sum in choices(layer.0, layer.1).map { (sum.cost + $0.cost, sum.error + $0.error) } }
    }
  }

  private func error(of ranks: [Int?], _ shapes: [Shape], _ errors: [[Double]]) -> Double {
    shapes.indices.reduce(0) { sum, l in
      sum + (choices(shapes[l], errors[l]).first { $0.rank == ranks[l] }?.error ?? .nan)
    }
  }

  /// first · ratioʳ for the ranks r = 0 … last.
  private func geometric(_ first: Double, _ ratio: Double, _ last: Int) -> [Double] {
    (0...last).map { first * pow(ratio, Double($0)) }
  }

  static let shapes: [[Shape]] = [
    [(12, 12), (14, 13)], [(9, 30), (13, 13), (5, 40)], [(3, 2), (10, 10), (8, 8)], [(14, 14)],
  ]

  /// Of all ranks, those of the corners of the lower convex hull of (weights, sum of errors) are found: where the budget is that of a
  /// corner, no other ranks of the same or a smaller cost have a smaller error.
  @Test(arguments: Curve.allCases)
  func optimalAtBreakpoints(curve: Curve) throws {
    for (number, shapes) in Self.shapes.enumerated() {
      for seed in 1...5 {
        var stream = RandomStream(seed: UInt64(seed), name: "errors/\(number)")
        let errors = shapes.map { curve.errors($0, from: &stream) }
        let all = combinations(shapes, errors)
        // A corner lies below every line through a smaller and a larger point, clear of rounding.
        let smallest = Dictionary(all.map { ($0.cost, $0.error) }, uniquingKeysWith: min)
        let points = smallest.sorted { $0.key < $1.key }.map { (cost: $0.key, error: $0.value) }
        var corners = 0
        for point in points {
          let before = points.filter { $0.cost < point.cost }, behind = points.filter { $0.cost > point.cost }
          let falls = before.map { ($0.error - point.error) / Double(point.cost - $0.cost) }.min() ?? .infinity
          let fallsOn = behind.map { (point.error - $0.error) / Double($0.cost - point.cost) }.max() ?? 0
          guard falls > fallsOn + 1e-9 else { continue }
          corners += 1
          let ranks = try #require(RankAllocation.ranks(errors: errors, shapes: shapes, budget: point.cost))
          #expect(RankAllocation.cost(of: ranks, shapes: shapes) == point.cost, "\(curve) \(number) \(seed)")
          #expect(abs(error(of: ranks, shapes, errors) - point.error) < 1e-12, "\(curve) \(number) \(seed): \(ranks)")
          let best = all.filter { $0.cost <= point.cost }.map(\.error).min() ?? .nan
          #expect(abs(point.error - best) < 1e-12)
        }
        #expect(corners >= 2)
      }
    }
  }

  /// With every budget: never above it, less than one row and one column below it, no rank smaller than with a smaller budget.
  @Test(arguments: Curve.allCases)
  func everyBudget(curve: Curve) throws {
    for (number, shapes) in Self.shapes.enumerated() {
      var stream = RandomStream(seed: 9, name: "errors/\(number)")
      let errors = shapes.map { curve.errors($0, from: &stream) }
      let least = shapes.map { min($0.rows + $0.columns, $0.rows * $0.columns) }.reduce(0, +)
      let dense = shapes.map { $0.rows * $0.columns }.reduce(0, +)
      let largest = shapes.map { $0.rows + $0.columns }.max() ?? 0
      #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: least - 1) == nil)
      #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: -1) == nil)
      var before = [Int](repeating: 1, count: shapes.count)
      for budget in least...dense + 3 {
        let ranks = try #require(RankAllocation.ranks(errors: errors, shapes: shapes, budget: budget))
        let cost = RankAllocation.cost(of: ranks, shapes: shapes)
        #expect(cost <= budget && (budget - cost < largest || ranks.allSatisfy { $0 == nil }), "\(budget): \(ranks)")
        let sizes = ranks.map { $0 ?? 1000 }
        #expect(zip(before, sizes).allSatisfy { $0 <= $1 }, "\(budget): \(ranks)")
        before = sizes
      }
      #expect(before.allSatisfy { $0 == 1000 }, "all layers are dense where the budget is large enough")
    }
  }

  /// A layer is dense from the first rank on with which its factors are not smaller: r (m + n) ≥ m n.
  @Test func denseWhereFactorsAreNotSmaller() throws {
    for shape in [(12, 12), (9, 30), (10, 1024), (6, 3)] as [Shape] {
      let errors = (0...min(shape.rows, shape.columns)).map { Double(min(shape.rows, shape.columns) - $0) }
      for budget in shape.rows + shape.columns...shape.rows * shape.columns {
        let rank = try #require(RankAllocation.ranks(errors: [errors], shapes: [shape], budget: budget))[0]
        let (m, n) = shape
        #expect(rank.map { $0 * (m + n) < m * n } ?? (budget == m * n), "\(shape), \(budget): \(rank as Any)")
      }
    }
  }

  /// The last layer of the study's network, 10×1024, gets ranks as the others do.
  @Test func smallLastLayer() throws {
    let shapes: [Shape] = [(1024, 784), (10, 1024)]
    let curves = [geometric(1, 0.9, 784), (0...10).map { Double(10 - $0) / 10 }]
    let few = try #require(RankAllocation.ranks(errors: curves, shapes: shapes, budget: 10_000))
    let more = try #require(RankAllocation.ranks(errors: curves, shapes: shapes, budget: 30_000))
    #expect(few[1].map { 1 < $0 && $0 < 10 } ?? false, "\(few)")
    #expect(more[1] == nil && (more[0] ?? 0) > (few[0] ?? 0), "\(more)")
  }

  /// Steps that gain nothing are not taken, though the budget has room for them.
  @Test func nothingToGain() {
    let shapes: [Shape] = [(12, 12), (12, 12)]
    let errors = [[3, 2, 1] + [Double](repeating: 0, count: 10), [Double](repeating: 0, count: 13)]
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: 1000) == [3, 1])
  }

  /// Of equal steps, those of the first layer come first.
  @Test func ties() {
    let shapes: [Shape] = [(12, 12), (12, 12), (12, 12)]
    let errors = [[Double]](repeating: (0...12).map { 12 - Double($0) }, count: 3)
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: 4 * 24) == [2, 1, 1])
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: 144 + 2 * 24) == [nil, 1, 1])
  }

  /// A step that does not fit ends the allocation, also where a smaller one behind it would fit.
  @Test func firstThatDoesNotFit() {
    let shapes: [Shape] = [(20, 20), (5, 6)]
    let errors = [geometric(100, 0.5, 20), (0...5).map { Double(5 - $0) * 1e-6 }]
    let start = 40 + 11
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: start + 39) == [1, 1])
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: start + 40) == [2, 1])
  }

  /// A layer of one row cannot be smaller as factors, and is dense from the start.
  @Test func oneRow() {
    let shapes: [Shape] = [(1, 8), (12, 12)]
    let errors = [[1, 0], (0...12).map { 12 - Double($0) }]
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: 8 + 24) == [nil, 1])
    #expect(RankAllocation.ranks(errors: errors, shapes: shapes, budget: 8 + 23) == nil)
  }

  @Test func cost() {
    #expect(RankAllocation.cost(of: [2, nil], shapes: [(3, 4), (5, 3)]) == 14 + 15)
    let paper: [Shape] = [(1024, 784)] + [Shape](repeating: (1024, 1024), count: 4) + [(10, 1024)]
    #expect(RankAllocation.cost(of: [20, 20, 20, 20, 20, nil], shapes: paper) == 215_370 - 5_130)
  }

  /// Errors that cannot be compared are the caller's mistake.
  @Test func errorsThatAreNoNumbers() async {
    await #expect(processExitsWith: .failure) {
      _ = RankAllocation.ranks(errors: [[1, .nan, 0]], shapes: [(2, 2)], budget: 100)
    }
    await #expect(processExitsWith: .failure) {
      _ = RankAllocation.ranks(errors: [[1, -1, 0]], shapes: [(2, 2)], budget: 100)
    }
  }
}
