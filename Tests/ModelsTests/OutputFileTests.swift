import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// The file that results: names, order, sizes.
@Suite struct OutputFileTests {
  @Test(
    arguments: [
      (FactorNaming.sequential, "a.fc.weight", "a.fc.0.weight", "a.fc.1.weight", "a.fc.bias", "a.fc.1.bias"),
      (.sequential, "weight", "0.weight", "1.weight", "bias", "1.bias"),
      (.sequential, ".weight", ".0.weight", ".1.weight", ".bias", ".1.bias"),
      (.sequential, "W", "W.0.weight", "W.1.weight", nil, nil), (.sequential, "", ".0.weight", ".1.weight", nil, nil),
      (.sequential, "overweight", "overweight.0.weight", "overweight.1.weight", nil, nil),
      // A combining accent begins with the point.
      (.sequential, "a.\u{301}weight", "a.\u{301}weight.0.weight", "a.\u{301}weight.1.weight", nil, nil),
      (.lora, "a.fc.weight", "a.fc.lora_A.weight", "a.fc.lora_B.weight", "a.fc.bias", "a.fc.bias"),
      (.lora, "W", "W.lora_A.weight", "W.lora_B.weight", nil, nil),
      (.lora, "weight", "lora_A.weight", "lora_B.weight", "bias", "bias"),
    ] as [(FactorNaming, String, String, String, String?, String?)])
  func names(naming: FactorNaming, matrix: String, first: String, second: String, before: String?, after: String?) {
    let names = naming.names(of: matrix)
    #expect(names.first.isIdentical(to: first) && names.second.isIdentical(to: second))
    #expect(names.bias?.before == before && names.bias?.after == after)
  }

  private func plan(_ model: Model, _ ranks: [Int?], naming: FactorNaming = .sequential) throws -> OutputFile {
    let surveyed = try Survey(of: model, workers: Workers(count: 1), progress: unheard)
      .matrices(try Selection(of: model, include: ["*"]).selected, withSpectra: false)
    let layers = zip(surveyed, ranks).map {
      CompressionPlan.Layer(matrix: $0, stored: $0.matrix.type, rank: $1, reason: nil)
    }
    return try OutputFile(of: model, layers: layers, naming: naming)
  }

  /// The header as a reader of the file has it.
  private func entries(_ output: OutputFile) throws -> [SafeTensors.Header.Entry] {
    let elements = [UInt8](repeating: 0, count: output.size - output.header.count)
    return try SafeTensors.Header(decoding: output.header + elements, path: "out").entries
  }

  /// Factors take the place of their matrix, V before U; the bias of a layer follows it, also where it comes first.
  @Test func order() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("b.bias", shape: [20], elements: [Float](repeating: 0, count: 20), as: .float32)
      file.append("a.weight", decaying(30, 20), as: .float32)
      file.append("a.bias", shape: [31], elements: [Float](repeating: 0, count: 31), as: .float32)
      file.append("b.weight", decaying(20, 25), as: .float32)
      file.append("c.weight", decaying(25, 20), as: .float32)
      file.append("c.bias", shape: [25], elements: [Float](repeating: 0, count: 25), as: .float32)
      let model = try file.model(in: folder)
      let sequential = try entries(try plan(model, [3, 4, nil]))
      // A bias of another size is not one of the layer, nor is that of a matrix that stays.
      #expect(
        sequential.map(\.name) == [
          "b.1.bias", "a.0.weight", "a.1.weight", "a.bias", "b.0.weight", "b.1.weight", "c.weight", "c.bias",
        ])
      #expect(sequential.map(\.shape) == [[20], [3, 20], [30, 3], [31], [4, 25], [20, 4], [25, 20], [25]])
      let lora = try entries(try plan(model, [3, 4, nil], naming: .lora))
      #expect(
        lora.map(\.name) == [
          "b.bias", "a.lora_A.weight", "a.lora_B.weight", "a.bias", "b.lora_A.weight", "b.lora_B.weight", "c.weight",
          "c.bias",
        ])
    }
  }

  /// Longer elements first, so that each tensor begins at a multiple of its element's size; else the order of the model.
  @Test func alignment() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      for (index, type) in SafeTensors.ElementType.allCases.enumerated() {
        // 4 elements fill whole bytes of any type; 3 bytes before the next are odd.
        file.append(
          "x\(index)", SafeTensors.Tensor(type: type, shape: [4], bytes: [UInt8](repeating: 1, count: type.bits / 2)))
        file.append("y\(index)", shape: [3], bytes: [1, 2, 3])
      }
      for type: SafeTensors.ElementType in [.float16, .float64, .bfloat16, .float32] {
        file.append("\(type.rawValue).weight", decaying(9, 9), as: type)
      }
      let output = try plan(try file.model(in: folder), [1, 2, 3, nil])
      #expect(output.header.count % 8 == 0)
      let entries = try entries(output)
      #expect(entries.count == file.tensors.count + 3)
      for entry in entries {
        #expect(entry.range.lowerBound * 8 % entry.type.bits == 0 || entry.type.bits < 8, "\(entry.name)")
      }
      let bits = entries.map(\.type.bits)
      #expect(bits == bits.sorted(by: >))
      let names = entries.filter { $0.type.bits == 64 }.map(\.name)
      let expected = file.tensors.filter { $0.tensor.type.bits == 64 }.flatMap {
        $0.name == "F64.weight" ? ["F64.0.weight", "F64.1.weight"] : [$0.name]
      }
      #expect(names == expected)
      #expect(output.sources.count == file.tensors.count)
    }
  }

  /// The bytes of the whole, to the byte, for digits that grow with the ranks.
  @Test(arguments: [1, 9, 10, 13])
  func sizes(rank: Int) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      for naming in FactorNaming.allCases {
        let surveyed = try model.surveyed()
        let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(rank), naming: naming)
        _ = try model.write(plan, to: "\(folder)/out.safetensors")
        let bytes = try readFile("\(folder)/out.safetensors")
        #expect(bytes.count == plan.size && bytes.starts(with: plan.output.header))
        #expect(try SafeTensors(readingFrom: "\(folder)/out.safetensors").encoded == bytes)
      }
    }
  }

  /// A name that is taken.
  @Test(arguments: [
    (FactorNaming.sequential, "fc.0.weight"), (.sequential, "fc.1.weight"), (.sequential, "fc.1.bias"),
    (.lora, "fc.lora_A.weight"), (.lora, "fc.lora_B.weight"),
  ])
  func clashes(naming: FactorNaming, taken: String) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("fc.weight", decaying(20, 20), as: .float32)
      file.append("fc.bias", shape: [20], elements: [Float](repeating: 0, count: 20), as: .float32)
      file.append(taken, shape: [], elements: [0 as Float], as: .float32)
      let model = try file.model(in: folder)
      let expected = FileError(
        path: model.path, found: "the tensor '\(taken)', which a factor or bias would be named too",
        expected: "another name, or --exclude")
      #expect(throws: expected) { try plan(model, [2], naming: naming) }
      #expect(try plan(model, [nil], naming: naming).sources.count == 3)
    }
  }

  /// Two matrices whose factors would have the same names.
  @Test func clashOfFactors() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", decaying(20, 20), as: .float32)
      file.append("w.weight", decaying(20, 20), as: .float32)
      let model = try file.model(in: folder)
      let error = #expect(throws: FileError.self) { try plan(model, [2, 2]) }
      #expect(error?.found.contains("'w.0.weight'") == true)
      #expect(try entries(try plan(model, [2, nil])).map(\.name) == ["w.0.weight", "w.1.weight", "w.weight"])
    }
  }

  /// The metadata say what became of which matrix; what an earlier run wrote stays.
  @Test func metadata() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample(metadata: ["format": "pt", "note": "a \"quote\""]).model(in: folder)
      let first = try CompressionPlan(of: model, surveyed: try model.surveyed(include: ["fc1.*"]), extent: .rank(4))
      _ = try model.write(first, to: "\(folder)/first.safetensors")
      let once = try Model(readingFrom: "\(folder)/first.safetensors")
      let again = try CompressionPlan(of: once, surveyed: try once.surveyed(), extent: .rank(5), naming: .lora)
      _ = try once.write(again, to: "\(folder)/second.safetensors")
      let twice = try Model(readingFrom: "\(folder)/second.safetensors")
      #expect(twice.metadata["format"] == "pt" && twice.metadata["note"] == "a \"quote\"" && twice.metadata.count == 3)
      let layers = try Factorings(in: twice).layers
      #expect(layers.map(\.name) == ["fc1.weight", "fc2.weight"] && layers.map(\.rank) == [4, 5])
      #expect(layers.map(\.shape) == [[32, 24], [28, 32]] && layers.map(\.type) == ["F32", "F32"])
      #expect(
        layers.map(\.factors) == [["fc1.0.weight", "fc1.1.weight"], ["fc2.lora_A.weight", "fc2.lora_B.weight"]])
      #expect(layers.map(\.bias) == ["fc1.1.bias", "fc2.bias"])
      #expect(
        once.metadata["lowrank"] == """
          {"layers":{"fc1.weight":{"bias":"fc1.1.bias","factors":["fc1.0.weight","fc1.1.weight"],"rank":4,\
          "shape":[32,24],"type":"F32"}},"version":1}
          """)
      // Where nothing is factored, that is said.
      let dense = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(100))
      _ = try model.write(dense, to: "\(folder)/dense.safetensors")
      let said = model.metadata.merging(["lowrank": #"{"layers":{},"version":1}"#]) { $1 }
      #expect(try Model(readingFrom: "\(folder)/dense.safetensors").metadata == said)
    }
  }

  @Test(arguments: [
    ("x", "text that is not an object of JSON"), ("[]", "text that is not an object of JSON"),
    ("{}", "the version of nothing"), ("{\"version\":2,\"layers\":{}}", "the version 2"), ("{\"version\":1}", "no 'layers'"),
    ("{\"version\":1,\"layers\":[]}", "no 'layers'"),
    ("{\"version\":1,\"layers\":{\"a\":{}}}", "the layer 'a' without rank, shape, type or factors"),
    (
      "{\"version\":1,\"layers\":{\"a\":{\"rank\":1,\"shape\":[2],\"type\":\"F32\",\"factors\":[\"b\",\"c\"]}}}",
      "the layer 'a' without rank, shape, type or factors"
    ),
    (
      "{\"version\":1,\"layers\":{\"a\":{\"rank\":1,\"shape\":[2,2],\"type\":\"F32\",\"factors\":[\"b\"]}}}",
      "the layer 'a' without rank, shape, type or factors"
    ),
    (
      "{\"version\":1,\"layers\":{\"a\":{\"rank\":1,\"shape\":[2,2],\"type\":\"F32\",\"factors\":[\"mask\",\"c\"]}}}",
      "no tensor 'c'"
    ),
  ])
  func damagedMetadata(text: String, found: String) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample(metadata: ["lowrank": text]).model(in: folder)
      let error = #expect(throws: FileError.self) { try Factorings(in: model) }
      #expect(error?.found == found && error?.path.hasPrefix(model.path) == true)
      #expect(throws: FileError.self) { try Selection(of: model) }
    }
  }
}
