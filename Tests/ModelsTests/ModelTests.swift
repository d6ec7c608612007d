import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Opening a model: which files it has, which tensors, and what is wrong with it.
@Suite struct ModelTests {
  @Test func oneFile() throws {
    try withTemporaryFolder { folder in
      let file = SafeTensors.sample(metadata: ["format": "pt", "note": "é"])
      let model = try file.model(in: folder)
      #expect(model.path == "\(folder)/model.safetensors" && model.files.map(\.path) == [model.path])
      #expect(model.size == file.encoded.count)
      #expect(model.metadata == ["format": "pt", "note": "é"] && model.metadataConflicts == [])
      #expect(model.tensors.count == file.tensors.count)
      for tensor in model.tensors {
        let expected = try #require(file[tensor.name])
        #expect(tensor.shape == expected.shape && tensor.type == expected.type && tensor.file == 0, "\(tensor.name)")
        #expect(try model.read(tensor) == expected, "\(tensor.name)")
        #expect(model.place(tensor) == "\(model.path): tensor '\(tensor.name)'")
      }
      let matrices = model.tensors.filter { $0.matrix != nil }.map(\.name)
      #expect(matrices == ["tok_embed.weight", "fc1.weight", "fc2.weight", "head.weight"])
    }
  }

  /// Names are bytes: é in two ways are two tensors, and no name is odd.
  @Test func oddNames() throws {
    try withTemporaryFolder { folder in
      let names = ["e\u{301}", "\u{E9}", "", " ", "a\"b\\", "two\nlines", "weight", ".weight", "\u{0}"]
      var file = SafeTensors()
      for (index, name) in names.enumerated() { file.append(name, shape: [1], elements: [Float(index)], as: .float32) }
      let model = try file.model(in: folder)
      #expect(model.tensors.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
      #expect(try model.read(model.tensors[1]).elements(as: Float.self, place: "") == [1])
    }
  }

  /// A file of a terabyte that has no blocks: whoever read it would need the memory.
  @Test func onlyHeadersAreRead() throws {
    try withTemporaryFolder { folder in
      let size = 1 << 40
      let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1048576,262144],\"data_offsets\":[0,\(size)]}}"
      try AtomicFile.write(safeTensorsFile(header: header), to: "\(folder)/m.safetensors")
      try #require(truncate("\(folder)/m.safetensors", off_t(8 + header.utf8.count + size)) == 0)
      let model = try Model(readingFrom: "\(folder)/m.safetensors")
      #expect(model.size == 8 + header.utf8.count + size)
      #expect(model.tensors[0].matrix.map { [$0.rows, $0.columns] } == [1 << 20, 1 << 18])
      // Elements that went after the opening are an error when they are asked for.
      try #require(truncate("\(folder)/m.safetensors", 100) == 0)
      #expect(throws: FileError.self) { try model.files[0].read(0..<200) }
    }
  }

  /// A tensor without elements, whose extents overflow before they come to 0.
  @Test func hugeEmptyTensor() throws {
    try withTemporaryFolder { folder in
      let header =
        "{\"e\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,2,0],\"data_offsets\":[0,0]},"
        + "\"w\":{\"dtype\":\"F32\",\"shape\":[20,20],\"data_offsets\":[0,1600]}}"
      let bytes = safeTensorsFile(header: header, data: [UInt8](repeating: 0, count: 1600))
      try AtomicFile.write(bytes, to: "\(folder)/m.safetensors")
      let model = try Model(readingFrom: "\(folder)/m.safetensors")
      #expect(model.tensors.map(\.count) == [0, 400])
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(2))
      let report = try model.write(plan, to: "\(folder)/out.safetensors")
      #expect(report.before.parameters == 400 && report.after.parameters == 80)
      #expect(try Model(readingFrom: "\(folder)/out.safetensors").tensors[0].shape == [1 << 62, 2, 0])
    }
  }

  /// Tensors that other names stand for, as safetensors' `save_model` has them in the metadata.
  @Test func aliases() throws {
    try withTemporaryFolder { folder in
      let metadata = [
        "format": "pt", "z.weight": "fc1.weight", "a.weight": "fc1.weight", "fc2.weight": "fc1.weight", "other": "none",
        "head.bias": "fc2.bias",
      ]
      let aliases = try SafeTensors.sample(metadata: metadata).model(in: folder).aliases
      #expect(aliases == [Array("fc1.weight".utf8): ["a.weight", "z.weight"], Array("fc2.bias".utf8): ["head.bias"]])
    }
  }
}
