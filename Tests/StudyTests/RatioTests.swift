import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// Every size and ratio in the tables, recomputed from shapes, from the files of the weights, and from its row.
@Suite struct RatioTests {
  /// Of the tiny study: compressed layers, then the dense one.
  private static let layers = [(784, 24), (24, 20), (20, 10)]

  /// Parameters and multiply–accumulates of the dense network, or of factors at most of `rank`.
  private func size(rank: Int?, hasDiagonal: Bool) -> (parameters: Int, macs: Int) {
    var (weights, biases) = (0, 0)
    for (index, (inputs, outputs)) in Self.layers.enumerated() {
      biases += outputs
      guard let rank, index < 2 else {
        weights += inputs * outputs
        continue
      }
      weights += min(rank, inputs, outputs) * (inputs + outputs + (hasDiagonal ? 1 : 0))
    }
    return (weights + biases, weights)
  }

  @Test func results() throws {
    let (tables, files) = try ProtocolTests.results.get()
    let dense = size(rank: nil, hasDiagonal: false)
    let denseBytes = try #require(files["baseline.safetensors"]?.count)
    #expect(dense.macs == 784 * 24 + 24 * 20 + 20 * 10 && dense.parameters == dense.macs + 54)
    for row in tables.results {
      let size = size(rank: row.key.rank, hasDiagonal: row.key.method != .fineTuned)
      let bytes = try #require(files[ResultFiles.weights(of: row.key)]?.count)
      #expect((row.parameters, row.bytes, row.macs) == (size.parameters, bytes, size.macs), "\(row.key)")
      #expect(row.parameterRatio == Double(size.parameters) / Double(dense.parameters), "\(row.key)")
      #expect(row.byteRatio == Double(bytes) / Double(denseBytes), "\(row.key)")
      #expect(row.macRatio == Double(size.macs) / Double(dense.macs), "\(row.key)")
    }
  }

  @Test func costs() throws {
    let (tables, files) = try ProtocolTests.results.get()
    let dense = size(rank: nil, hasDiagonal: false)
    let denseBytes = try #require(files["baseline.safetensors"]?.count)
    var seen: [String] = []
    for row in tables.costs {
      let name = ResultFiles.name(of: row.key)
      seen.append("\(name) \(row.storage) \(row.bits)")
      let size = size(rank: row.key.rank, hasDiagonal: row.storage == .diagonal)
      // The file as it would be written.
      let stored = try Network<Float>(
        from: SafeTensors(decoding: files["\(name).safetensors"] ?? [], path: name), path: name)
      let written = row.storage == .folded ? stored.folded : stored
      let bytes = written.tensors(as: row.bits == 16 ? .float16 : .float32).encoded.count
      #expect((row.parameters, row.bytes, row.macs) == (size.parameters, bytes, size.macs), "\(row)")
      // Four or two bytes a parameter, and the names of the tensors.
      #expect((0..<2000).contains(bytes - row.bits / 8 * size.parameters), "\(row)")
      #expect(row.parameterRatio == Double(size.parameters) / Double(dense.parameters), "\(row)")
      #expect(row.byteRatio == Double(bytes) / Double(denseBytes), "\(row)")
      #expect(row.macRatio == Double(size.macs) / Double(dense.macs), "\(row)")
    }
    let bits = [32, 16]
    let both = ["part1-rank-2", "part1-rank-8", "part1-rank-24", "part3-rank-4-epoch", "part3-rank-4-step"]
    let expected =
      bits.flatMap { ["baseline dense \($0)", "part2-rank-4 folded \($0)"] }
      + both.flatMap { name in ["diagonal", "folded"].flatMap { way in bits.map { "\(name) \(way) \($0)" } } }
    #expect(seen.sorted() == expected.sorted())
  }
}
