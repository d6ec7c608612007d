import LinearAlgebra
import Network
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

  /// One dense layer after one under dynamic SVD, at sizes at which the block is the whole space.
  @Test func aDynamicStepIsItsProducts() {
    let network = Network<Float>(widths: [6, 4, 3], seed: 1)
    let (batch, rank, block) = (5, 2, 4)
    var macs = batch * 6 * rank + batch * rank * 4  // forward through the factors
    macs += 4 * (batch + rank) * 6  // dYᵀ x, and λ F
    macs += 3 * batch * 4 * 3
    macs += 2 * 4 * 6 * block  // Y = A blockᵀ, Z = Qᵀ A
    macs += block * block * 6 + 4 * block * rank  // vectors
    macs += 2 * rank * block * 6  // what lies outside the old block
    let expected = Double(2 * macs) + FLOPs.qr(4, block) + FLOPs.qr(6, block) + FLOPs.svd(block, block)
    #expect(FLOPs.dynamicStep(network, compressing: 1, rank: rank, oversampling: 10, batch: batch) == expected)
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
