import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Which matrices are factored, and why the others are not.
@Suite struct SelectionTests {
  /// Names and reasons; `nil` for the selected ones.
  private func reasons(_ selection: Selection) -> [String: String?] {
    Dictionary(uniqueKeysWithValues: selection.matrices.map { ($0.name, $0.reason) })
  }

  /// By default: no embeddings, no small matrices; of one, four or no dimensions, of integers and empty ones, none is a matrix.
  @Test func byDefault() throws {
    try withTemporaryFolder { folder in
      let selection = try Selection(of: SafeTensors.sample().model(in: folder))
      #expect(
        reasons(selection) == [
          "tok_embed.weight": "an embedding", "fc1.weight": nil, "fc2.weight": nil, "head.weight": "break-even rank 4",
        ])
      #expect(selection.selected.map(\.name) == ["fc1.weight", "fc2.weight"])
      #expect(selection.selected.map(\.breakEvenRank) == [13, 14])
      #expect(selection.reasons == "an embedding (1), break-even rank 4 (1)")
    }
  }

  /// The break-even rank is the largest r with r (m + n) < m n; 8 is enough.
  @Test(arguments: [(16, 16, 7), (17, 17, 8), (9, 90, 8), (1, 100, 0), (2, 2, 0), (3, 3, 1), (32, 32, 15), (8, 2000, 7)])
  func breakEven(rows: Int, columns: Int, rank: Int) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("a", Matrix<Float>(rows: rows, columns: columns, repeating: 1), as: .float32)
      file.append("large", Matrix<Float>(rows: 40, columns: 40, repeating: 1), as: .float32)
      let matrix = try Selection(of: file.model(in: folder)).matrices[0]
      #expect(matrix.breakEvenRank == rank && matrix.isSelected == (rank >= 8))
      #expect(matrix.reason == (rank >= 8 ? nil : "break-even rank \(rank)"))
    }
  }

  @Test(arguments: SafeTensors.ElementType.allCases)
  func types(type: SafeTensors.ElementType) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      let bytes = [UInt8](repeating: 0, count: 400 * type.bits / 8)
      file.append("a", SafeTensors.Tensor(type: type, shape: [20, 20], bytes: bytes))
      let model = try file.model(in: folder)
      if [.float64, .float32, .float16, .bfloat16].contains(type) {
        #expect(try Selection(of: model).selected.map(\.type) == [type])
      } else {
        let none = FileError(path: model.path, found: "no matrix of F64, F32, F16 or BF16", expected: "one or more")
        #expect(throws: none) { try Selection(of: model).requireSome(of: model) }
      }
    }
  }

  @Test(arguments: [
    ("model.embed_tokens.weight", true), ("embeddings.word_embeddings.weight", true), ("transformer.wte.weight", true),
    ("wpe.weight", true), ("shared.weight", true), ("Embedding_0.W", true), ("emb", true), ("lm_head.weight", false),
    ("shared_experts.weight", false), ("item.weight", false), ("", false),
  ])
  func embeddings(name: String, isEmbedding: Bool) { #expect(Selection.isEmbedding(name) == isEmbedding) }

  /// Patterns: what is included may be small or an embedding, and exclusion is stronger.
  @Test(arguments: [
    (["head.*"], [], ["head.weight"]), (["*embed*"], [], ["tok_embed.weight"]),
    ([], ["fc1*"], ["fc2.weight"]), (["*.weight"], ["fc?.weight"], ["tok_embed.weight", "head.weight"]),
    (["fc[1-2].*"], [], ["fc1.weight", "fc2.weight"]), (["fc2.weight", "head.weight"], [], ["fc2.weight", "head.weight"]),
    ([], ["fc1.weight", "mask"], ["fc2.weight"]),
  ])
  func patterns(include: [String], exclude: [String], names: [String]) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let selection = try Selection(of: model, include: include, exclude: exclude)
      #expect(selection.selected.map(\.name) == names)
      let excluded = selection.matrices.filter { $0.reason == "excluded" }.map(\.name)
      #expect(excluded.allSatisfy { name in exclude.contains { Glob($0).matches(name) } })
      if !include.isEmpty { #expect(selection.matrices.allSatisfy { $0.reason != "an embedding" }) }
    }
  }

  @Test(arguments: [
    (["fc3.weight"], [], "--include", "'fc3.weight', which no tensor of", "the nearest are 'fc1.weight', 'fc2.weight'"),
    ([], ["hed.weight"], "--exclude", "'hed.weight', which no tensor of", "the nearest are 'head.weight'"),
    (
      ["conv.weight"], [], "--include", "('conv.weight': F32 of the shape [4, 3, 3, 3])",
      "one of two dimensions, F64, F32, F16 or BF16"
    ),
    (["mask"], [], "--include", "('mask': BOOL of the shape [3])", "one of two dimensions"),
    (["ids"], [], "--include", "('ids': I64 of the shape [20, 20])", "one of two dimensions"),
    (["empty"], [], "--include", "('empty': F32 of the shape [0, 30])", "one of two dimensions"),
    (["fc1.*"], ["*.weight"], "--include", "('fc1.weight': excluded)", "one of two dimensions"),
    (["fc1.*", "mask"], [], "--include", "'mask', which fits no matrix that can be factored", "one of two"),
  ])
  func patternsThatFitNothing(
    include: [String], exclude: [String], option: String, found: String, expected: String
  ) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let error = #expect(throws: FileError.self) { try Selection(of: model, include: include, exclude: exclude) }
      #expect(error?.path == option)
      #expect(error?.found.contains(found) == true, "\(error as Any)")
      #expect(error?.expected?.contains(expected) == true, "\(error as Any)")
    }
  }

  /// Everything excluded: the error counts the reasons.
  @Test func nothingLeft() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let expected = FileError(
        path: model.path, found: "no matrix to factor (excluded (2), an embedding (1), break-even rank 4 (1))",
        expected: "one or more")
      #expect(throws: expected) { try Selection(of: model, exclude: ["fc*"]).requireSome(of: model) }
      let empty = try SafeTensors().model(in: folder, "empty.safetensors")
      #expect(throws: FileError.self) { try Selection(of: empty).requireSome(of: empty) }
      try Selection(of: model).requireSome(of: model)
    }
  }

  /// A tensor that other names stand for is left alone, also where a pattern names it.
  @Test func shared() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample(metadata: ["lm.weight": "fc1.weight"]).model(in: folder)
      #expect(try reasons(Selection(of: model))["fc1.weight"] == "shared with lm.weight")
      let error = #expect(throws: FileError.self) { try Selection(of: model, include: ["fc1.*"]) }
      #expect(error?.found.contains("('fc1.weight': shared with lm.weight)") == true)
    }
  }

  /// Factors of an earlier run are not factored again.
  @Test(arguments: FactorNaming.allCases)
  func factorsOfAnEarlierRun(naming: FactorNaming) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("a.weight", decaying(60, 50), as: .float32)
      file.append("b.weight", decaying(40, 50), as: .float32)
      let model = try file.model(in: folder)
      let surveyed = try model.surveyed(include: ["a.*"])
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(20), naming: naming)
      _ = try model.write(plan, to: "\(folder)/out.safetensors")
      let out = try Model(readingFrom: "\(folder)/out.safetensors")
      let selection = try Selection(of: out)
      #expect(selection.selected.map(\.name) == ["b.weight"])
      #expect(selection.matrices.filter { $0.reason == "a factor already" }.count == 2)
      #expect(throws: FileError.self) { try Selection(of: out, include: ["a.*"]) }
    }
  }

  /// Ranks by name: what is listed is selected, embeddings too, and what is listed as dense.
  @Test func listed() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      func selection(_ ranks: [(String, Int?)]) throws -> Selection {
        try Selection(of: model, listed: RankList(ranks, in: folder), path: "ranks.csv")
      }
      let some = try selection([("head.weight", 2), ("tok_embed.weight", 3), ("fc1.weight", nil)])
      #expect(
        reasons(some) == [
          "tok_embed.weight": nil, "fc1.weight": nil, "fc2.weight": "not listed", "head.weight": nil,
        ])
      // A tensor without a rank need not be a matrix.
      #expect(try selection([("fc1.weight", 2), ("mask", nil)]).selected.map(\.name) == ["fc1.weight"])
      for (ranks, found, expected): ([(String, Int?)], String, String) in [
        (
          [("fc9.weight", 2)], "'fc9.weight', which is no tensor of \(model.path)",
          "the name of a tensor; the nearest are 'fc1.weight', 'fc2.weight', "
        ),
        (
          [("conv.weight", 2)], "a rank for 'conv.weight' (no matrix of F64, F32, F16 or BF16)",
          "none: it cannot be factored"
        ),
      ] {
        let error = #expect(throws: FileError.self) { try selection(ranks) }
        #expect(error?.path == "ranks.csv" && error?.found == found && error?.expected?.hasPrefix(expected) == true)
      }
      #expect(try selection([("fc1.weight", nil)]).selected.map(\.name) == ["fc1.weight"])
    }
  }
}
