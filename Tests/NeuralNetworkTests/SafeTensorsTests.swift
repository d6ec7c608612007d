import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

@Suite struct SafeTensorsTests {
  /// A low-rank layer of 5 inputs, with or without S, and a dense one.
  private func network(folded: Bool) -> Network<Float> {
    var stream = RandomStream(seed: 1, name: "file")
    let factors = LowRank<Float>(
      u: .normal(rows: 7, columns: 2, from: &stream), singularValues: folded ? nil : [3, 0.5],
      vT: .normal(rows: 2, columns: 5, from: &stream), bias: (0..<7).map { _ in Float(stream.normal()) })
    return Network(layers: [.lowRank(factors), Network<Float>(widths: [7, 3], seed: 2).layers[0]])
  }

  /// Two layers of which the second takes more inputs than the first has outputs.
  @Test func layersThatDoNotFit() throws {
    var file = SafeTensors()
    for (index, shape) in [[3, 4], [2, 5]].enumerated() {
      let elements = [Float](repeating: 0, count: shape[0] * shape[1])
      file.append("layers.\(index).weight", shape: shape, elements: elements, as: .float32)
      file.append("layers.\(index).bias", shape: [shape[0]], elements: Array(elements[..<shape[0]]), as: .float32)
    }
    #expect(throws: FileError(path: "x: layers.1", found: "5 inputs", expected: "3, the outputs of the layer before")) {
      try Network<Float>(from: file, path: "x")
    }
  }

  /// The size computed from the shapes is the length of the file.
  @Test func encodedSize() {
    let networks = (1...9).map { Network<Float>(widths: [$0, $0 * $0 * 9, 1], seed: 1) }
    for type in [SafeTensors.ElementType.float64, .float32, .float16] {
      for network in networks + [network(folded: true), network(folded: false)] {
        #expect(
          network.encodedSize(as: type) == network.tensors(as: type).encoded.count, "\(type), \(network.inputs) inputs")
      }
    }
  }

  /// A network of both kinds of layers comes back to the bit, and the same network is the same file.
  @Test(arguments: [true, false])
  func roundTrip(folded: Bool) throws {
    try withTemporaryFolder { folder in
      let network = network(folded: folded)
      let bytes = network.tensors().encoded
      try AtomicFile.write(bytes, to: "\(folder)/a.safetensors")
      #expect(try Network<Float>(readingFrom: "\(folder)/a.safetensors") == network)
      #expect(network.tensors().encoded == bytes)
    }
  }

  /// The layout of the format: a length, JSON, and elements from a multiple of 8 bytes on.
  @Test func layout() throws {
    var file = SafeTensors()
    file.append("a\"b", shape: [1, 2], elements: [1, -2] as [Float], as: .float32)
    file.append("h", shape: [1], elements: [0.5] as [Double], as: .float16)
    let header =
      #"{"a\"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[1],"data_offsets":[8,10]}}"#
    let padded = (header.utf8.count + 7) / 8 * 8
    let expected: [UInt8] =
      [UInt8(padded), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [UInt8](repeating: 32, count: padded - header.utf8.count)
      + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0x00, 0x38]
    #expect(file.encoded == expected)
    let decoded = try SafeTensors(decoding: expected, path: "x")
    #expect(try decoded["a\"b"]?.elements(as: Double.self, place: "x") == [1, -2])
    #expect(try decoded["h"]?.elements(as: Float.self, place: "x") == [0.5])
  }

  struct BadHeader: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    let found: String
  }

  static let badHeaders = [
    BadHeader(testDescription: "not JSON", header: "{\"a\":", found: "not JSON"),
    BadHeader(testDescription: "a list", header: "[1]", found: "JSON that is not an object"),
    BadHeader(testDescription: "nothing", header: "", found: "not JSON at byte 0"),
    BadHeader(
      testDescription: "nested too deep", header: String(repeating: "[", count: 200), found: "nested deeper than 127"),
    BadHeader(
      testDescription: "duplicate fields", header: #"{"a":{"dtype":"U8","dtype":"I8","shape":[8],"data_offsets":[0,8]}}"#,
      found: "the name 'dtype' twice"),
    BadHeader(testDescription: "no fields", header: #"{"a":3}"#, found: "something else"),
    BadHeader(
      testDescription: "unknown type", header: #"{"a":{"dtype":"F9","shape":[1],"data_offsets":[0,1]}}"#,
      found: "the type 'F9'"),
    BadHeader(testDescription: "no type", header: #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, found: "no type"),
    BadHeader(
      testDescription: "a size with a fraction", header: #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
      found: "a shape"),
    BadHeader(
      testDescription: "a size that is true", header: #"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#,
      found: "a shape"),
    BadHeader(
      testDescription: "a size beyond 64 bits",
      header: #"{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}"#, found: "a shape"),
    BadHeader(
      testDescription: "negative offsets", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
      found: "wrong data_offsets"),
    BadHeader(
      testDescription: "one offset", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
      found: "wrong data_offsets"),
    BadHeader(
      testDescription: "negative size", header: #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, found: "a shape"
    ),
    BadHeader(
      testDescription: "a shape that overflows",
      header: #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, found: "the shape"),
    BadHeader(
      testDescription: "offsets out of range", header: #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
      found: "bytes"),
    BadHeader(
      testDescription: "offsets turned round", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
      found: "data_offsets [4, 0]"),
    BadHeader(
      testDescription: "offsets and shape differ", header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      found: "data_offsets [0, 4]"),
    BadHeader(
      testDescription: "tensors that overlap",
      header:
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      found: "tensor 'b' from byte 2"),
    BadHeader(testDescription: "metadata that is no text", header: #"{"__metadata__":{"a":1}}"#, found: "something else"),
  ]

  @Test func badHeader() {
    for bad: BadHeader in Self.badHeaders {
      // Room for what the headers name.
      let bytes = safeTensorsFile(header: bad.header, data: [UInt8](repeating: 0, count: 8))
      let error = #expect(throws: FileError.self, "\(bad)") { try SafeTensors(decoding: bytes, path: "x.safetensors") }
      #expect(error?.path.hasPrefix("x.safetensors") == true && error?.found.contains(bad.found) == true, "\(error as Any)")
    }
  }

  /// Every byte belongs to a tensor, and an empty one may lie anywhere.
  @Test func emptyTensorsAndHoles() throws {
    var file = SafeTensors()
    file.append("z", shape: [0, 3], elements: [] as [Float], as: .float32)
    file.append("a", shape: [1], elements: [1] as [Float], as: .float32)
    let bytes = file.encoded
    #expect(try SafeTensors(decoding: bytes, path: "x").tensors.map(\.name) == ["z", "a"])
    let error = #expect(throws: FileError.self) { try SafeTensors(decoding: bytes + [0], path: "x") }
    #expect(error?.description == "x: found 5 bytes after the header, expected 4, all of them in a tensor")
  }

  /// Found by libFuzzer: an error that quotes a name had as many lines as the name.
  @Test func errorsAreOneLineWhateverTensorsAreCalled() throws {
    var file = SafeTensors()
    file.append("a\nb\r\n\u{2028}", shape: [1], elements: [1] as [Float], as: .float32)
    let (name, tensor) = try #require(SafeTensors(decoding: file.encoded, path: "x").tensors.first)
    #expect(name == "a\nb\r\n\u{2028}")
    let header = try SafeTensors.Header(decoding: file.encoded, path: "x")
    let errors: [FileError?] = [
      #expect(throws: FileError.self) { try tensor.matrix(of: Float.self, place: name) },
      #expect(throws: FileError.self) { try header.entry(named: nil, path: "x") },
      #expect(throws: FileError.self) { try header.entry(named: "c\nd", path: "x") },
      #expect(throws: FileError.self) { try Network<Float>(from: file, path: "x") },
      #expect(throws: FileError.self) {
        try SafeTensors(decoding: safeTensorsFile(header: #"{"a\nb":{"dtype":"F\n9"}}"#), path: "x")
      },
      #expect(throws: FileError.self) {
        try SafeTensors(decoding: safeTensorsFile(header: #"{"a\nb":1,"a\nb":1}"#), path: "x")
      },
    ]
    for error in errors {
      let line = try #require(error).description
      #expect(line.split(whereSeparator: \.isNewline).count == 1, "\(line.debugDescription)")
    }
  }

  @Test func headerLongerThanTheFile() {
    for bytes: [UInt8] in [[], [1, 2, 3], [9, 0, 0, 0, 0, 0, 0, 0, 123], [UInt8](repeating: 255, count: 64)] {
      #expect(throws: FileError.self) { try SafeTensors(decoding: bytes, path: "x") }
    }
    let error = #expect(throws: FileError.self) { try SafeTensors(decoding: [9, 0, 0, 0, 0, 0, 0, 0, 123], path: "x") }
    #expect(error?.description == "x: found 9 bytes, expected 17 or more, by its header: the file is cut short")
  }

  @Test func tensorsThatDoNotFit() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      var file = SafeTensors()
      file.append("layers.0.bias", shape: [3], elements: [0, 0, 0] as [Float], as: .float32)
      file.append("layers.0.weight", shape: [2, 4], elements: [Float](repeating: 0, count: 8), as: .float32)
      try AtomicFile.write(file.encoded, to: path)
      let error = #expect(throws: FileError.self) { try Network<Float>(readingFrom: path) }
      #expect(error?.description == "\(path): layers.0.weight: found the shape [2, 4], expected the shape [3, any]")
      // A layer that is missing in the middle would leave a smaller network.
      let whole = Network<Float>(widths: [4, 3, 2, 2], seed: 1).tensors()
      var partial = SafeTensors()
      for (name, tensor) in whole.tensors where !name.hasPrefix("layers.1") {
        partial.append(name, shape: tensor.shape, elements: try tensor.elements(as: Float.self, place: name), as: .float32)
      }
      try AtomicFile.write(partial.encoded, to: path)
      let gap = #expect(throws: FileError.self) { try Network<Float>(readingFrom: path) }
      #expect(gap?.found == "the tensor 'layers.2.weight'")
      try AtomicFile.write(SafeTensors().encoded, to: path)
      #expect(throws: FileError.self) { try Network<Float>(readingFrom: path) }
    }
  }
}
