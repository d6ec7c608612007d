import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// Inputs from bytes, and from numbers.
@Suite struct SamplesTests {
  private func rows(_ samples: Samples<Double>, _ indices: [Int], threads: Int = 1) -> Matrix<Double> {
    var batch = InterleavedBatch<Double>(count: indices.count, width: samples.width)
    samples.gather(indices[...], into: &batch, workers: Workers(count: threads))
    return batch.matrix
  }

  @Test func numbers() {
    let values: [Float] = (0..<200).map { Float($0 * 37 % 101) / 8 - 5 }
    let samples = Samples<Double>(width: 5, values: values, labels: [], mean: 1.25, deviation: 0.5)
    #expect(samples.count == 40 && samples.width == 5 && samples.pixels.isEmpty && samples.labels.isEmpty)
    let indices = [39, 0, 17, 17] + Array(1..<20)
    for threads in [1, 3] {
      let x = rows(samples, indices, threads: threads)
      for (row, index) in indices.enumerated() {
        for column in 0..<5 { #expect(x[row, column] == (Double(values[5 * index + column]) - 1.25) / 0.5) }
      }
    }
  }

  /// A byte stands for byte / 255.
  @Test func bytesAreNumbersFrom0To1() {
    let bytes = (0...255).map { UInt8($0) }
    let labels = (0..<64).map { UInt8($0) }
    let images = Samples<Double>(width: 4, pixels: bytes, labels: labels, mean: 0.3, deviation: 0.2)
    let numbers = Samples<Double>(width: 4, values: bytes.map { Float($0) / 255 }, labels: labels, mean: 0.3, deviation: 0.2)
    #expect(images.count == numbers.count && images.labels == numbers.labels)
    let (a, b) = (rows(images, Array(0..<64)), rows(numbers, Array(0..<64)))
    #expect((a - b).maxNorm < 1e-6)
  }

  /// Networks run on numbers as on bytes.
  @Test func networksOfNumbers() {
    let network = Network<Double>(widths: [3, 8, 2], seed: 1).withRandomBiases()
    let values: [Float] = (0..<600).map { Float($0 * 7 % 23) / 4 - 3 }
    let labels = (0..<200).map { UInt8($0 % 2) }
    let samples = Samples<Double>(width: 3, values: values, labels: labels, mean: 0, deviation: 1)
    let logits = network.logits(rows(samples, Array(0..<200)), workers: Workers(count: 1))
    let answers = (0..<200).map { logits[$0, 0] >= logits[$0, 1] ? 0 : 1 }
    #expect(network.predictions(on: samples, workers: Workers(count: 2)) == answers)
  }
}
