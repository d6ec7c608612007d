import LinearAlgebra
import NeuralNetwork
import Testing

@testable import Workloads

@Suite struct FLOPsTests {
  /// The paper's layers, inputs to outputs, and the products of a dense step written out one by one.
  @Test func aDenseStepIsItsProducts() {
    let (batch, sizes) = (128, [(784, 1024), (1024, 1024), (1024, 1024), (1024, 1024), (1024, 1024), (1024, 10)])
    var macs = 0
    for (index, (inputs, outputs)) in sizes.enumerated() {
      macs += batch * inputs * outputs  // y = x Wᵀ
      macs += outputs * batch * inputs  // dW = dYᵀ x
      if index > 0 { macs += batch * outputs * inputs }  // dX = dY W
    }
    #expect(FLOPs.trainingStep(PaperNetwork.shared.dense, batch: batch) == Double(2 * macs))
  }

  @Test(arguments: [1, 10, 20]) func aLowRankStepIsItsProducts(rank: Int) {
    let batch = 128
    var macs = 0
    for (index, (inputs, outputs)) in [(784, 1024), (1024, 1024), (1024, 1024), (1024, 1024), (1024, 1024)].enumerated() {
      macs += batch * inputs * rank + batch * rank * outputs  // h = x V, y = h Uᵀ
      macs += outputs * batch * rank + batch * outputs * rank  // dU = dYᵀ h, dh = dY U
      macs += rank * batch * inputs  // dVᵀ = dhᵀ x
      if index > 0 { macs += batch * rank * inputs }  // dX = dh Vᵀ
    }
    macs += 3 * batch * 1024 * 10
    #expect(FLOPs.trainingStep(PaperNetwork.shared.truncated(to: rank), batch: batch) == Double(2 * macs))
  }

  /// One dense layer after one under dynamic SVD: two steps, with a half iteration from the right and one from the left.
  @Test func twoDynamicStepsAreTheirProducts() {
    let network = Network<Float>(widths: [16, 14, 3], seed: 1)
    let (batch, rank, block) = (5, 2, 9)
    var macs = batch * 16 * rank + batch * rank * 14  // forward through the factors
    macs += 14 * batch * 16  // dYᵀ x
    macs += 3 * batch * 14 * 3
    macs *= 2
    macs += 2 * 14 * 16 * block  // A Bᵀ, C A
    macs += block * block * 14 + rank * block * 16  // vectors, from the right
    macs += block * block * 16 + rank * block * 14  // from the left
    macs += 2 * rank * block * 16  // what lies outside the old right vectors
    let expected = Double(2 * macs) + FLOPs.qr(14, block) + FLOPs.qr(16, block) + 2 * FLOPs.svd(block, block)
    #expect(2 * FLOPs.dynamicStep(network, compressing: 1, rank: rank, oversampling: 5, batch: batch) == expected)
  }

  /// Columns of length m − i that are reflected, one after the other, in the rest of the matrix: 4 operations for each
  /// element that is touched; and the same backwards for Q. The formula leaves out what is of second order.
  @Test(arguments: [(1024, 32), (784, 32), (64, 64)]) func qrIsItsReflections(m: Int, n: Int) {
    let reflections = (0..<n).reduce(0) { $0 + 4 * (m - $1) * (n - $1) }
    let formula = FLOPs.qr(m, n) / 2
    #expect(abs(Double(reflections) / formula - 1) < 2 / Double(n))
  }

  @Test func anSVDDoesNotDependOnWhichSideIsLonger() {
    #expect(FLOPs.svd(3, 2) == 14 * 3 * 4 + 8 * 8)
    #expect(FLOPs.svd(2, 3) == FLOPs.svd(3, 2))
  }

  @Test func inferenceCountsAMultiplyAccumulateTwice() {
    #expect(FLOPs.inference(PaperNetwork.shared.dense, batch: 3) == Double(6 * (784 * 1024 + 4 * 1024 * 1024 + 1024 * 10)))
  }
}
