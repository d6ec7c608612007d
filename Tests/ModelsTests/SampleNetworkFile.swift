import Files
import LinearAlgebra
import NeuralNetwork

@testable import Models

extension NetworkFile {
  /// A network 9 → 7 → 8 → 3 of normal elements, whose layer in the middle is factors of rank 2.
  static func sample(
    _ names: [String] = ["fc1", "fc2", "out"], biases: [Bool] = [true, true, true], activation: ActivationFunction = .relu,
    normalisation: Normalisation? = nil
  ) throws -> NetworkFile {
    var stream = RandomStream(seed: 1, name: "network")
    var file = SafeTensors()
    func add(_ name: String, _ rows: Int, _ columns: Int) {
      file.append(name, Matrix<Float>.normal(rows: rows, columns: columns, from: &stream), as: .float32)
    }
    func addBias(_ prefix: String, _ count: Int) {
      file.append("\(prefix)bias", shape: [count], elements: (0..<count).map { _ in Float(stream.normal()) }, as: .float32)
    }
    let prefixes = names.map { $0.isEmpty ? "" : "\($0)." }
    add("\(prefixes[0])weight", 7, 9)
    add("\(prefixes[1])0.weight", 2, 7)
    add("\(prefixes[1])1.weight", 8, 2)
    add("\(prefixes[2])weight", 3, 8)
    for (prefix, count) in [(prefixes[0], 7), ("\(prefixes[1])1.", 8), (prefixes[2], 3)]
    where biases[prefixes.firstIndex(of: prefix) ?? 1] { addBias(prefix, count) }
    let middle = Factorings.Layer(
      name: "\(prefixes[1])weight", rank: 2, shape: [8, 7], type: "F32",
      factors: ["\(prefixes[1])0.weight", "\(prefixes[1])1.weight"], bias: biases[1] ? "\(prefixes[1])1.bias" : nil)
    file.metadata[Factorings.key] =
      Factorings(
        layers: [middle],
        network: NetworkDescription(activation: activation, layers: names, normalisation: normalisation)
      ).text
    return try NetworkFile(decoding: file.encoded, path: "n.safetensors")
  }

  /// A network 5 → 7 → 3 of codes, whose first layer is factors of rank 3.
  static func codes(bits: Int) throws -> NetworkFile {
    var stream = RandomStream(seed: 1, name: "codes")
    func matrix(_ rows: Int, _ columns: Int) -> QuantisedMatrix {
      QuantisedMatrix(
        rows: rows, columns: columns, bits: bits, codes: (0..<rows * columns).map { _ in UInt8(stream.below(1 << bits)) },
        scales: (0..<rows).map { _ in Float16(stream.uniform(in: 0.001...0.2)) })
    }
    func bias(_ count: Int) -> [Float16] { (0..<count).map { _ in Float16(stream.normal()) } }
    let network = QuantisedNetwork(layers: [
      .init(.lowRank(u: matrix(7, 3), vT: matrix(3, 5)), bias: bias(7)), .init(.dense(matrix(3, 7)), bias: bias(3)),
    ])
    return try NetworkFile(decoding: network.tensors.encoded, path: "q.safetensors")
  }
}

extension ONNXExport {
  var bytes: [UInt8] { message.pieces.flatMap { $0 } }
}
