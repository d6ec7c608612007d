import Results
import Testing

@testable import Scaling

@Suite struct CostModelTests {
  /// Rows whose times are exactly those of `costs`.
  private func rows(_ costs: [Double], factorisations: Bool = true) -> [ScalingRow] {
    [(256.0, 3.0), (512, 1), (1024, 7), (4096, 2)].map { width, other in
      let (flops, small, bytes) = (width * width * 1e3, factorisations ? width * 1e4 * other : 0, width * width * 40 / other)
      return ScalingRow(
        work: .dynamic, width: Int(width), rank: 20, batch: 128, runs: 5,
        seconds: flops * costs[0] + small * costs[1] + bytes * costs[2], flops: flops, factorisationFlops: small,
        bytes: bytes, modelSeconds: .nan)
    }
  }

  @Test(arguments: [[1e-11, 1e-10, 5e-11], [1e-11, 0, 5e-11], [1e-11, 1e-10, 0]]) func costsAreFoundAgain(costs: [Double]) {
    let model = CostModel(fittedTo: rows(costs))
    for (found, expected) in zip(model.costs, costs) { #expect(abs(found - expected) < 1e-6 * 1e-11) }
    for row in rows(costs) { #expect(abs(model.seconds(row) / (row.seconds ?? 0) - 1) < 1e-9) }
  }

  @Test func whatIsNotThereCostsNothing() {
    let model = CostModel(fittedTo: rows([1e-11, 1, 5e-11], factorisations: false))
    #expect(model.costs[1] == 0 && abs(model.costs[0] / 1e-11 - 1) < 1e-6)
  }

  /// Noise that asks for a negative cost: none is given.
  @Test func noCostIsNegative() {
    var rows = rows([1e-11, 0, 0])
    for index in rows.indices {
      let less = 2e-12 * rows[index].bytes
      rows[index].seconds? -= less
    }
    #expect(CostModel(fittedTo: rows).costs.allSatisfy { $0 >= 0 })
  }
}
