import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Models

/// The exported graph is read and run by `ReadGraph`, in double precision.
@Suite struct ONNXExportTests {
  private static let known = Normalisation(mean: 0.25, deviation: 0.75)

  /// The graph computes the logits of the network, whatever its activation and whichever layers have biases.
  @Test(arguments: ActivationFunction.allCases, [[true, true, true], [false, true, false], [true, false, true]])
  func logits(activation: ActivationFunction, biases: [Bool]) throws {
    let file = try NetworkFile.sample(biases: biases, activation: activation)
    let graph = try ReadGraph(try ONNXExport(of: file, normalisation: nil, producer: "1").bytes)
    let x: Matrix<Float> = sampleBatch(count: 6, inputs: 9, classes: 3).images
    expectEqual(graph.run(.init(x))["logits"], file.network.logits(x, workers: Workers(count: 1)))
  }

  /// The nodes of a dense and a factored layer: no C where there is no bias, and nothing behind the last layer.
  @Test func nodes() throws {
    let graph = try ReadGraph(
      try ONNXExport(of: try .sample(biases: [false, true, true], activation: .tanh), normalisation: nil, producer: "1")
        .bytes)
    let transposed = ["transB": 1]
    #expect(
      graph.nodes == [
        .init(type: "Gemm", inputs: ["input", "fc1.weight"], output: "fc1.output", attributes: transposed),
        .init(type: "Tanh", inputs: ["fc1.output"], output: "fc1.tanh"),
        .init(type: "Gemm", inputs: ["fc1.tanh", "fc2.0.weight"], output: "fc2.0.output", attributes: transposed),
        .init(
          type: "Gemm", inputs: ["fc2.0.output", "fc2.1.weight", "fc2.1.bias"], output: "fc2.1.output",
          attributes: transposed),
        .init(type: "Tanh", inputs: ["fc2.1.output"], output: "fc2.tanh"),
        .init(type: "Gemm", inputs: ["fc2.tanh", "out.weight", "out.bias"], output: "logits", attributes: transposed),
      ])
    #expect(
      graph.tensors.keys.sorted() == ["fc1.weight", "fc2.0.weight", "fc2.1.bias", "fc2.1.weight", "out.bias", "out.weight"])
    let (input, output) = (try graph.value(11), try graph.value(12))
    #expect(input == ("input", 1, ["batch", "9"]) && output == ("logits", 1, ["batch", "3"]))
  }

  /// Data before the normalisation, as numbers and as bytes, give the logits of the inputs that they stand for.
  @Test(arguments: ExportedInput.allCases)
  func inputs(input: ExportedInput) throws {
    let file = try NetworkFile.sample()
    let graph = try ReadGraph(try ONNXExport(of: file, input: input, normalisation: Self.known, producer: "1").bytes)
    var stream = RandomStream(seed: 2, name: "bytes")
    let bytes = (0..<4 * 9).map { _ in Double(stream.below(256)) }
    let unit = bytes.map { $0 / 255 }
    let normalised = unit.map { ($0 - Self.known.mean) / Self.known.deviation }
    let x = [ExportedInput.bytes: bytes, .unit: unit, .normalised: normalised][input] ?? []
    let logits = file.network.logits(
      Matrix(rows: 4, columns: 9, elements: normalised.map { Float($0) }), workers: Workers(count: 1))
    expectEqual(graph.run(.init(shape: [4, 9], elements: x))["logits"], logits)
    #expect(try graph.value(11).type == (input == .bytes ? 2 : 1))
    #expect(graph.nodes.count { $0.type == "Cast" && $0.attributes == ["to": 1] } == (input == .bytes ? 1 : 0))
  }

  /// Codes stay codes, and mean the same to the bit.
  @Test(arguments: QuantisedMatrix.widths)
  func codes(bits: Int) throws {
    let file = try NetworkFile.codes(bits: bits)
    let model = try ONNXExport(of: file, normalisation: nil, producer: "1")
    let graph = try ReadGraph(model.bytes)
    let x: Matrix<Float> = sampleBatch(count: 6, inputs: 5, classes: 3).images
    let values = graph.run(.init(x))
    expectEqual(values["logits"], file.network.logits(x, workers: Workers(count: 1)))
    guard case .lowRank(let first) = file.network.layers[0], case .dense(let last) = file.network.layers[1] else {
      Issue.record("other layers")
      return
    }
    #expect(values["layers.0.0.weight"] == .init(first.vT) && values["layers.0.1.weight"] == .init(first.u))
    #expect(values["layers.1.weight"] == .init(last.weights))
    #expect(graph.tensors["layers.1.weight.codes"]?.type == (bits == 8 ? 2 : 21))
    #expect(graph.tensors["layers.1.weight.half"]?.shape == [3, 1])
    #expect(model.version == (bits == 8 ? .usual : .fourBits))
  }

  /// The lowest versions that have the operators.
  @Test func versions() throws {
    func version(_ file: NetworkFile) throws -> [[Int]] {
      let model = try ReadMessage(try ONNXExport(of: file, normalisation: nil, producer: "1").bytes)
      return [model.integers(1)] + (try model.messages(8).map { $0.integers(2) })
    }
    #expect(try version(.sample()) == [[7], [13]])
    #expect(try version(.sample(activation: .gelu)) == [[9], [20]])
    #expect(try version(.codes(bits: 8)) == [[7], [13]])
    #expect(try version(.codes(bits: 3)) == [[10], [21]])
    // No activation follows the only layer.
    var file = SafeTensors()
    file.append("weight", Matrix<Float>(rows: 1, columns: 2, elements: [1, 2]), as: .float32)
    let single = try NetworkFile(decoding: file.encoded, path: "n", activation: .gelu)
    #expect(try version(single) == [[7], [13]])
    let graph = try ReadGraph(try ONNXExport(of: single, normalisation: nil, producer: "1").bytes)
    #expect(graph.nodes == [.init(type: "Gemm", inputs: ["input", "weight"], output: "logits", attributes: ["transB": 1])])
  }

  /// Who made it of what; and the same bytes each time.
  @Test func about() throws {
    let file = try NetworkFile.sample(activation: .sigmoid)
    let model = try ONNXExport(of: file, input: .unit, normalisation: Self.known, producer: "1.2.3")
    let message = try ReadMessage(model.bytes)
    #expect(message.texts(2) == ["lowrank"] && message.texts(3) == ["1.2.3"])
    #expect(message.texts(6) == ["Input: x; the network takes (x - 0.25) / 0.75. Output: logits."])
    #expect(message.fields == [1, 2, 3, 6, 7, 8, 14])
    let metadata = try message.messages(14).map { $0.texts(1) + $0.texts(2) }
    #expect(metadata == [["activation", "sigmoid"], ["input", "unit"], ["mean", "0.25"], ["deviation", "0.75"]])
    let again = try ONNXExport(of: file, input: .unit, normalisation: Self.known, producer: "1.2.3")
    #expect(again.bytes == model.bytes && model.size == model.bytes.count)
    try withTemporaryFolder { folder in
      try model.write(to: "\(folder)/n.onnx")
      #expect(try readFile("\(folder)/n.onnx") == model.bytes)
    }
  }

  @Test func mistakes() throws {
    let file = try NetworkFile.sample()
    for input in [ExportedInput.unit, .bytes] {
      expectError(["--input: found '\(input.rawValue)'", "--mean and --deviation"]) { () throws(FileError) in
        _ = try ONNXExport(of: file, input: input, normalisation: nil, producer: "1")
      }
    }
    let size = try ONNXExport(of: file, normalisation: nil, producer: "1").size
    #expect(throws: Never.self) {
      try ONNXExport(of: file, input: .normalised, normalisation: nil, producer: "1", limit: size)
    }
    expectError(["n.safetensors: found a network of \(size) bytes", "at most \(size - 1)"]) { () throws(FileError) in
      _ = try ONNXExport(of: file, input: .normalised, normalisation: nil, producer: "1", limit: size - 1)
    }
  }

  /// A layer `a` of factors and a layer `a.0` would have the same names: files of a study have others for factors.
  @Test func namesThatMeet() throws {
    var file = SafeTensors()
    for (name, rows, columns) in [("a.u", 4, 1), ("a.vt", 1, 3), ("a.0.weight", 2, 4)] {
      file.append(name, Matrix<Float>(rows: rows, columns: columns) { Float($0 + $1) }, as: .float32)
    }
    let network = try NetworkFile(decoding: file.encoded, path: "n.safetensors")
    expectError(["n.safetensors", "'a.0.weight'"]) { () throws(FileError) in
      _ = try ONNXExport(of: network, normalisation: nil, producer: "1")
    }
    expectError(["n.safetensors", "'a.0.weight'"]) { () throws(FileError) in
      _ = try NumPyExport(of: network, normalisation: nil)
    }
  }

  private func expectEqual(
    _ found: ReadGraph.Tensor?, _ logits: Matrix<Float>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found?.shape == [logits.rows, logits.columns], sourceLocation: sourceLocation)
    let largest = logits.elements.map { Double(abs($0)) }.max() ?? 0
    let differences = zip(found?.elements ?? [], logits.elements).map { abs($0 - Double($1)) }
    #expect(
      differences.allSatisfy { $0 <= 1e-6 * largest }, "\(differences.max() ?? 0) of \(largest)",
      sourceLocation: sourceLocation)
  }
}

/// Numbers and lengths of every size.
@Suite struct ProtobufMessageTests {
  @Test(arguments: [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 31, Int.max])
  func numbers(value: Int) throws {
    let message = ProtobufMessage([(1, .number(value)), (20, .number(value)), (1, .number(7))])
    let read = try ReadMessage(message.pieces.joined())
    #expect(read.integers(1) == [value, 7] && read.integers(20) == [value])
    #expect(message.count == message.pieces.joined().count)
  }

  @Test(arguments: [0, 1, 127, 128, 4095, 4096, 4097, 20_000])
  func lengths(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let inner = ProtobufMessage([(1, .bytes(bytes)), (2, .text("é")), (1, .bytes(bytes))])
    let outer = ProtobufMessage([(3, .message(inner)), (4, .number(1)), (3, .message(inner))])
    #expect(outer.count == outer.pieces.joined().count)
    let read = try ReadMessage(outer.pieces.joined())
    for message in try read.messages(3) { #expect(message.bytes(1) == [bytes, bytes] && message.texts(2) == ["é"]) }
    #expect(try read.messages(3).count == 2 && read.integers(4) == [1])
  }
}

/// Expects an error of one line that says all of `words`.
func expectError(
  _ words: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(FileError) -> Void
) {
  do {
    try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch {
    for word in words { #expect("\(error)".contains(word), "\(error)", sourceLocation: sourceLocation) }
  }
}

extension ReadGraph.Tensor {
  init(_ matrix: Matrix<Float>) {
    self.init(shape: [matrix.rows, matrix.columns], elements: matrix.elements.map { Double($0) })
  }
}
