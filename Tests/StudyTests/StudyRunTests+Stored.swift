import Datasets
import Files
import LinearAlgebra
import NeuralNetwork
import Results
import Testing
import TestSupport

@testable import Study

/// What the tables say of each network, computed again from its file of weights and the images.
extension StudyRunTests {
  /// The class of each test image by `network`: the column of its largest logit.
  private func classes(_ network: Network<Float>, _ images: Matrix<Float>) -> [Int] {
    let logits = network.logits(images, workers: Workers(count: 1))
    return (0..<logits.rows).map { row in (0..<logits.columns).max { logits[row, $0] < logits[row, $1] } ?? -1 }
  }

  /// A network's numbers rounded to 16 bits.
  private func rounded(_ layer: Layer<Float>) -> Layer<Float> {
    func round(_ values: [Float]) -> [Float] { values.map { Float(Float16($0)) } }
    func round(_ matrix: Matrix<Float>) -> Matrix<Float> { matrix.map { Float(Float16($0)) } }
    switch layer {
    case .dense(let layer): return .dense(Dense(weights: round(layer.weights), bias: round(layer.bias)))
    case .lowRank(let layer):
      return .lowRank(
        LowRank(
          u: round(layer.u), singularValues: layer.singularValues.map(round), vT: round(layer.vT), bias: round(layer.bias)))
    }
  }

  /// Accuracies of the network as it is, and in each form of `costs.csv`; predictions that differ from the baseline's.
  @Test func storedNetworks() throws {
    try withTemporaryFolder { folder in
      // Trained little, so that 16 bits and few ranks change some answers.
      var study = TinyStudy()
      (study.baselineEpochs, study.part1Ranks) = ("1", "[2, full]")
      try all(study, in: folder)
      let files = files(in: folder)
      let data = try DatasetSource.digits.load(seed: 1, digitsTraining: 500, digitsTest: 150, workers: Workers(count: 1))
      func inputs(_ pixels: ArraySlice<UInt8>) -> Matrix<Float> {
        Matrix(
          rows: pixels.count / 784, columns: 784,
          elements: pixels.map { Float(Double($0) / 255 / 0.3081) + Float(-0.1307 / 0.3081) })
      }
      let test = inputs(data.test.pixels[...])
      let validation = inputs(data.training.pixels.suffix(100 * 784))
      func percent(_ classes: [Int], _ labels: [UInt8]) -> Double {
        Double(zip(classes, labels).count { $0 == Int($1) }) * 100 / Double(classes.count)
      }

      let baseline = try Network<Float>(readingFrom: files.baseline(seed: 1))
      let answers = classes(baseline, test)
      let results = try ResultRow.read(from: files.results)
      let costs = try CostRow.read(from: files.costs)
      #expect(results.count == 6 && costs.count == 2 + 4 * 2 + 2 + 4 * 2)
      #expect(Set(results.map(\.changedPredictions)).count > 2)
      for row in results {
        let network = try Network<Float>(readingFrom: "\(files.weights(seed: 1))/\(ResultFiles.weights(of: row.key))")
        let own = classes(network, test)
        #expect(row.changedPredictions == zip(own, answers).count { $0 != $1 }, "\(row.key)")
        #expect(row.testAccuracy == percent(own, data.test.labels), "\(row.key)")
        #expect(row.validationAccuracy == percent(classes(network, validation), data.training.labels.suffix(100)))
        let stored = costs.filter { $0.key == row.key }
        #expect(stored.map(\.bits) == [32, 16] || stored.map(\.bits) == [32, 16, 32, 16])
        for cost in stored {
          let whole = cost.storage == .folded ? network.folded : network
          let held = cost.bits == 32 ? whole : Network(layers: whole.layers.map(rounded))
          #expect(cost.testAccuracy == percent(classes(held, test), data.test.labels), "\(cost)")
          #expect(
            cost.validationAccuracy == percent(classes(held, validation), data.training.labels.suffix(100)), "\(cost)")
        }
      }
    }
  }

  /// Weights too small for 16 bits are zeros there, so that every image is of class 0: measured, not assumed.
  @Test func whatSixteenBitsLose() throws {
    try withTemporaryFolder { folder in
      let workers = Workers(count: 1)
      let data = try StudyData(.digits, configuration: try configuration(TinyStudy(), in: folder), workers: workers)
      let baseline = Network<Float>(widths: [784, 10], seed: 2)
      guard case .dense(let layer) = baseline.layers[0] else { return #expect(Bool(false)) }
      let small = Network(layers: [.dense(Dense(weights: layer.weights.map { $0 * 1e-10 }, bias: layer.bias))])
      let key = NetworkKey(dataset: "digits", study: "tiny", seed: 1, experiment: .baseline, method: .dense)
      var output = ExperimentOutput()
      try output.add(
        small, key: key, baseline: MeasuredBaseline(baseline, data: data, workers: workers), data: data, seconds: 1,
        workers: workers)
      let (result, costs) = (try #require(output.tables.results.first), output.tables.costs)
      func share(_ samples: Samples<Float>) -> Double {
        Double(samples.labels.count { $0 == 0 }) * 100 / Double(samples.count)
      }
      #expect(result.changedPredictions == 0 && result.testAccuracy != share(data.test))
      #expect(costs.map(\.testAccuracy) == [result.testAccuracy, share(data.test)])
      #expect(costs.map(\.validationAccuracy) == [result.validationAccuracy, share(data.validation)])
    }
  }
}
