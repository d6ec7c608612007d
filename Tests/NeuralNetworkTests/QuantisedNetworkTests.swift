import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

@Suite struct QuantisedNetworkTests {
  /// Random codes, scales and biases; `ranks` has a rank a layer, `nil` for a dense one.
  static func network(_ widths: [Int], ranks: [Int?], bits: Int, seed: UInt64 = 1) -> QuantisedNetwork {
    var stream = RandomStream(seed: seed, name: "codes")
    func matrix(_ rows: Int, _ columns: Int) -> QuantisedMatrix {
      QuantisedMatrix(
        rows: rows, columns: columns, bits: bits, codes: (0..<rows * columns).map { _ in UInt8(stream.below(1 << bits)) },
        scales: (0..<rows).map { _ in Float16(stream.uniform(in: 0.001...0.2)) })
    }
    return QuantisedNetwork(
      layers: zip(ranks, zip(widths, widths.dropFirst())).map { rank, width in
        let weights: QuantisedNetwork.Weights =
          rank.map { .lowRank(u: matrix(width.1, $0), vT: matrix($0, width.0)) } ?? .dense(matrix(width.1, width.0))
        return QuantisedNetwork.Layer(weights, bias: (0..<width.1).map { _ in Float16(stream.normal()) })
      })
  }

  static let small = network([5, 7, 3], ranks: [2, nil], bits: 3)

  /// A network that is read back is the one that was written, to the bit and in both precisions.
  @Test(arguments: QuantisedMatrix.widths)
  func roundTrip(bits: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      for (widths, ranks) in [([5, 7, 3], [2, nil]), ([1, 1], [1]), ([1, 1], [nil]), ([9, 11, 13, 2], [nil, 5, 1])]
        as [([Int], [Int?])]
      {
        let network = Self.network(widths, ranks: ranks, bits: bits)
        try AtomicFile.write(network.tensors.encoded, to: path)
        let read = try Network<Float>(readingFrom: path)
        #expect(read == network.network, "\(widths)")
        #expect(try QuantisedNetwork(from: SafeTensors(readingFrom: path), path: path) == network)
        let double = try Network<Double>(readingFrom: path)
        #expect(double.tensors().encoded == read.tensors().encoded && double == network.decoded())
        #expect(network.encodedSize == network.tensors.encoded.count)
      }
    }
  }

  /// What the codes mean, spelt out: y = U (Vᵀ x) + b.
  @Test func decoded() throws {
    let u = QuantisedMatrix(rows: 2, columns: 1, bits: 2, codes: [3, 0], scales: [2, 4])
    let vT = QuantisedMatrix(rows: 1, columns: 3, bits: 2, codes: [1, 2, 3], scales: [1])
    let network = QuantisedNetwork(layers: [.init(.lowRank(u: u, vT: vT), bias: [0.5, -1])])
    let logits = network.network.logits(Matrix(rows: 1, columns: 3, elements: [1, 1, 1]), workers: Workers(count: 1))
    #expect(logits.elements == [3 * 1.5 + 0.5, -6 * 1.5 - 1])
    #expect(network.network.inputs == 3 && network.network.classes == 2 && network.bits == 2)
  }

  /// b bits take b bits: only the last byte has room left. Beside the codes there are 16 bits a scale and a bias, and a header.
  @Test(arguments: QuantisedMatrix.widths)
  func bytes(bits: Int) throws {
    let (widths, ranks) = ([31, 17, 23, 7], [3, 5, nil] as [Int?])
    let network = Self.network(widths, ranks: ranks, bits: bits)
    let weights = 3 * (17 + 31) + 5 * (23 + 17) + 7 * 23
    let rows = (17 + 3) + (23 + 5) + 7, biases = 17 + 23 + 7
    let values = (weights * bits + 7) / 8 + 2 * (rows + biases)
    #expect(network.tensors["codes"]?.bytes.count == (weights * bits + 7) / 8)
    #expect((250..<300).contains(network.encodedSize - values), "\(network.encodedSize - values) bytes of header")
  }

  /// The whole file of the study's network in 4 bits, of the baseline's 20,050,976 bytes: at most 0.39 %, 0.51 % and 0.65 %.
  @Test(
    arguments: [
      ([19, 13, 6, 6, 6], 0.0039), ([10, 10, 10, 10, 10], 0.0039), ([15, 15, 15, 15, 15], 0.0051),
      ([33, 29, 18, 11, 10], 0.0065),
    ] as [([Int], Double)])
  func sizeOfTheStudysNetwork(ranks: [Int], share: Double) {
    let network = Self.network([784, 1024, 1024, 1024, 1024, 1024, 10], ranks: ranks + [nil], bits: 4)
    #expect(Double(network.encodedSize) <= share * 20_050_976, "\(network.encodedSize)")
  }

  @Test func metadata() {
    let metadata = Self.network([5, 7, 3, 4], ranks: [2, nil, 1], bits: 4).tensors.metadata
    #expect(metadata == ["bits": "4", "ranks": "2-dense-1", "widths": "5-7-3-4"])
  }
}
