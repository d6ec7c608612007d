import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// What `inspect` says of a model.
@Suite struct InspectionTests {
  private func inspection(_ file: SafeTensors, in folder: String) throws -> (Model, [SurveyedMatrix], Inspection) {
    let model = try file.model(in: folder)
    let selection = try Selection(of: model)
    let surveyed = try Survey(of: model, workers: Workers(count: 2), progress: unheard)
      .matrices(selection.matrices, withSpectra: true)
    return (model, surveyed, Inspection(of: model, selection: selection, surveyed: surveyed))
  }

  /// A row a matrix, also for those that are left as they are.
  @Test func rows() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors.sample()
      var broken = decaying(20, 20)
      broken[1, 2] = .nan
      file.append("broken", broken, as: .float32)
      let (_, surveyed, inspection) = try inspection(file, in: folder)
      #expect(inspection.rows.map(\.tensor) == ["tok_embed.weight", "fc1.weight", "fc2.weight", "head.weight", "broken"])
      #expect(
        inspection.rows.map(\.reason) == [
          "an embedding", nil, nil, "break-even rank 4", "nan in row 1, column 2 (counted from 0)",
        ])
      #expect(inspection.rows.map(\.breakEvenRank) == [14, 13, 14, 4, 9])
      #expect(inspection.rows.map(\.digest) == surveyed.map(\.digest))
      let row = inspection.rows[1]
      #expect([row.rows, row.columns] == [32, 24] && row.type == "F32")
      // σᵢ = 0.7ⁱ: the squares are a geometric series.
      #expect(abs((row.largest ?? 0) - 1) < 1e-6 && abs((row.stableRank ?? 0) - 1 / (1 - 0.49)) < 1e-5)
      #expect(row.rank90 == 4 && row.rank99 == 7)
      #expect(row.effectiveRank == surveyed[1].spectrum?.effectiveRank)
      let unusable = inspection.rows[4]
      #expect(unusable.largest == nil && unusable.stableRank == nil && unusable.effectiveRank == nil)
      #expect(unusable.rank90 == nil && unusable.rank99 == nil)
    }
  }

  /// Budgets are what `compress` would write for the usable, selected matrices; what cannot be met is left
  /// out, and what factors nothing.
  @Test func budgets() throws {
    try withTemporaryFolder { folder in
      let (model, surveyed, inspection) = try inspection(.sample(), in: folder)
      let selected = surveyed.filter(\.matrix.isSelected)
      let expected: [(String, Extent)] = [
        ("--energy 0.90", .energy(0.9)), ("--energy 0.95", .energy(0.95)), ("--energy 0.99", .energy(0.99)),
        ("--size 75%", .size(.share(0.75))),
      ]
      #expect(inspection.budgets.map(\.option) == expected.map(\.0))
      for (budget, (option, extent)) in zip(inspection.budgets, expected) {
        let plan = try CompressionPlan(of: model, surveyed: selected, extent: extent)
        let ranks = plan.layers.map(\.rank)
        #expect(budget.bytes == plan.size && budget.factored == ranks.filter { $0 != nil }.count, "\(option)")
        let squares = zip(selected, ranks).map { matrix, rank in
          rank.map { naiveShare(matrix.spectrum?.values ?? [], droppedAt: $0) } ?? 0
        }
        #expect(abs(budget.error - (squares.reduce(0, +) / 2).squareRoot()) < 1e-12, "\(option)")
      }
      #expect(inspection.budgets[0].factored == 2 && inspection.budgets[0].error > 0.2)
    }
  }

  private func naiveShare(_ values: [Double], droppedAt rank: Int) -> Double {
    values[rank...].reduce(0) { $0 + $1 * $1 } / values.reduce(0) { $0 + $1 * $1 }
  }

  /// JSON and CSV have the rows; what is not known is empty or left out.
  @Test func files() throws {
    try withTemporaryFolder { folder in
      var file = CompressionReportTests.oddlyNamed
      var broken = decaying(20, 20)
      broken[0, 0] = .infinity
      file.append("broken", broken, as: .float16)
      let (_, _, inspection) = try inspection(file, in: folder)
      try AtomicFile.write(inspection.csv, to: "\(folder)/i.csv")
      let columns = [
        "tensor", "rows", "columns", "type", "sigma_1", "stable_rank", "effective_rank", "rank_90", "rank_99",
        "break_even_rank", "left_as_it_is", "sha256",
      ]
      let table = try CSVTable(readingFrom: "\(folder)/i.csv", columns: columns)
      #expect(table.rows.map { Array($0[0].utf8) } == inspection.rows.map { Array($0.tensor.utf8) })
      #expect(table.rows.map { $0[4] } == inspection.rows.map { $0.largest.map { "\($0)" } ?? "" })
      #expect(table.rows.map { $0[10] } == inspection.rows.map { $0.reason ?? "" })
      #expect(table.rows.last?[1...3] == ["20", "20", "F16"] && table.rows.last?[11] == inspection.rows.last?.digest)
      guard case .array(let matrices)? = inspection.json["matrices"], case .array(let budgets)? = inspection.json["budgets"]
      else { return #expect(Bool(false), "no lists") }
      #expect(inspection.json["version"] == .number(1))
      #expect(matrices.map { $0["sha256"]?.string } == inspection.rows.map(\.digest))
      #expect(matrices.last?["sigma_1"] == nil && matrices.first?["sigma_1"] != nil)
      #expect(budgets.compactMap { $0["option"]?.string } == inspection.budgets.map(\.option))
    }
  }
}
