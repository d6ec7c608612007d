import Compression
import LinearAlgebra
import NeuralNetwork
import Testing

@Suite struct CostTests {
  static let widths = [784, 1024, 1024, 1024, 1024, 1024, 10]

  /// The paper's network, whose sizes are known. Its elements are zero: costs depend on shapes alone.
  static func network(rank: Int?, diagonal: Bool) -> Network<Float> {
    Network(
      layers: zip(widths, widths.dropFirst()).enumerated().map { index, size in
        let bias = [Float](repeating: 0, count: size.1)
        guard let rank, index < 5 else { return .dense(Dense(weights: Matrix(rows: size.1, columns: size.0), bias: bias)) }
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

  /// The counted parameters are those stored: four or two bytes each, and a header.
  @Test func bytes() { for diagonal in [true, false] { bytes(diagonal: diagonal) } }

  private func bytes(diagonal: Bool) {
    let network = Self.network(rank: 20, diagonal: diagonal)
    for (type, bytes) in [(SafeTensors.ElementType.float32, 4), (.float16, 2)] {
      #expect((0..<4096).contains(network.encodedSize(as: type) - bytes * Cost(of: network).parameters))
    }
  }
}
