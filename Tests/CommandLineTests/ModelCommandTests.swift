import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// `lowrank inspect`, `compress` and `verify --against`: what they print and write, and a line for each mistake.
@Suite struct ModelCommandTests {
  /// Two layers with known singular values 1, 1/2, …, a bias and a kernel of four dimensions.
  static let model: SafeTensors = {
    var stream = RandomStream(seed: 1, name: "model")
    var file = SafeTensors()
    for (name, rows, columns) in [("fc1.weight", 60, 40), ("fc2.weight", 30, 60)] {
      let values = (1...min(rows, columns)).map { 1 / Double($0) }
      let matrix = Matrix<Double>.prescribing(values, rows: rows, columns: columns, from: &stream)
      file.append(name, matrix, as: .float32)
    }
    file.append("fc1.bias", shape: [60], elements: (0..<60).map { Float($0) }, as: .float32)
    file.append("conv.weight", shape: [4, 4, 3, 3], elements: [Float](repeating: 2, count: 144), as: .float32)
    file.metadata = ["format": "pt"]
    return file
  }()

  @Test func inspects() throws {
    try withModel { folder in
      let arguments = ["inspect", "m.safetensors", "--csv", "m.csv", "--json", "m.json", "--spectra", "s.safetensors"]
      let run = try Invocation(arguments, in: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      for text in ["m.safetensors: 4 tensors, 4404 parameters", "fc1.weight  60×40  F32    1 ", "break-even", "--rank 16"] {
        #expect(run.output.contains(text), "\(text) in:\n\(run.output)")
      }
      var lines: [Int] = []
      let table = try CSVTable(
        readingFrom: "\(folder)/m.csv", selecting: ["tensor", "rank_90", "break_even_rank"], lines: &lines)
      // 1 + 1/4 + 1/9 + 1/16 is 87.8 % and 1 + … + 1/25 is 90.3 % of the sum to 40.
      #expect(table.rows == [["fc1.weight", "5", "23"], ["fc2.weight", "5", "19"]])
      let again = try Invocation(arguments + ["--threads", "3"], in: folder)
      #expect(again.output == run.output)
    }
  }

  @Test(arguments: [["--rank", "5"], ["--energy", "0.9"], ["--size", "60%"], ["--rank", "5", "--store", "bf16"]])
  func compressesAndVerifies(options: [String]) throws {
    try withModel { folder in
      let run = try Invocation(["compress", "m.safetensors", "-o", "new/s.safetensors"] + options, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      for text in ["fc1.weight  60×40  F32", "the file: ", "the whole", "MACs"] {
        #expect(run.output.contains(text), "\(text) in:\n\(run.output)")
      }
      let file = try SafeTensors(readingFrom: "\(folder)/new/s.safetensors")
      #expect(file["conv.weight"] == Self.model["conv.weight"] && file["fc1.1.bias"] == Self.model["fc1.bias"])
      #expect(file["fc1.weight"] == nil && file["fc1.bias"] == nil && file.metadata["format"] == "pt")
      let names = try folderNames("\(folder)/new")
      #expect(names == ["s.lowrank.csv", "s.lowrank.json", "s.safetensors"])
      let verify = ["verify", "new/s.safetensors", "--against", "m.safetensors"]
      let verified = try Invocation(verify, in: folder)
      #expect(verified.status == 0 && verified.output.contains("all ") && verified.errors.isEmpty, "\(verified.output)")

      // One bit of the last tensor.
      var bytes = try readFile("\(folder)/new/s.safetensors")
      bytes[bytes.count - 2] ^= 1
      try AtomicFile.write(bytes, to: "\(folder)/new/s.safetensors")
      let damaged = try Invocation(verify, in: folder)
      #expect(damaged.status != 0 && damaged.output.contains("NO") && damaged.errorLines.count == 1)
    }
  }

  /// As lines of the README and of docs/models.md have it.
  @Test func dryRunWritesNothing() throws {
    try withModel { folder in
      let run = try Invocation(["compress", "m.safetensors", "--size", "60%", "--dry-run"], in: folder)
      #expect(run.status == 0 && run.output.contains("the file: 17.9 kB → "), "\(run.output)")
      #expect(try folderNames(folder) == ["m.safetensors"])
    }
  }

  @Test(arguments: [
    (["compress", "m.safetensors", "--rank", "5", "-o", "m.safetensors"], ["--output", "the model itself"]),
    (["compress", "m.safetensors", "--rank", "5"], ["--output: found nothing"]),
    (["compress", "m.safetensors", "-o", "s.safetensors"], ["found none, expected one of them"]),
    (["compress", "m.safetensors", "--rank", "5", "--size", "9kB", "-o", "s.safetensors"], ["--rank and --size"]),
    (["compress", "m.safetensors", "--size", "1%", "-o", "s.safetensors"], ["--size: found 179 B, 1.0 %", "at least"]),
    (["compress", "m.safetensors", "--rank", "5", "--include", "fc3*", "-o", "s.safetensors"], ["'fc1.weight'"]),
    (["compress", "none.safetensors", "--rank", "5", "-o", "s.safetensors"], ["none.safetensors: found no such file"]),
    (["inspect", "m.safetensors", "--figure", "m.gif"], [".gif", ".svg, .png or .pdf"]),
    (["verify", "s.safetensors", "--against", "m.safetensors"], ["s.safetensors: found no such file"]),
    (["verify", "part9"], ["'part9'", "baseline"]),
  ])
  func mistakes(arguments: [String], says: [String]) throws {
    try withModel { folder in
      let run = try Invocation(arguments, in: folder)
      #expect(run.status != 0 && run.errorLines.count { $0.hasPrefix("error: ") } == 1, "\(run.errors)")
      for text in says { #expect(run.errors.contains(text), "\(run.errors)") }
      #expect(try folderNames(folder) == ["m.safetensors"])
      #expect(try readFile("\(folder)/m.safetensors") == Self.model.encoded)
    }
  }

  private func withModel(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Self.model.encoded, to: "\(folder)/m.safetensors")
      try body(folder)
    }
  }
}
