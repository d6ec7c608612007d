import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Ranks for a size of the whole file.
extension PlanTests {
  /// Three small layers with steep spectra, so that each of their errors is convex in its cost, and something that is copied.
  private static func model(in folder: String) throws -> Model {
    var file = SafeTensors()
    file.append("a.weight", decaying(20, 18, by: 0.5, seed: 1), as: .float32)
    file.append("a.bias", shape: [20], elements: [Float](repeating: 1, count: 20), as: .float32)
    file.append("b.weight", decaying(17, 22, by: 0.4, seed: 2), as: .float16)
    file.append("c.weight", decaying(24, 12, by: 0.6, seed: 3), as: .float32)
    file.append("positions", shape: [50], bytes: [UInt8](repeating: 7, count: 50))
    return try file.model(in: folder)
  }

  private func error(_ ranks: [Int?], _ surveyed: [SurveyedMatrix]) -> Double {
    zip(ranks, surveyed).reduce(0) { sum, layer in
      guard let rank = layer.0 else { return sum }
      return sum + (layer.1.spectrum?.droppedShares[rank] ?? .nan)
    }
  }

  /// For each size from the least on: the file is not larger; its ranks are the allocation's, and no other choice of ranks with
  /// as many bytes of weights has a smaller error. The next larger choice of the allocation would not fit.
  @Test(arguments: [StoredType.same, .f16, .f32], [1, 3])
  func everySize(stored: StoredType, multiple: Int) throws {
    try withTemporaryFolder { folder in
      let model = try Self.model(in: folder)
      let surveyed = try model.surveyed(include: ["*.weight"])
      let layers = surveyed.map { matrix in
        RankAllocation.Layer(
          rows: matrix.matrix.rows, columns: matrix.matrix.columns,
          factorCost: stored.type(of: matrix.matrix.type).bits / 8, denseCost: matrix.matrix.type.bits / 8,
          multiple: multiple)
      }
      let errors = surveyed.map { $0.spectrum?.droppedShares ?? [] }
      func cost(_ ranks: [Int?]) -> Int { zip(layers, ranks).reduce(0) { $0 + $1.0.cost(of: $1.1) } }
      func size(_ ranks: [Int?]) throws -> Int {
        let planned = zip(surveyed, ranks).map {
          CompressionPlan.Layer(matrix: $0, stored: stored.type(of: $0.matrix.type), rank: $1, reason: nil)
        }
        return try OutputFile(of: model, layers: planned, naming: .sequential).size
      }
      // All that the allocation chooses, from the least cost on.
      var allocations: [[Int?]] = []
      for budget in 0...cost([nil, nil, nil]) {
        guard let ranks = RankAllocation.ranks(errors: errors, layers: layers, budget: budget) else { continue }
        if ranks != allocations.last { allocations.append(ranks) }
      }
      let sizes = try allocations.map { try size($0) }
      let all = combinations(layers)
      let (least, largest) = (sizes[0], try size([nil, nil, nil]))
      for target in stride(from: least, to: min(largest, model.size), by: 41) {
        let plan = try CompressionPlan(
          of: model, surveyed: surveyed, extent: .size(.bytes(target)), multiple: multiple, stored: stored)
        let ranks = plan.layers.map(\.rank)
        #expect(try size(ranks) == plan.size && plan.size <= target, "\(target): \(ranks)")
        let best = try #require(sizes.lastIndex { $0 <= target })
        #expect(ranks == allocations[best], "\(target)")
        #expect(ranks.allSatisfy { ($0 ?? multiple) % multiple == 0 })
        let own = cost(ranks)
        let other = all.filter { cost($0) <= own }.map { error($0, surveyed) }.min() ?? .nan
        #expect(error(ranks, surveyed) <= other + 1e-12, "\(target): \(ranks)")
        for layer in plan.layers { #expect((layer.rank == nil) == (layer.reason == "dense within the budget")) }
      }
    }
  }

  /// All ranks that are smaller than dense, and dense.
  private func combinations(_ layers: [RankAllocation.Layer]) -> [[Int?]] {
    layers.reduce([[]]) { lists, layer in
      let ranks = stride(from: layer.multiple, through: layer.largestRank, by: layer.multiple).map { Optional($0) } + [nil]
      return lists.flatMap { list in ranks.map { list + [$0] } }
    }
  }

  /// A size out of reach: the error has the least and the most.
  @Test func outOfReach() throws {
    try withTemporaryFolder { folder in
      let model = try Self.model(in: folder)
      let surveyed = try model.surveyed(include: ["*.weight"])
      let least = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(1)).size
      let dense = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(1000)).size
      func text(_ bytes: Int) -> String { "\(Sizes.text(bytes)), \(Sizes.percent(bytes, of: model.size))" }
      #expect(model.size < dense)
      let copied = dense - 20 * 18 * 4 - 17 * 22 * 2 - 24 * 12 * 4
      for target in [1, least - 1] {
        #expect(
          throws: FileError(
            path: "--size", found: text(target),
            expected: "at least \(text(least)), and less than \(text(model.size)) (\(Sizes.text(copied)) are copied; "
              + "--include takes further matrices)")
        ) { try CompressionPlan(of: model, surveyed: surveyed, extent: .size(.bytes(target))) }
      }
      for target in [model.size, dense, 10 * dense] {
        let expected = FileError(
          path: "--size", found: text(target), expected: "at least \(text(least)), and less than \(text(model.size))")
        #expect(throws: expected) {
          try CompressionPlan(of: model, surveyed: surveyed, extent: .size(.bytes(target)))
        }
      }
      let exact = try CompressionPlan(of: model, surveyed: surveyed, extent: .size(.bytes(least)))
      #expect(exact.size == least && exact.layers.map(\.rank) == [1, 1, 1])
      let share = Double(least) / Double(model.size) + 0.1
      let shared = try CompressionPlan(of: model, surveyed: surveyed, extent: .size(.share(share)))
      #expect(shared.size <= Int(share * Double(model.size)) && shared.layers.contains { ($0.rank ?? 0) > 1 })
    }
  }

  /// A matrix of one row stays dense, and says why.
  @Test func noRankIsSmaller() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("row", decaying(1, 200), as: .float32)
      file.append("w", decaying(40, 40), as: .float32)
      let model = try file.model(in: folder)
      let surveyed = [SurveyedMatrix("row", 1, 200, values: [1]), try model.surveyed()[0]]
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .size(.share(0.6)))
      #expect(plan.layers.map { $0.rank == nil } == [true, false])
      #expect(plan.layers[0].reason == "no rank would be smaller")
    }
  }
}
