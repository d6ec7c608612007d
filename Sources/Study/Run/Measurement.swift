import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import Results

/// The baseline's size, to which all ratios refer, and its answers, from which those of other networks may differ.
struct MeasuredBaseline {
  let cost: Cost
  let bytes: Int
  /// A class for each test image.
  let predictions: [Int?]

  init(_ network: Network<Float>, data: StudyData, workers: Workers) {
    cost = Cost(of: network)
    bytes = network.encodedSize()
    predictions = network.predictions(on: data.test, workers: workers)
  }
}

/// What a network answers.
private struct Evaluation {
  /// A class for each test image.
  let predictions: [Int?]
  /// In percent.
  let testAccuracy: Double
  /// In percent.
  let validationAccuracy: Double

  init(of network: Network<Float>, data: StudyData, workers: Workers) {
    predictions = network.predictions(on: data.test, workers: workers)
    testAccuracy = data.test.accuracy(of: predictions)
    validationAccuracy = network.accuracy(on: data.validation, workers: workers)
  }
}

extension ExperimentOutput {
  /// Adds a finished network: its accuracies, read back from its file, in each form in which it is stored, its sizes, its answers,
  /// and its encoded weights.
  /// - Parameter stored: its file, where that is not the network in full precision. Such a network has one form alone.
  mutating func add(
    _ network: Network<Float>, stored: SafeTensors? = nil, key: NetworkKey, baseline: MeasuredBaseline, data: StudyData,
    seconds: Double, workers: Workers
  ) throws(FileError) {
    let (cost, encoded) = (Cost(of: network), (stored ?? network.tensors()).encoded)
    let path = ResultFiles.weights(of: key)
    let readBack = try Network<Float>(from: SafeTensors(decoding: encoded, path: path), path: path)
    let evaluation = Evaluation(of: readBack, data: data, workers: workers)
    tables.results.append(
      ResultRow(
        key: key, testAccuracy: evaluation.testAccuracy, validationAccuracy: evaluation.validationAccuracy,
        parameters: cost.parameters, parameterRatio: Double(cost.parameters) / Double(baseline.cost.parameters),
        bytes: encoded.count, byteRatio: Double(encoded.count) / Double(baseline.bytes), macs: cost.macs,
        macRatio: Double(cost.macs) / Double(baseline.cost.macs), seconds: seconds,
        changedPredictions: zip(evaluation.predictions, baseline.predictions).count { $0 != $1 }))
    predictions.append((ResultFiles.name(of: key), evaluation.predictions))
    weights.append((path, encoded))
    guard stored == nil else { return }
    for (storage, stored) in Self.storages(of: network) {
      for (bits, type) in [(32, SafeTensors.ElementType.float32), (16, .float16)] {
        let readBack = try Network<Float>(from: stored.tensors(as: type), path: path)
        addCosts(
          of: readBack, key: key, storage: storage, bits: bits, bytes: stored.encodedSize(as: type), baseline: baseline,
          evaluation: readBack == network ? evaluation : Evaluation(of: readBack, data: data, workers: workers))
      }
    }
  }

  /// The ways to store a network: as it is, and with S folded where there is one.
  private static func storages(of network: Network<Float>) -> [(Storage, Network<Float>)] {
    let factors = network.layers.compactMap { layer -> LowRank<Float>? in
      if case .lowRank(let factors) = layer { factors } else { nil }
    }
    if factors.isEmpty { return [(.dense, network)] }
    if factors.allSatisfy({ $0.singularValues == nil }) { return [(.folded, network)] }
    return [(.diagonal, network), (.folded, network.folded)]
  }

  private mutating func addCosts(
    of network: Network<Float>, key: NetworkKey, storage: Storage, bits: Int, bytes: Int, baseline: MeasuredBaseline,
    evaluation: Evaluation
  ) {
    let cost = Cost(of: network)
    tables.costs.append(
      CostRow(
        key: key, storage: storage, bits: bits, parameters: cost.parameters,
        parameterRatio: Double(cost.parameters) / Double(baseline.cost.parameters), bytes: bytes,
        byteRatio: Double(bytes) / Double(baseline.bytes), macs: cost.macs,
        macRatio: Double(cost.macs) / Double(baseline.cost.macs), testAccuracy: evaluation.testAccuracy,
        validationAccuracy: evaluation.validationAccuracy))
  }

  /// Adds what each layer alone costs at each rank.
  mutating func addSensitivity(_ sensitivity: Sensitivity, key: NetworkKey) {
    for point in sensitivity.points {
      var key = key
      key.rank = point.rank
      key.ranks = LayerRanks([Int?](repeating: nil, count: point.layer) + [point.rank])
      tables.sensitivity.append(
        SensitivityRow(
          key: key, layer: point.layer + 1, validationAccuracy: point.accuracy, validationLoss: point.loss))
    }
  }

  /// Adds the singular values of each weight matrix, W1 first; `nil` for those of layers that have none.
  /// - Throws: `LinearAlgebraError`.
  mutating func addSpectra(of weights: [Matrix<Float>?], key: NetworkKey, workers: Workers) throws {
    for (layer, values) in try workers.map(
      weights,
      { weights in try weights.map { try LAPACKSVD.singularValues(of: $0) } }
    ).enumerated() {
      for (index, value) in (values ?? []).enumerated() {
        tables.spectra.append(SpectrumRow(key: key, layer: layer + 1, index: index + 1, singularValue: Double(value)))
      }
    }
  }
}
