import Compression
import LinearAlgebra
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// What each layer alone costs by its rank.
extension Part4Tests {
  /// One layer alone at each rank of the grid below its break-even: 23.3 for W1, 10.9 for W2, 6.7 for W3.
  @Test func sensitivity() throws {
    let (configuration, tables, data, _, _, _) = try Self.results.get()
    let rows = tables.sensitivity
    let places = rows.map { "\($0.layer) \($0.key.rank ?? 0)" }
    let ranks = [[1, 2, 3, 5, 8, 12, 18], [1, 2, 3, 5, 8], [1, 2, 3, 5]]
    let expected = ranks.enumerated().flatMap { layer, ranks in ranks.map { "\(layer + 1) \($0)" } }
    #expect(Set(places) == Set(expected))
    #expect(places.count == Set(places).count && configuration.part4?.ablation != nil)
    let (calibration, _) = try calibration()
    for row in rows {
      let rank = try #require(row.key.rank)
      let ranks = (1...3).map { $0 == row.layer ? Optional(rank) : nil }
      #expect(row.key.ranks == LayerRanks(ranks) && row.key.method == .whitened && row.key.calibrationImages == 200)
      let network = try calibration.whitened(ranks: ranks)
      let (accuracy, loss) = network.evaluation(on: data.validation, workers: Workers(count: 1))
      #expect((row.validationAccuracy, row.validationLoss) == (accuracy, loss), "\(row.layer), \(rank)")
      #expect(accuracy == network.accuracy(on: data.validation, workers: Self.workers))
    }
    #expect(Set(rows.map(\.validationLoss)).count > 10)
  }

  /// Errors by rank from measured losses: they fall, have the measured values, and are 0 at full rank.
  @Test func sensitivityErrors() throws {
    let (calibration, _) = try calibration()
    let data = try Self.results.get().data
    let sensitivity = try Sensitivity(
      of: calibration, on: data.validation, workers: Self.workers, observer: StudyObserver())
    let loss = calibration.network.evaluation(on: data.validation, workers: Self.workers).loss
    let errors = sensitivity.errors
    #expect(errors.map(\.count) == [25, 21, 11])
    for (layer, errors) in errors.enumerated() {
      #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 >= $1 } && errors.last == 0 && errors[0] == errors[1])
      let points = sensitivity.points.filter { $0.layer == layer }
      for point in points {
        // The largest of those behind it, where a larger rank looks worse.
        let behind = points.filter { $0.rank >= point.rank }.map { max(0, $0.loss - loss) }
        #expect(errors[point.rank] == behind.max(), "\(layer), \(point.rank)")
      }
      #expect(abs(errors[4] - (errors[3] + errors[5]) / 2) < 1e-12)
    }
    #expect(errors[0][1] > 0)
  }
}
