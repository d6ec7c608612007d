import Datasets
import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Data that a network can be run on, or not.
@Suite struct DataFitTests {
  private func error(
    shape: [Int], labels: [UInt8]?, layers: [(name: String, outputs: Int, inputs: Int)]
  ) throws -> String {
    try withTemporaryFolder { folder in
      var tensors = SafeTensors()
      for layer in layers {
        tensors.append(
          layer.name.isEmpty ? "weight" : "\(layer.name).weight", Matrix<Float>(rows: layer.outputs, columns: layer.inputs),
          as: .float32)
      }
      var data = SafeTensors()
      data.append("x", shape: shape, bytes: [UInt8](repeating: 1, count: shape.reduce(1, *)))
      if let labels { data.append("y", shape: [labels.count], bytes: labels) }
      try AtomicFile.write(pieces: tensors.pieces, to: folder + "/n")
      try AtomicFile.write(pieces: data.pieces, to: folder + "/d.safetensors")
      let network = try NetworkFile(readingFrom: folder + "/n")
      do { try DataFile(readingFrom: folder + "/d.safetensors").requireFit(to: network) } catch {
        return "\(error)".replacing(folder + "/", with: "")
      }
      return "none"
    }
  }

  @Test func inputs() throws {
    let layers = [("fc1", 7, 20), ("fc2", 3, 7)]
    #expect(try error(shape: [2, 4, 5], labels: [2, 0], layers: layers) == "none")
    #expect(try error(shape: [2, 20], labels: nil, layers: layers) == "none")
    #expect(
      try error(shape: [2, 4, 4], labels: [2, 0], layers: layers)
        == "d.safetensors: found images of 4×4, 16 elements, expected 20, the inputs of 'fc1' in n")
    #expect(
      try error(shape: [2, 21], labels: nil, layers: layers)
        == "d.safetensors: found samples of 21 elements, expected 20, the inputs of 'fc1' in n")
    #expect(
      try error(shape: [2, 21], labels: nil, layers: [("", 3, 20)])
        == "d.safetensors: found samples of 21 elements, expected 20, the inputs of the layer in n")
  }

  @Test func labels() throws {
    #expect(
      try error(shape: [4, 5], labels: [0, 2, 3, 4], layers: [("a", 3, 5)])
        == "d.safetensors: found the label 3 for sample 2 (counted from 0), expected a class from 0 to 2: 'a' in n has 3 outputs"
    )
    #expect(
      try error(shape: [2, 5], labels: [0, 1], layers: [("a", 1, 5)])
        == "d.safetensors: found the label 1 for sample 1 (counted from 0), expected 0: 'a' in n has one output")
  }
}
