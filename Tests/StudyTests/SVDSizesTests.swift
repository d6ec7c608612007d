import Foundation
import LinearAlgebra
import Results
import Synchronization
import Testing
import TestSupport

@testable import Study

@Suite struct SVDSizesTests {
  /// The prescribed values are those of trained weights: of the mean of W2 … W5 of the committed study, each over its σ₁.
  @Test func spectrumOfTrainedWeights() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let files = ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "paper")
    let rows = try SpectrumRow.read(from: files.spectra).filter { $0.key.experiment == .baseline && $0.key.seed == 1 }
    let layers = (2...5).map { layer in rows.filter { $0.layer == layer }.sorted { $0.index < $1.index }.map(\.singularValue)
    }
    try #require(layers.allSatisfy { $0.count == 1024 })
    let values = WeightLikeMatrix.values(size: 1024)
    for index in 0...700 {
      let mean = layers.map { $0[index] / $0[0] }.reduce(0, +) / 4
      #expect(abs(values[index] / mean - 1) < 0.1, "σ of index \(index): \(values[index]), trained \(mean)")
    }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 } && (values.last ?? 0) > 0)
  }

  @Test func matrices() throws {
    let sample = WeightLikeMatrix(size: 24, seed: 3)
    let found = try LAPACKSVD.singularValues(of: sample.matrix)
    for (found, prescribed) in zip(found, sample.spectrum.values) { #expect(abs(found - prescribed) < 1e-14) }
    let change = (sample.changed - sample.matrix).frobeniusNorm / sample.matrix.frobeniusNorm
    #expect(abs(change / WeightLikeMatrix.change - 1) < 1e-9)
    #expect(WeightLikeMatrix(size: 24, seed: 3).matrix == sample.matrix)
    #expect(WeightLikeMatrix(size: 24, seed: 4).matrix != sample.matrix)
  }

  @Test func rows() throws {
    let sizes = SVDSizes(sizes: [40, 1, 8, 8], runs: 3, rank: 10, seed: 1, budget: 100)
    let fractions = Mutex<[Double]>([])
    let turns = Mutex<[String]>([])
    let rows = try sizes.measure(observer: StudyObserver()) { progress in
      fractions.withLock { $0.append(progress.fraction) }
      turns.withLock { $0.append("\(progress.algorithm)") }
    }
    #expect(
      rows.map { "\($0.size) \($0.precision) \($0.algorithm) \($0.rank)" }
        == [1, 8, 40].flatMap { size in
          ["float", "double"].flatMap { precision in
            [("jacobi", size), ("lapack", size), ("subspaceCold", min(10, size)), ("subspaceWarm", min(10, size))]
              .map { "\(size) \(precision) \($0.0) \($0.1)" }
          }
        })
    for row in rows {
      #expect(row.runs == 3 && row.seconds > 0)
      #expect((row.worstRatio == nil) == (row.algorithm == .subspaceWarm))
      let isSubspace = [.subspaceCold, .subspaceWarm].contains(row.algorithm)
      #expect((row.iterations ?? 0 >= 1) == isSubspace && (row.fullSVDs != nil) == isSubspace)
      // 1 × 1 matrices are exact; all others have errors, and none above the threshold.
      if let worst = row.worstRatio { #expect(worst < SVDErrorRatios.bound && (worst > 0 || row.size == 1), "\(row)") }
    }
    // In the first run the algorithms begin in their order; in each next one the second of before is the first.
    let first = turns.withLock { Array($0.prefix(12)) }
    let order = ["jacobi", "lapack", "subspaceCold", "subspaceWarm"]
    for (index, algorithm) in first.enumerated() { #expect(algorithm == order[(index + index / 4) % 4], "\(index)") }
    let seen = fractions.withLock { $0 }
    #expect(seen.count == 3 * 2 * 3 * 4 && seen.first == 0 && (seen.last ?? 1) < 1)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })

    // Errors are of the seed; times are of the machine.
    func errors(_ rows: [SVDSizeRow]) -> [Double?] { rows.map(\.worstRatio) }
    let again = try sizes.measure(observer: StudyObserver()) { _ in }
    #expect(errors(again) == errors(rows))
    let other = try SVDSizes(sizes: [1, 8, 40], runs: 3, rank: 10, seed: 2, budget: 100).measure(observer: StudyObserver()) {
      _ in
    }
    #expect(errors(other) != errors(rows))
  }

  /// Each run has a matrix of its own seed, and a row has the largest ratios of its runs.
  @Test func largestRatios() throws {
    func rows(runs: Int, seed: UInt64) throws -> [SVDSizeRow] {
      try SVDSizes(sizes: [8, 12], runs: runs, rank: 10, seed: seed, budget: 100).measure(observer: StudyObserver()) { _ in }
    }
    let both = try rows(runs: 2, seed: 4)
    var larger = [0, 0]
    for (row, (first, second)) in zip(both, zip(try rows(runs: 1, seed: 4), try rows(runs: 1, seed: 5))) {
      for ratio in [\SVDSizeRow.residualRatio, \.orthogonalityOfU, \.orthogonalityOfV] {
        guard let a = first[keyPath: ratio], let b = second[keyPath: ratio] else { continue }
        larger[a > b ? 0 : 1] += 1
        #expect(row[keyPath: ratio] == max(a, b), "\(row)")
      }
    }
    // It would show less if one seed always had the larger.
    #expect(larger[0] > 0 && larger[1] > 0)
  }

  /// The median of the times, and the most iterations.
  @Test func tally() {
    var tally = SVDTally(.subspaceCold)
    for (seconds, iterations, isFull) in [(5.0, 3, false), (1.0, 7, true), (2.0, 4, false)] {
      tally.add(SVDTrial<Float>.Measured(seconds: seconds, errors: nil, iterations: iterations, isFull: isFull))
    }
    let row = tally.row(.float, size: 30, rank: 10)
    #expect((row.seconds, row.runs, row.rank) == (2, 3, 10) && row.iterations == 7 && row.fullSVDs == 1)
  }

  /// The time is that of one call, also where many calls are timed: an SVD of a 6×6 matrix takes microseconds, and the calls
  /// together 10 ms. Of nine measurements the median counts, because a busy machine slows some.
  @Test func secondsOfOneCall() throws {
    let trial = SVDTrial<Double>(size: 6, rank: 3, seed: 1)
    let clock = ContinuousClock()
    let shares = try (0..<9).map { _ in
      let start = clock.now
      let seconds = try trial.measure(.lapack).seconds
      return seconds / (clock.now - start).seconds
    }
    let median = shares.sorted()[4]
    #expect(median > 0 && median < 0.25, "\(shares)")
  }

  /// Every algorithm is slow for a budget of nothing: one run each, and no larger size.
  @Test func budget() throws {
    let messages = Mutex<[String]>([])
    let observer = StudyObserver(message: { message in messages.withLock { $0.append(message) } })
    let sizes = SVDSizes(sizes: [20, 30], runs: 3, rank: 10, seed: 1, budget: 1e-12)
    let rows = try sizes.measure(observer: observer) { _ in }
    #expect(rows.count == 2 * 4 && rows.allSatisfy { $0.size == 20 && $0.runs == 1 })
    let stops = messages.withLock { $0.filter { $0.contains("stops at 20×20: one SVD took more than") } }
    #expect(stops.count == 4)
  }

  @Test func interruption() {
    let sizes = SVDSizes(sizes: [20], runs: 3, rank: 10, seed: 1, budget: 1)
    #expect(throws: Interruption()) { try sizes.measure(observer: StudyObserver(isInterrupted: { true })) { _ in } }
  }
}
