import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

extension QuantisedNetworkTests {
  /// A file with one mistake, and the whole line about it.
  struct BadFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let line: String
    let change: @Sendable (inout SafeTensors) -> Void

    /// A key of the metadata with another value, or none.
    static func metadata(_ key: String, _ value: String?, _ line: String) -> BadFile {
      BadFile(testDescription: "\(key): \(value ?? "none")", line: "x: metadata: found \(line)") { $0.metadata[key] = value }
    }

    /// A tensor with other contents, or none.
    static func tensor(
      _ name: String, _ what: String, _ line: String,
      _ change: @escaping @Sendable (SafeTensors.Tensor) -> SafeTensors.Tensor?
    ) -> BadFile {
      BadFile(testDescription: "\(name): \(what)", line: "x: \(name): found \(line)") { file in
        guard let index = file.tensors.firstIndex(where: { $0.name == name }) else { return }
        let changed = change(file.tensors[index].tensor)
        file.tensors.remove(at: index)
        if let changed { file.append(name, changed) }
      }
    }

    /// A tensor of F16 with another element.
    static func element(_ name: String, _ value: Float16, _ line: String) -> BadFile {
      tensor(name, "\(value)", line) { tensor in
        var bytes = tensor.bytes
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.replaceSubrange(8..<10, with: $0) }
        return SafeTensors.Tensor(type: tensor.type, shape: tensor.shape, bytes: bytes)
      }
    }
  }

  // The network of 5-7-3, rank 2 and dense, in 3 bits: 12 scales, 10 biases, 45 codes in 17 bytes, the last with 1 bit left over.
  static let badFiles: [BadFile] = [
    .metadata("bits", nil, "no 'bits', expected 2, 3, 4, 8"),
    .metadata("bits", "5", "'bits' with '5', expected 2, 3, 4, 8"),
    .metadata("bits", "03", "'bits' with '03', expected 2, 3, 4, 8"),
    .metadata("widths", nil, "no 'widths', expected such as 784-1024-10"),
    .metadata("widths", "5", "'widths' with '5', expected such as 784-1024-10"),
    .metadata("widths", "5-0-3", "'widths' with '5-0-3', expected such as 784-1024-10"),
    .metadata("widths", "5-+7-3", "'widths' with '5-+7-3', expected such as 784-1024-10"),
    .metadata("widths", "5--7-3", "'widths' with '5--7-3', expected such as 784-1024-10"),
    .metadata("widths", "5-7-1048577", "'widths' with '5-7-1048577', expected such as 784-1024-10"),
    .metadata("ranks", nil, "no 'ranks', expected such as 20-dense, one a layer, of which there are 2"),
    .metadata("ranks", "2", "'ranks' with '2', expected such as 20-dense, one a layer, of which there are 2"),
    .metadata("ranks", "0-dense", "'ranks' with '0-dense', expected such as 20-dense, one a layer, of which there are 2"),
    .metadata("ranks", "2-full", "'ranks' with '2-full', expected such as 20-dense, one a layer, of which there are 2"),
    BadFile(
      testDescription: "other ranks",
      line: "x: scales: found F16 of the shape [12], expected F16 of the shape [13], by the metadata"
    ) {
      $0.metadata["ranks"] = "3-dense"
    },
    BadFile(
      testDescription: "more inputs",
      line: "x: codes: found U8 of the shape [17], expected U8 of the shape [18], by the metadata"
    ) {
      $0.metadata["widths"] = "6-7-3"
    },
    BadFile(
      testDescription: "more bits",
      line: "x: codes: found U8 of the shape [17], expected U8 of the shape [23], by the metadata"
    ) {
      $0.metadata["bits"] = "4"
    },
    .tensor("scales", "none", "no such tensor, expected F16 of the shape [12], by the metadata") { _ in nil },
    .tensor("scales", "of F32", "F32 of the shape [6], expected F16 of the shape [12], by the metadata") {
      SafeTensors.Tensor(type: .float32, shape: [6], bytes: $0.bytes)
    },
    .tensor("scales", "as a matrix", "F16 of the shape [3, 4], expected F16 of the shape [12], by the metadata") {
      SafeTensors.Tensor(type: .float16, shape: [3, 4], bytes: $0.bytes)
    },
    .element("scales", 0, "0.0 at index 4, expected a scale above 0"),
    .element("scales", -0.5, "-0.5 at index 4, expected a scale above 0"),
    .element("scales", .infinity, "inf at index 4, expected a finite value"),
    .element("scales", .nan, "nan at index 4, expected a finite value"),
    .tensor("biases", "none", "no such tensor, expected F16 of the shape [10], by the metadata") { _ in nil },
    .element("biases", -.infinity, "-inf at index 4, expected a finite value"),
    .tensor("codes", "signed", "I8 of the shape [17], expected U8 of the shape [17], by the metadata") {
      SafeTensors.Tensor(type: .int8, shape: [17], bytes: $0.bytes)
    },
    .tensor("codes", "a byte more", "U8 of the shape [18], expected U8 of the shape [17], by the metadata") {
      SafeTensors.Tensor(type: .uint8, shape: [18], bytes: $0.bytes + [0])
    },
    .tensor("codes", "the last bit", "a bit behind the last code that is 1, expected 0") {
      SafeTensors.Tensor(type: .uint8, shape: [17], bytes: $0.bytes.dropLast() + [$0.bytes[16] | 0x80])
    },
    BadFile(testDescription: "another tensor", line: "x: found the tensor 'layers.0.bias', expected scales, biases, codes") {
      $0.append("layers.0.bias", shape: [1], elements: [1] as [Float], as: .float32)
    },
  ]

  @Test(arguments: badFiles)
  func badFile(_ bad: BadFile) throws {
    var file = Self.small.tensors
    _ = try Network<Float>(from: file, path: "x")
    bad.change(&file)
    let error = try #require(throws: FileError.self) { try Network<Float>(from: file, path: "x") }
    #expect(error.description == bad.line)
    // The same from the bytes, and in the other precision.
    let decoded = try SafeTensors(decoding: file.encoded, path: "x")
    #expect(throws: error) { try Network<Double>(from: decoded, path: "x") }
  }
}
