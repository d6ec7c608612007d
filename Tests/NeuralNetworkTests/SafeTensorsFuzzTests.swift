import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

/// For any bytes, the reader throws a `FileError`, or returns tensors that satisfy the format.
@Suite struct SafeTensorsFuzzTests {
  static let fuzz: Fuzz = {
    var stream = RandomStream(seed: 1, name: "file")
    let factors = LowRank<Float>(
      u: .normal(rows: 3, columns: 1, from: &stream), singularValues: [2], vT: .normal(rows: 1, columns: 2, from: &stream),
      bias: [1, 2, 3])
    var several = SafeTensors()
    several.metadata = ["format": "pt", "é\"\n": "\u{1F600}"]
    several.append("a\"\\b", shape: [2, 2], elements: [1, 2, 3, 4] as [Double], as: .float64)
    several.append("empty", shape: [0, 7], elements: [] as [Float], as: .float32)
    several.append("half", shape: [3], elements: [0.5, 1, 2] as [Float], as: .float16)
    let handMade = safeTensorsFile(
      header:
        #" { "i" : {"dtype":"I8","shape":[],"data_offsets":[0,1]}, "b\u0062":{"dtype":"BF16","shape":[1,2],"data_offsets":[1,5]}} "#,
      data: [1, 2, 3, 4, 5])
    return Fuzz(
      "safetensors",
      corpus: [
        Network<Float>(layers: [.lowRank(factors)]).tensors().encoded,
        Network<Float>(widths: [2, 3, 1], seed: 2).tensors().encoded, several.encoded, handMade, SafeTensors().encoded,
        QuantisedNetworkTests.small.tensors.encoded,
      ],
      words: SafeTensors.ElementType.allCases.map { "\"\($0.rawValue)\"" } + [
        "\"shape\":", "\"dtype\":", "\"data_offsets\":", "\"__metadata__\":", "[", "]", "{", "}", ",", "null", "[[[[[[[[",
        "\\u0061", "\\ud83d\\ude00", "\\ud800", "-1", "0", "4611686018427387904", "9223372036854775807",
        "18446744073709551616", "1e3", "0.0",
        "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "layers.0.bias", "layers.0.u", "layers.0.weight", "codes", "scales", "biases",
        "bits", "ranks", "widths", "dense",
      ])
  }()

  @Test func mutatedFiles() throws {
    let (accepted, all) = try Self.fuzz.run { input, number in
      let file: SafeTensors
      do { file = try SafeTensors(decoding: input, path: "x") } catch {
        #expect(isOneLine(error, about: "x"), "input \(number): \(error)")
        return false
      }
      check(file, input: number)
      // Reading a network must throw or succeed too.
      do { _ = try Network<Float>(from: file, path: "x") } catch {
        #expect(isOneLine(error, about: "x"), "input \(number): \(error)")
      }
      return true
    }
    #expect(accepted > 0 && (all == 1 || accepted < all))
  }

  private func check(_ file: SafeTensors, input number: Int) {
    #expect(Set(file.tensors.map { Array($0.name.utf8) }).count == file.tensors.count, "input \(number)")
    for (name, tensor) in file.tensors {
      #expect(tensor.bytes.count == tensor.type.size(of: tensor.shape), "input \(number): \(name)")
      if let elements = try? tensor.elements(as: Double.self, place: name) {
        #expect(elements.count * tensor.type.bits == 8 * tensor.bytes.count, "input \(number): \(name)")
      }
      if let matrix = try? tensor.matrix(of: Float.self, place: name) {
        #expect([matrix.rows, matrix.columns] == tensor.shape, "input \(number): \(name)")
      }
    }
    let again = try? SafeTensors(decoding: file.encoded, path: "again")
    #expect(again?.tensors.map(\.name) == file.tensors.map(\.name), "input \(number)")
    #expect(
      again?.tensors.map(\.tensor) == file.tensors.map(\.tensor) && again?.metadata == file.metadata, "input \(number)")
  }
}
