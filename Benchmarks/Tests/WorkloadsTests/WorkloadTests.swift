import LinearAlgebra
import NeuralNetwork
import Testing

@testable import Workloads

@Suite struct WorkloadTests {
  @Test(arguments: [1, 2]) func noTwoHaveTheSameName(threads: Int) {
    let names = Workload.all(threads: threads).map(\.name)
    #expect(Set(names).count == names.count)
  }

  /// What is timed as a start from nothing is one, and ends by converging; what is timed as warm is one iteration.
  @Test func subspaceIterationsAreWhatTheyAreCalled() throws {
    let matrix = SVD.falling(256, 256, stream: "test").product
    let cold = try Subspace.cold(matrix)
    #expect(cold.origin == .cold)
    var started = try Subspace.started(matrix)
    for _ in 0..<20 { #expect(try started.warm(matrix).origin == .warm) }
  }

  @Test func theNetworkHasTheSVDsItIsSaidToHave() throws {
    let paper = PaperNetwork.shared
    guard case .dense(let layer) = paper.dense.layers[0], case .lowRank(let factors) = paper.truncated(to: 20).layers[0]
    else {
      Issue.record("layers of another kind")
      return
    }
    let values = try LAPACKSVD.singularValues(of: layer.weights)
    let known = try #require(factors.singularValues)
    for (value, expected) in zip(values, known) { #expect(abs(value / expected - 1) < 1e-4) }
  }
}
