import Datasets
import Files
import LinearAlgebra
import NeuralNetwork
import Results
import TestSupport
import Testing

@testable import Models

/// Networks on somebody's data.
@Suite struct NetworkEvaluationTests {
  static let samples: Samples<Float> = sampleImages(count: 300, width: 12, classes: 4)
  static let network = Network<Float>(widths: [12, 10, 4], seed: 2).withRandomBiases()

  @Test(arguments: [1, 3]) func againstLoops(threads: Int) throws {
    let found = NetworkEvaluation(of: Self.network, on: Self.samples, workers: Workers(count: threads))
    let (accuracy, loss) = Self.network.evaluation(on: Self.samples, workers: Workers(count: 1))
    let score = try #require(found.score)
    #expect(score.accuracy == accuracy && score.loss == loss)
    #expect(score.interval == Wilson.interval(accuracy: accuracy, images: 300))
    #expect(found.answers == Self.network.predictions(on: Self.samples, workers: Workers(count: 1)))
    #expect((found.logits.rows, found.logits.columns) == (300, 4))
    for sample in 0..<300 {
      let row = (0..<4).map { found.logits[sample, $0] }
      #expect(row.firstIndex(of: row.max() ?? 0) == found.answers[sample])
    }
    #expect(score.confusion == ConfusionMatrix(classes: 4, labels: Self.samples.labels, answers: found.answers))
    #expect(100 * Double(score.confusion.correct) / 300 == accuracy)
  }

  /// Without labels there is no score, and the classes are the same.
  @Test func withoutLabels() {
    let unlabelled = Samples<Float>(width: 12, pixels: Self.samples.pixels, labels: [], mean: 0.4, deviation: 0.2)
    let found = NetworkEvaluation(of: Self.network, on: unlabelled, workers: Workers(count: 2))
    let labelled = NetworkEvaluation(of: Self.network, on: Self.samples, workers: Workers(count: 2))
    #expect(found.score == nil && found.answers == labelled.answers && found.logits == labelled.logits)
  }

  /// A network that overflows answers nothing.
  @Test func overflow() throws {
    var network = Self.network
    network.layers[1] = .dense(Dense(weights: Matrix(rows: 4, columns: 10, repeating: 3e38), bias: [0, 0, 0, 0]))
    network.layers[0] = .dense(
      Dense(weights: Matrix(rows: 10, columns: 12, repeating: 3e38), bias: [Float](repeating: 0, count: 10)))
    let samples = Samples<Float>(
      width: 12, values: (0..<24).map { Float($0 + 1) * 1e30 }, labels: [0, 1], mean: 0, deviation: 1)
    let score = try #require(NetworkEvaluation(of: network, on: samples, workers: Workers(count: 1)).score)
    #expect(score.loss.isNaN)
    // ∞ − ∞.
    network.layers[1] = .dense(
      Dense(weights: Matrix(rows: 4, columns: 10) { $1 % 2 == 0 ? 3e38 : -3e38 }, bias: [0, 0, 0, 0]))
    let none = NetworkEvaluation(of: network, on: samples, workers: Workers(count: 1))
    #expect(none.answers == [nil, nil] && none.score?.accuracy == 0 && none.score?.confusion.unanswered == [1, 1, 0, 0])
  }

  @Test func sizes() throws {
    try withTemporaryFolder { folder in
      var tensors = SafeTensors()
      tensors.append("a.weight", shape: [6, 5], elements: [Float](repeating: 1, count: 30), as: .float32)
      tensors.append("b.0.weight", shape: [1, 6], elements: [Float](repeating: 1, count: 6), as: .float32)
      tensors.append("b.1.weight", shape: [3, 1], elements: [Float](repeating: 1, count: 3), as: .float32)
      tensors.append("b.1.bias", shape: [3], elements: [Float](repeating: 1, count: 3), as: .float32)
      try AtomicFile.write(pieces: tensors.pieces, to: folder + "/n")
      let size = NetworkSize(of: try NetworkFile(readingFrom: folder + "/n", layers: ["a", "b"]))
      #expect((size.parameters, size.macs, size.bytes) == (30 + 9 + 3, 39, tensors.encoded.count))
    }
  }

  @Test func comparisons() throws {
    let (first, second): ([Int?], [Int?]) = ([0, 1, 2, nil, 0, 1, 1, 1], [0, 1, 1, nil, 1, 1, 2, 0])
    let comparison = PairedComparison(first, second, labels: [0, 1, 2, 0, 0, 0, 2, 2])
    #expect(comparison.differing == 4)
    let difference = try #require(comparison.difference)
    #expect((difference.onlyFirst, difference.onlySecond) == (2, 1))
    #expect(difference.points == 12.5 && difference.p == McNemar.probability(onlyFirst: 2, onlySecond: 1))
    #expect(difference.interval == PairedProportions.interval(onlyFirst: 2, onlySecond: 1, images: 8))
    #expect(PairedComparison(first, second, labels: nil).difference == nil)
  }

  @Test func verdicts() throws {
    let same = try #require(PairedComparison([0, 1], [0, 1], labels: [0, 1]).difference)
    let end = same.interval.upperBound
    #expect(same.isNoWorse(than: end) == .holds && same.isNoWorse(than: end.nextDown) == .undecided)
    let lost = PairedComparison(
      [Int?](repeating: 1, count: 200), [Int?](repeating: 0, count: 200), labels: [UInt8](repeating: 0, count: 200))
    let worse = try #require(lost.difference)
    #expect(worse.points == -100 && worse.isNoWorse(than: 50) == .fails && worse.isNoWorse(than: 100) == .holds)
    #expect(worse.isNoWorse(than: -worse.interval.upperBound) == .undecided)
  }
}
