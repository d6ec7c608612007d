import Compression
import LinearAlgebra
import NeuralNetwork
import Testing

@Suite struct CostTests {
  static let widths = [784, 1024, 1024, 1024, 1024, 1024, 10]

  /// The paper's network, whose numbers are known: zeros serve, for costs go by shapes.
  static func network(rank: Int?, diagonal: Bool) -> Network<Float> {
    Network(
      layers: zip(widths, widths.dropFirst()).enumerated().map { index, size in
        let bias = [Float](repeating: 0, count: size.1)
        guard let rank, index < 5 else {
          return .dense(Dense(weights: Matrix(rows: size.1, columns: size.0), bias: bias))
        }
        let rank_ = min(rank, size.0, size.1)
        return .lowRank(
          LowRank(
            u: Matrix(rows: size.1, columns: rank_), singularValues: diagonal ? [Float](repeating: 1, count: rank_) : nil,
            vT: Matrix(rows: rank_, columns: size.0), bias: bias))
      })
  }

  @Test func paper() {
    let dense = Cost(of: Self.network(rank: nil, diagonal: false))
    #expect(dense.parameters == 5_012_490 && dense.macs == 5_012_490 - 5_130)
    let truncated = Self.network(rank: 20, diagonal: true)
    #expect(Cost(of: truncated).parameters == 215_470)
    #expect(Cost(of: truncated.folded).parameters == 215_370)
    #expect(Cost(of: truncated).macs == 215_470 - 5_130)
    #expect(Cost(of: Self.network(rank: 1024, diagonal: true)).parameters > dense.parameters)
  }

  /// What is counted is what is stored: four bytes a number, and a header.
  @Test(arguments: [true, false])
  func bytes(diagonal: Bool) {
    let network = Self.network(rank: 20, diagonal: diagonal)
    let header = network.tensors().encoded.count - 4 * Cost(of: network).parameters
    #expect((0..<4096).contains(header))
    #expect(network.tensors(as: .float16).encoded.count < network.tensors().encoded.count / 2 + 2048)
  }
}
