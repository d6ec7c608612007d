import LinearAlgebra
import NeuralNetwork
import Results
import Testing

@testable import Models

@Suite struct NetworkTimingTests {
  /// Works are run in turns, once before they are timed, and no more often than asked for.
  @Test func turns() {
    var order: [Int] = []
    let times = Turns.quartiles(of: [{ order.append(0) }, { order.append(1) }], seconds: 100, rounds: 3...7)
    #expect(order == [0, 1] + (0..<7).flatMap { _ in [0, 1] })
    #expect(times.count == 2 && times.allSatisfy { 0 <= $0.lower && $0.lower <= $0.median && $0.median <= $0.upper })
    order = []
    _ = Turns.quartiles(of: [{ order.append(0) }], seconds: 0, rounds: 3...7)
    #expect(order.count == 4)
  }

  /// Factored layers alone are timed, and those that take far more operations than a dense layer are slower.
  @Test func layers() throws {
    var network = Network<Float>(widths: [96, 96, 96, 96, 10], seed: 1)
    for (index, rank) in [(1, 1), (3, 4000), (2, 1)] {
      let (rows, columns) = (network.layers[index].outputs, network.layers[index].inputs)
      network.layers[index] = .lowRank(
        LowRank(
          u: Matrix(rows: rows, columns: rank, repeating: 0.1), singularValues: nil,
          vT: Matrix(rows: rank, columns: columns, repeating: 0.1), bias: network.layers[index].bias))
    }
    let timings = LayerTiming.measure(network, workers: Workers(count: 1))
    #expect(timings.map(\.layer) == [1, 2, 3])
    let slow = timings[2]
    #expect(LayerTiming.isSlower(slow.factored.batch, than: slow.dense.batch))
    #expect(LayerTiming.isSlower(slow.factored.one, than: slow.dense.one))
    #expect(timings[0].factored.batch == timings[1].factored.batch, "one shape and rank is timed once")
  }

  @Test func quartilesThatMeetAreNotSlower() {
    let (fast, slow) = (Quartiles(of: [1, 2, 3]), Quartiles(of: [2.4, 3, 4]))
    #expect(!LayerTiming.isSlower(fast, than: slow) && LayerTiming.isSlower(slow, than: fast))
    #expect(!LayerTiming.isSlower(Quartiles(of: [2.5, 2.5]), than: fast))
  }
}
