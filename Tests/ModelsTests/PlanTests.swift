import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Which rank each matrix gets, and which stay as they are.
@Suite struct PlanTests {
  /// A matrix, how it is to be stored, and the rank that results; `nil` where it stays dense.
  struct Choice: CustomTestStringConvertible {
    let rows: Int, columns: Int
    let type: SafeTensors.ElementType
    let stored: StoredType
    let asked: Int
    let multiple: Int
    let rank: Int?
    var testDescription: String { "\(rows)×\(columns) \(type) \(stored) rank \(asked) multiple \(multiple)" }

    init(
      _ rows: Int, _ columns: Int, _ type: SafeTensors.ElementType, _ stored: StoredType, _ asked: Int, _ multiple: Int,
      _ rank: Int?
    ) {
      (self.rows, self.columns, self.type, self.stored) = (rows, columns, type, stored)
      (self.asked, self.multiple, self.rank) = (asked, multiple, rank)
    }
  }

  static let choices = [
    // r (32 + 24) < 768: 13 is the last.
    Choice(32, 24, .float32, .same, 5, 1, 5), Choice(32, 24, .float32, .same, 13, 1, 13),
    Choice(32, 24, .float32, .same, 14, 1, nil), Choice(32, 24, .float32, .same, 1000, 1, nil),
    // Rounded up to a multiple, where that is smaller than the matrix.
    Choice(32, 24, .float32, .same, 5, 4, 8), Choice(32, 24, .float32, .same, 8, 4, 8),
    Choice(32, 24, .float32, .same, 13, 4, nil), Choice(32, 24, .float32, .same, 1, 16, nil),
    Choice(32, 24, .float32, .same, 12, 4, 12),
    // As large as numbers are.
    Choice(32, 24, .float32, .same, .max, 8, nil), Choice(32, 24, .float32, .same, 2, .max, nil),
    Choice(32, 24, .float32, .same, .max, .max, nil),
    // 2 bytes an element in place of 4 do not raise the number of elements; 4 in place of 2 halve the rank: r · 56 · 4 < 768 · 2.
    Choice(32, 24, .float32, .f16, 13, 1, 13), Choice(32, 24, .float32, .f16, 14, 1, nil),
    Choice(32, 24, .bfloat16, .f32, 6, 1, 6), Choice(32, 24, .bfloat16, .f32, 7, 1, nil),
    Choice(32, 24, .float16, .bf16, 13, 1, 13), Choice(32, 24, .float64, .f32, 13, 1, 13),
    Choice(32, 24, .float64, .f32, 14, 1, nil), Choice(32, 24, .float64, .same, 14, 1, nil),
    // No rank is smaller.
    Choice(1, 100, .float32, .same, 1, 1, nil), Choice(2, 2, .float32, .same, 1, 1, nil),
    Choice(3, 3, .float16, .f32, 1, 1, nil), Choice(3, 3, .float16, .f16, 1, 1, 1),
  ]

  @Test(arguments: choices)
  func rank(choice: Choice) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", Matrix<Float>(rows: choice.rows, columns: choice.columns), as: choice.type)
      let model = try file.model(in: folder)
      let surveyed = [SurveyedMatrix("w", choice.rows, choice.columns, choice.type)]
      let plan = try CompressionPlan(
        of: model, surveyed: surveyed, extent: .rank(choice.asked), multiple: choice.multiple, stored: choice.stored)
      #expect(plan.layers.map(\.rank) == [choice.rank])
      let layer = try #require(plan.layers.first)
      #expect(layer.stored == choice.stored.type(of: choice.type))
      if choice.rank == nil {
        #expect(layer.reason?.hasPrefix("rank ") == true && layer.reason?.hasSuffix(" would not be smaller") == true)
        #expect(layer.reason?.contains("\(choice.asked)") == true)
      } else {
        #expect(layer.reason == nil)
      }
    }
  }

  @Test func storedTypes() {
    let types: [SafeTensors.ElementType] = [.float64, .float32, .float16, .bfloat16]
    for type in types {
      #expect(StoredType.f32.type(of: type) == .float32 && StoredType.f16.type(of: type) == .float16)
      #expect(StoredType.bf16.type(of: type) == .bfloat16 && StoredType.same.type(of: type) == type)
    }
  }

  /// The smallest ranks that keep the energy, by their definition.
  @Test(arguments: [0.3, 0.7, 0.95, 0.999, 1])
  func energy(energy: Double) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample(.float64).model(in: folder)
      let surveyed = try model.surveyed()
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .energy(energy))
      for (layer, decay) in zip(plan.layers, [0.7, 0.9]) {
        let matrix = layer.matrix.matrix
        let squares = (0..<min(matrix.rows, matrix.columns)).map { power(decay * decay, $0) }
        let all = squares.reduce(0, +)
        let rank = squares.indices.first { squares[...$0].reduce(0, +) >= energy * all * (1 - 1e-14) }.map { $0 + 1 }
        let smaller = rank.flatMap { $0 <= matrix.breakEvenRank ? $0 : nil }
        #expect(layer.rank == smaller, "\(matrix.name)")
        #expect((layer.reason == nil) == (smaller != nil))
      }
      let multiples = try CompressionPlan(of: model, surveyed: surveyed, extent: .energy(energy), multiple: 3)
      for (layer, other) in zip(plan.layers, multiples.layers) {
        let next = layer.rank.map { ($0 + 2) / 3 * 3 }
        #expect(other.rank == next.flatMap { $0 <= layer.matrix.matrix.breakEvenRank ? $0 : nil })
      }
    }
  }

  private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }

  /// Listed ranks are taken as they are, not rounded to multiples; those too large leave the matrix dense.
  @Test func listed() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let list = try RankList(
        [("fc2.weight", 7), ("fc1.weight", 14), ("head.weight", 1), ("tok_embed.weight", nil)], in: folder)
      let matrices = try Selection(of: model, listed: list, path: "").selected
      let surveyed = try Survey(of: model, workers: Workers(count: 1), progress: unheard)
        .matrices(matrices, withSpectra: false)
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .listed(list), multiple: 4)
      #expect(plan.layers.map(\.matrix.matrix.name) == ["tok_embed.weight", "fc1.weight", "fc2.weight", "head.weight"])
      #expect(plan.layers.map(\.rank) == [nil, nil, 7, 1])
      let ones = try CompressionPlan(of: model, surveyed: surveyed, extent: .listed(list))
      #expect(ones.layers.map(\.rank) == [nil, nil, 7, 1])
      #expect(ones.layers.map(\.reason) == ["listed as dense", "rank 14 would not be smaller", nil, nil])
    }
  }

  /// A matrix with NaN is an error that names it, or is copied and says so.
  @Test func unusable() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("a", decaying(20, 20), as: .float32)
      var broken = decaying(20, 20)
      (broken[3, 4], broken[7, 1]) = (.nan, .infinity)
      file.append("b", broken, as: .float32)
      let model = try file.model(in: folder)
      let surveyed = try model.surveyed()
      #expect(surveyed.map { $0.spectrum == nil } == [false, true])
      let expected = FileError(
        path: "\(model.path): tensor 'b'", found: "nan in row 3, column 4 (counted from 0)",
        expected: "finite elements, or --keep-unusable to copy such tensors as they are")
      for extent: Extent in [.rank(2), .energy(0.9), .size(.share(0.8))] {
        #expect(throws: expected) { try CompressionPlan(of: model, surveyed: surveyed, extent: extent) }
        let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: extent, keepsUnusable: true)
        #expect(plan.layers[0].rank != nil && plan.layers[1].rank == nil)
        #expect(plan.layers[1].reason == "nan in row 3, column 4 (counted from 0)")
      }
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(2), keepsUnusable: true)
      _ = try model.write(plan, to: "\(folder)/out.safetensors")
      #expect(try SafeTensors(readingFrom: "\(folder)/out.safetensors")["b"] == file["b"])
    }
  }
}
