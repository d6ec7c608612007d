import Compression
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite struct TruncationTests {
  let network = Network<Double>(widths: [12, 20, 15, 4], seed: 1).withRandomBiases()
  let workers = Workers(count: 2)

  /// At full rank the factors give the logits of the weights.
  @Test func fullRank() throws {
    let (images, _): (Matrix<Double>, [UInt8]) = sampleBatch(count: 50, inputs: 12, classes: 4)
    let svd = try NetworkSVD(of: network, compressing: 2, workers: workers)
    #expect(svd.fullRank == 15)
    let difference = svd.truncated(to: 1000).logits(images, workers: workers) - network.logits(images, workers: workers)
    #expect(difference.maxNorm < 1e-12)
  }

  /// The factors give the logits of their product.
  @Test func factorsAgainstProduct() throws { for rank in [1, 2, 5, 12] { try factorsAgainstProduct(rank: rank) } }

  private func factorsAgainstProduct(rank: Int) throws {
    let (images, _): (Matrix<Double>, [UInt8]) = sampleBatch(count: 50, inputs: 12, classes: 4)
    let truncated = try NetworkSVD(of: network, compressing: 2, workers: workers).truncated(to: rank)
    let product = Network(
      layers: truncated.layers.map { layer -> Layer<Double> in
        guard case .lowRank(let factors) = layer, let values = factors.singularValues else { return layer }
        return .dense(Dense(weights: SVD(u: factors.u, singularValues: values, vT: factors.vT).product, bias: factors.bias))
      })
    let logits = truncated.logits(images, workers: workers)
    #expect((logits - product.logits(images, workers: workers)).maxNorm < 1e-12)
    #expect((logits - truncated.folded.logits(images, workers: workers)).maxNorm < 1e-12)
    #expect((logits - network.logits(images, workers: workers)).maxNorm > (rank < 12 ? 1e-3 : 0))
  }

  /// The last layer and all biases stay, and each compressed layer has at most its full rank.
  @Test func whatIsCompressed() throws {
    let truncated = try NetworkSVD(of: network, compressing: 2, workers: workers).truncated(to: 14)
    #expect(truncated.layers[2] == network.layers[2])
    #expect(truncated.layers.map(\.bias) == network.layers.map(\.bias))
    let ranks = truncated.layers.map { layer in if case .lowRank(let factors) = layer { factors.rank } else { 0 } }
    #expect(ranks == [12, 14, 0])
  }

  /// Each layer has its own rank; one of rank `nil` stays as it is, and the same rank in each gives the same bits.
  @Test func rankOfEachLayer() throws {
    let svd = try NetworkSVD(of: network, compressing: 3, workers: workers)
    let layers = svd.truncated(to: [5, nil, 100]).layers
    #expect(layers[0] == svd.truncated(to: 5).layers[0] && layers[1] == network.layers[1])
    #expect(layers[2] == svd.truncated(to: 4).layers[2] && svd.truncated(to: [3, 3, 3]) == svd.truncated(to: 3))
    let one = svd.truncated(to: [7]).layers
    #expect(one[0] == svd.truncated(to: 7).layers[0] && Array(one[1...]) == Array(network.layers[1...]))
  }

  /// With √S in each factor, both have the same norm.
  @Test func foldedFactorsAreBalanced() throws {
    let truncated = try NetworkSVD(of: network, compressing: 1, workers: workers).truncated(to: 3).folded
    guard case .lowRank(let factors) = truncated.layers[0] else { return #expect(Bool(false)) }
    #expect(abs(factors.u.frobeniusNorm - factors.vT.frobeniusNorm) < 1e-12)
  }

  @Test func weightsThatAreNotFinite() throws {
    var broken = network
    guard case .dense(var dense) = broken.layers[1] else { return #expect(Bool(false)) }
    dense.weights[3, 4] = .infinity
    broken.layers[1] = .dense(dense)
    #expect(throws: LinearAlgebraError.notFinite(row: 3, column: 4, value: .infinity)) {
      try NetworkSVD(of: broken, compressing: 2, workers: workers)
    }
  }
}
