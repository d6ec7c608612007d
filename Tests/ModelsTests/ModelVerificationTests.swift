import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// A compressed model against the one that it was made from: all agree, and each change is found.
@Suite struct ModelVerificationTests {
  /// A model, what it became, and the report beside that.
  private func withCompressed(
    _ naming: FactorNaming = .sequential, stored: StoredType = .same, ranks: Extent = .rank(6),
    _ body: (_ folder: String, _ out: String, _ model: String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let plan = try CompressionPlan(
        of: model, surveyed: try model.surveyed(), extent: ranks, stored: stored, naming: naming)
      let out = "\(folder)/out.safetensors"
      let report = try model.write(plan, to: out)
      try AtomicFile.write(report.json.prettyText, to: CompressionReport.paths(beside: out).json)
      try body(folder, out, model.path)
    }
  }

  /// What differs, as subject and what was compared.
  private func differences(_ out: String, _ model: String, threads: Int = 1) throws -> [String: String] {
    let checks = try ModelVerification(of: out, against: model, workers: Workers(count: threads), progress: unheard).checks()
    return Dictionary(
      checks.compactMap { check in check.difference.map { ("\(check.subject), \(check.compared)", $0) } }
    ) { first, _ in first }
  }

  @Test(arguments: FactorNaming.allCases, StoredType.elements)
  func agreement(naming: FactorNaming, stored: StoredType) throws {
    try withCompressed(naming, stored: stored) { folder, out, model in
      for threads in [1, 3] { #expect(try differences(out, model, threads: threads) == [:]) }
      let verification = try ModelVerification(of: out, against: model, workers: Workers(count: 2), progress: unheard)
      #expect(verification.size == fileSize(model))
      let compared = Set(try verification.checks().map { "\($0.subject), \($0.compared)" })
      let expected = ["fc1.weight", "fc2.weight"].flatMap { name in
        ["SHA-256 before", "shape", "types", "rank", "measured error"].map { "\(name), \($0)" }
      }
      #expect(compared.isSuperset(of: expected))
      let copies = ["tok_embed.weight", "fc1.bias", "conv.weight", "head.weight", "scale", "empty", "ids", "mask"]
      #expect(compared.isSuperset(of: copies.map { "\($0), bytes" }))
    }
  }

  /// Matrices that stayed as they are in the report, and nothing but those.
  @Test func denseLayers() throws {
    for extent: Extent in [.energy(0.96), .rank(1000)] {
      try withCompressed(ranks: extent) { _, out, model in
        let found = try differences(out, model)
        #expect(found == [:])
      }
    }
  }

  /// Against a model that was itself compressed: earlier factors and their bias are copies.
  @Test func compressedAgain() throws {
    try withCompressed(ranks: .rank(9)) { folder, _, _ in
      var file = try SafeTensors(readingFrom: "\(folder)/out.safetensors")
      file.append("fc3.weight", decaying(30, 28, seed: 9), as: .float32)
      file.append("fc3.bias", shape: [30], elements: [Float](repeating: 1, count: 30), as: .float32)
      let model = try file.model(in: folder, "once.safetensors")
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(5))
      let report = try model.write(plan, to: "\(folder)/twice.safetensors")
      #expect(report.layers.map(\.tensor) == ["fc3.weight"])
      try AtomicFile.write(report.json.text, to: "\(folder)/twice.lowrank.json")
      #expect(try differences("\(folder)/twice.safetensors", model.path) == [:])
    }
  }

  /// A bit of each tensor of the output, flipped: found by its own comparison, beside the file's digest.
  @Test(arguments: [
    ("fc1.0.weight", "fc1.weight, measured error"), ("fc1.1.weight", "fc1.weight, measured error"),
    ("fc2.1.weight", "fc2.weight, measured error"), ("fc1.1.bias", "fc1.bias, bytes"),
    ("conv.weight", "conv.weight, bytes"), ("ids", "ids, bytes"), ("mask", "mask, bytes"), ("scale", "scale, bytes"),
  ])
  func flippedBit(tensor: String, found: String) throws {
    try withCompressed { _, out, model in
      let entries = try SafeTensors.Header(of: try InputFile(out)).entries
      let range = try #require(entries.first { $0.name == tensor }).range
      var bytes = try readFile(out)
      bytes[range.lowerBound + range.count / 2] ^= 1
      try AtomicFile.write(bytes, to: out)
      #expect(Set(try differences(out, model).keys) == ["\(out), SHA-256 of the file", found])
    }
  }

  /// Another original: a bit in a matrix, in a copy; a tensor more; other sizes.
  @Test func anotherOriginal() throws {
    try withCompressed { folder, out, model in
      let file = try SafeTensors(readingFrom: model)
      func flipped(_ changed: String) -> SafeTensors {
        var other = SafeTensors()
        for (name, tensor) in file.tensors {
          var bytes = tensor.bytes
          if name == changed { bytes[bytes.count / 2] ^= 1 }
          other.append(name, SafeTensors.Tensor(type: tensor.type, shape: tensor.shape, bytes: bytes))
        }
        other.metadata = file.metadata
        return other
      }
      let other = "\(folder)/other.safetensors"
      for (name, found) in [
        ("fc1.weight", ["fc1.weight, SHA-256 before", "fc1.weight, measured error"]), ("fc2.bias", ["fc2.bias, bytes"]),
        ("mask", ["mask, bytes"]), ("head.weight", ["head.weight, bytes"]),
      ] {
        try flipped(name).write(to: other)
        #expect(Set(try differences(out, other).keys) == Set(found), "\(name)")
      }
      var more = file
      more.append("more", shape: [3], bytes: [1, 2, 3])
      try more.write(to: other)
      let differences = try differences(out, other)
      #expect(differences["more, bytes"] == "found no such tensor, expected a copy")
      #expect(differences["\(other), bytes before"] != nil)
    }
  }

  /// A report with another value.
  @Test(arguments: [
    ("\"rank\" : 6", "\"rank\" : 7", "fc1.weight, rank"),
    ("\"measured_error\" : 0.", "\"measured_error\" : 1.", "fc1.weight, measured error"),
    ("\"tensor\" : \"fc1.weight\"", "\"tensor\" : \"fc2.bias\"", "fc2.bias, SHA-256 before"),
  ])
  func editedReport(text: String, other: String, found: String) throws {
    try withCompressed { _, out, model in
      let path = CompressionReport.paths(beside: out).json
      let report = try readText(path)
      let range = try #require(report.range(of: text))
      try AtomicFile.write(report.replacingCharacters(in: range, with: other), to: path)
      #expect(try differences(out, model)[found] != nil)
    }
  }

  /// The file's digest, and the sizes.
  @Test func editedTotals() throws {
    try withCompressed { _, out, model in
      let path = CompressionReport.paths(beside: out).json
      let report = try CompressionReport(readingFrom: path)
      func found(_ change: (inout CompressionReport) -> Void) throws -> Set<String> {
        var other = report
        change(&other)
        try AtomicFile.write(other.json.text, to: path)
        return Set(try differences(out, model).keys)
      }
      #expect(try found { $0.digest = "" } == ["\(out), SHA-256 of the file"])
      #expect(try found { $0.after.bytes += 1 } == ["\(out), bytes of the file"])
      #expect(try found { $0.before.bytes += 1 } == ["\(model), bytes before"])
      #expect(try found { $0.layers[1].digest = "0" } == ["fc2.weight, SHA-256 before"])
      #expect(try found { $0.after.parameters -= 1 } == ["\(out), parameters of the file"])
      #expect(try found { $0.before.parameters -= 1 } == ["\(model), parameters before"])
      #expect(try found { $0.after.macs -= 1 } == ["\(out), multiply–accumulates"])
      #expect(try found { $0.before.macs -= 1 } == ["\(model), multiply–accumulates before"])
      #expect(try found { $0.layers[0].type = "F16" } == ["fc1.weight, types"])
      #expect(try found { $0.layers[0].stored = "BF16" } == ["fc1.weight, types"])
      #expect(try found { ($0.layers[0].rows, $0.layers[0].columns) = (24, 32) } == ["fc1.weight, shape"])
      #expect(try found { _ in } == [])
    }
  }

  /// A row of the report that is gone, or about nothing.
  @Test func otherRows() throws {
    try withCompressed { _, out, model in
      let path = CompressionReport.paths(beside: out).json
      let report = try CompressionReport(readingFrom: path)
      var fewer = report
      fewer.layers.removeLast()
      try AtomicFile.write(fewer.json.text, to: path)
      let found = try differences(out, model)
      #expect(found["fc2.weight, rank"] == "found 6, expected dense" && found["fc2.weight, measured error"] != nil)
      var more = report
      more.layers.append(more.layers[0])
      more.layers[2].tensor = "none"
      try AtomicFile.write(more.json.text, to: path)
      #expect(try differences(out, model)["none, rank"] == "found no such tensor, expected one to factor")
    }
  }

  /// Factors that hold NaN, or have the shapes of another matrix, or claim to be those of a vector: differences, not the end.
  @Test func otherFactors() throws {
    try withCompressed { folder, out, model in
      let file = try SafeTensors(readingFrom: out)
      func found(_ other: SafeTensors) throws -> [String: String] {
        try other.write(to: out)
        return try differences(out, model)
      }
      var (nan, turned) = (SafeTensors(), SafeTensors())
      for (name, tensor) in file.tensors {
        let isFirst = name == "fc1.0.weight"
        let bytes = isFirst ? [0, 0, 0xC0, 0x7F] + tensor.bytes.dropFirst(4) : tensor.bytes
        nan.append(name, SafeTensors.Tensor(type: tensor.type, shape: tensor.shape, bytes: bytes))
        let shape = isFirst ? tensor.shape.reversed() : tensor.shape
        turned.append(name, SafeTensors.Tensor(type: tensor.type, shape: shape, bytes: tensor.bytes))
      }
      (nan.metadata, turned.metadata) = (file.metadata, file.metadata)
      #expect(try found(nan)["fc1.weight, measured error"]?.hasPrefix("found nan, expected 0.") == true)
      let shapes = "found factors of the shapes [24, 6] and [32, 6], expected some whose product has the shape [32, 24]"
      #expect(try found(turned)["fc1.weight, measured error"] == shapes)
      var vector = file
      vector.metadata["lowrank"] = file.metadata["lowrank"]?.replacing("\"fc1.weight\":", with: "\"mask\":")
      #expect(try found(vector)["mask, measured error"]?.hasSuffix("has the shape [3]") == true)
    }
  }

  /// A missing report, a damaged output.
  @Test func missing() throws {
    try withCompressed { folder, out, model in
      try AtomicFile.write(Array(try readFile(out).dropLast()), to: out)
      #expect(throws: FileError.self) { try differences(out, model) }
      let error = #expect(throws: FileError.self) { try differences(model, model) }
      #expect(error?.path == "\(folder)/model.lowrank.json" && error?.found == "no such file")
    }
  }
}
