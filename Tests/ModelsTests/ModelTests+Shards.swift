import Files
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Models of several files.
extension ModelTests {
  /// Two shards: half of the sample each.
  private static func writeShards(in folder: String) throws {
    let file = SafeTensors.sample()
    var first = file.keeping(["tok_embed.weight", "fc1.weight", "fc1.bias", "ids"])
    first.metadata = ["format": "pt", "part": "1", "only": "first"]
    var second = file.keeping(["fc2.weight", "fc2.bias", "conv.weight", "head.weight", "scale", "empty", "mask"])
    second.metadata = ["format": "pt", "part": "2", "also": "second"]
    try first.write(to: "\(folder)/b-1.safetensors")
    try second.write(to: "\(folder)/a-2.safetensors")
  }

  private static func index(_ map: [String: String]) -> String {
    let pairs = map.sorted { $0.key < $1.key }.map { "\(JSON.string($0.key).text):\(JSON.string($0.value).text)" }
    return "{\"metadata\":{\"total_size\":1},\"weight_map\":{\(pairs.joined(separator: ","))}}"
  }

  /// The folder alone: its files in the order of their names. Hidden files and others are not among them.
  @Test func folderWithoutAnIndex() throws {
    try withTemporaryFolder { folder in
      try Self.writeShards(in: folder)
      for other in [".hidden.safetensors", "config.json", "pytorch_model.bin", "a.safetensors.txt"] {
        try AtomicFile.write("x", to: "\(folder)/\(other)")
      }
      for path in [folder, folder + "/"] {
        let model = try Model(readingFrom: path)
        #expect(model.files.map { ($0.path as NSString).lastPathComponent } == ["a-2.safetensors", "b-1.safetensors"])
        #expect(model.tensors.first?.name == "fc2.weight" && model.tensors.last?.name == "ids")
        #expect(model.size == model.files.reduce(0) { $0 + $1.size } && model.tensors.count == 11)
        for tensor in model.tensors { #expect(try model.read(tensor) == SafeTensors.sample()[tensor.name]) }
        // Of two texts, that of the first file counts, and the name is reported.
        #expect(model.metadata == ["format": "pt", "part": "2", "only": "first", "also": "second"])
        #expect(model.metadataConflicts == ["part"])
      }
    }
  }

  /// An index names the shards; files beside them do not count.
  @Test func folderWithAnIndex() throws {
    try withTemporaryFolder { folder in
      try Self.writeShards(in: folder)
      try SafeTensors.sample().write(to: "\(folder)/whole.safetensors")
      let index = Self.index(["fc1.weight": "b-1.safetensors", "fc2.weight": "a-2.safetensors", "mask": "a-2.safetensors"])
      try AtomicFile.write(index, to: "\(folder)/model.safetensors.index.json")
      for path in [folder, "\(folder)/model.safetensors.index.json"] {
        // As macOS leaves it beside a file.
        try AtomicFile.write("x", to: "\(folder)/._model.safetensors.index.json")
        let model = try Model(readingFrom: path)
        #expect(model.files.map(\.path) == ["\(folder)/a-2.safetensors", "\(folder)/b-1.safetensors"])
        #expect(model.tensors.count == 11)
      }
    }
  }

  /// A folder with something wrong, and the error.
  struct Mistake: CustomTestStringConvertible {
    let testDescription: String
    /// Files beside the two shards.
    var files: [String: String] = [:]
    /// The index, as a map of names to files.
    var index: [String: String]?
    /// Of the model in the folder; empty for the folder.
    var model = ""
    /// The file in the folder that the error is about.
    let path: String
    let found: String
    let expected: String
  }

  static let mistakes = [
    Mistake(
      testDescription: "a shard is missing", index: ["fc1.weight": "b-1.safetensors", "x": "c.safetensors"],
      path: "/c.safetensors", found: "no such file", expected: "a shard, as the index has it"),
    Mistake(
      testDescription: "a tensor is in another shard", index: ["fc1.weight": "a-2.safetensors", "mask": "b-1.safetensors"],
      path: "/a-2.safetensors", found: "no tensor 'fc1.weight'", expected: "it, as the index has it"),
    Mistake(
      testDescription: "a tensor is in no shard", index: ["fc3.weight": "a-2.safetensors"],
      path: "/a-2.safetensors", found: "no tensor 'fc3.weight'", expected: "it, as the index has it"),
    Mistake(
      testDescription: "a shard in another folder", index: ["mask": "../a-2.safetensors"],
      path: "/model.safetensors.index.json", found: "the shard '../a-2.safetensors'",
      expected: "the name of a file beside the index"),
    // A slash, and an accent over it: two bytes more, one Character.
    Mistake(
      testDescription: "a shard in another folder, disguised", index: ["mask": "../\u{301}.safetensors"],
      path: "/model.safetensors.index.json", found: "the shard '../\u{301}.safetensors'",
      expected: "the name of a file beside the index"),
    Mistake(
      testDescription: "a shard without a name", index: ["mask": ""], path: "/model.safetensors.index.json",
      found: "the shard ''", expected: "the name of a file beside the index"),
    Mistake(
      testDescription: "an index of nothing", index: [:], path: "/model.safetensors.index.json",
      found: "an index without shards", expected: "one shard or more"),
    Mistake(
      testDescription: "two indices", files: ["z.safetensors.index.json": "{}"], index: ["mask": "a-2.safetensors"],
      path: "", found: "the indices model.safetensors.index.json, z.safetensors.index.json",
      expected: "one of them as the model"),
    Mistake(
      testDescription: "other JSON", files: ["config.json": "{\"layers\":12}"], model: "/config.json", path: "/config.json",
      found: "JSON without 'weight_map'", expected: "an index of shards"),
    Mistake(
      testDescription: "no file", model: "/none.safetensors", path: "/none.safetensors", found: "no such file",
      expected: "a file"),
  ]

  @Test(arguments: mistakes)
  func mistakesInFolders(mistake: Mistake) throws {
    try withTemporaryFolder { folder in
      try Self.writeShards(in: folder)
      for (name, text) in mistake.files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
      if let index = mistake.index {
        try AtomicFile.write(Self.index(index), to: "\(folder)/model.safetensors.index.json")
      }
      let expected = FileError(path: folder + mistake.path, found: mistake.found, expected: mistake.expected)
      #expect(throws: expected) { try Model(readingFrom: folder + mistake.model) }
    }
  }

  /// A tensor in two files, named with both.
  @Test func aTensorInTwoShards() throws {
    try withTemporaryFolder { folder in
      try Self.writeShards(in: folder)
      try SafeTensors.sample().keeping(["mask"]).write(to: "\(folder)/c.safetensors")
      let expected = FileError(
        path: "\(folder)/c.safetensors", found: "the tensor 'mask', which \(folder)/a-2.safetensors has too",
        expected: "it in one shard")
      #expect(throws: expected) { try Model(readingFrom: folder) }
    }
  }

  @Test func folderWithoutAModel() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("{}", to: "\(folder)/config.json")
      let expected = FileError(path: folder, found: "no file whose name ends in .safetensors", expected: "a model")
      #expect(throws: expected) { try Model(readingFrom: folder) }
    }
  }

  /// A pickle is never opened: the error has the line of Python that converts it.
  @Test(arguments: ["pytorch_model.bin", "model.pt", "model.pth"])
  func pickle(name: String) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write([0x80, 2] + [UInt8](repeating: 0x71, count: 60), to: "\(folder)/\(name)")
      for path in [folder, "\(folder)/\(name)"] {
        let error = #expect(throws: FileError.self) { try Model(readingFrom: path) }
        #expect(error?.path == "\(folder)/\(name)" && error?.found == "a Python pickle")
        #expect(error?.expected?.contains("safetensors.torch") == true)
      }
    }
  }
}
