import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

/// `lowrank export`: what it prints and writes, and a line for each mistake.
@Suite struct ExportCommandTests {
  /// A network 5 → 4 → 3; its metadata say the activation, and the normalisation if it is known.
  private func withNetwork(_ normalisation: Normalisation? = nil, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("a.weight", Matrix<Float>(rows: 4, columns: 5) { Float($0 - $1) }, as: .float32)
      file.append("b.weight", Matrix<Float>(rows: 3, columns: 4) { Float($0 * $1) }, as: .float32)
      file.append("b.bias", shape: [3], elements: [1, 2, 3] as [Float], as: .float32)
      file.metadata[Factorings.key] = NetworkDescription(activation: .tanh, normalisation: normalisation).metadata
      try AtomicFile.write(pieces: file.pieces, to: "\(folder)/net.safetensors")
      try body(folder)
    }
  }

  private func export(_ arguments: [String], in folder: String) throws -> Invocation {
    try Invocation(["export", "net.safetensors"] + arguments, in: folder)
  }

  @Test func printsAndWrites() throws {
    try withNetwork(Normalisation(mean: 0.5, deviation: 2)) { folder in
      let run = try export(["--onnx", "new/net.onnx", "--npz", "net.npz", "--input", "bytes"], in: folder)
      #expect(run.status == 0)
      let size = try readFile("\(folder)/new/net.onnx").count
      #expect(
        run.output == """
          new/net.onnx: input [batch, 5] (bytes), logits [batch, 3], operators 13, \(size) B
          net.npz: a.weight, b.weight, b.bias, activation, mean, deviation, 1.60 kB

          """)
      #expect(
        run.errors.hasPrefix("net.safetensors: 2 layers, tanh between them (by its metadata); inputs (x − 0.5) / 2.0 "))
      let bytes = try readFile("\(folder)/new/net.onnx")
      for text in ["lowrank", "tanh", "0.5", "DequantizeLinear"] {
        #expect(String(decoding: bytes, as: UTF8.self).contains(text) == (text != "DequantizeLinear"))
      }
    }
  }

  /// Options come before what the file says.
  @Test func options() throws {
    try withNetwork { folder in
      let options = ["--activation", "gelu", "--mean", "0.25", "--input", "unit", "--layers", "a,b"]
      let run = try export(["--onnx", "net.onnx"] + options, in: folder)
      #expect(run.status == 0 && run.output.contains("(unit), logits [batch, 3], operators 20"), "\(run.errors)")
      #expect(run.errors.contains("gelu between them (by option); inputs (x − 0.25) / 1.0 (by option)"), "\(run.errors)")
    }
  }

  @Test(arguments: [
    ([], ["--onnx, --npz: found none"]),
    (["--onnx", "net.pb"], ["--onnx: found net.pb", ".onnx"]),
    (["--npz", ""], ["--npz: found nothing", ".npz"]),
    (["--npz", "net.npz", "--input", "bytes"], ["--input: found no --onnx"]),
    (["--onnx", "net.onnx", "--input", "bytes"], ["--input: found 'bytes' without", "--mean and --deviation"]),
    (["--onnx", "net.onnx", "--input", "images"], ["images", "normalised, unit, bytes"]),
    (["--onnx", "net.onnx", "--layers", "b,a"], ["net.safetensors: found 'a' [4, 5] behind 'b' [3, 4]"]),
    (["--onnx", "link.onnx"], ["--onnx: found link.onnx, the network", "another file"]),
  ])
  func mistakes(arguments: [String], says: [String]) throws {
    try withNetwork { folder in
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link.onnx", withDestinationPath: "net.safetensors")
      try expectMistake(export(arguments, in: folder), says: says)
      #expect(try folderNames(folder) == ["link.onnx", "net.safetensors"])
    }
  }
}
