import Testing

@testable import NeuralNetwork

@Suite struct NaturalOrderTests {
  @Test(arguments: [
    ["fc1", "fc2", "fc10", "fc11", "out"],
    ["0", "2", "4", "10"],
    ["layers.2", "layers.2.0", "layers.10", "layers.10.1"],
    ["a", "a0", "a1", "a1b", "a2", "b"],
    ["", "0", "A", "a"],
    ["block.1.linear", "block.1.linear2", "block.2.linear"],
    ["01", "1", "002", "2", "10"],
    ["x99999999999999999999", "x100000000000000000000"],
    ["fc", "fc0", "é", "é1"],
  ]) func order(names: [String]) {
    #expect(names.reversed().sorted(by: NaturalOrder.precedes) == names)
    for (i, a) in names.enumerated() {
      for (j, b) in names.enumerated() { #expect(NaturalOrder.precedes(a, b) == (i < j), "\(a), \(b)") }
    }
  }
}
