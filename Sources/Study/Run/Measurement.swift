import Compression
import LinearAlgebra
import NeuralNetwork
import Results

/// The size of the baseline, to which all ratios refer.
struct BaselineSize {
  let cost: Cost
  let bytes: Int

  init(_ network: Network<Float>) {
    cost = Cost(of: network)
    bytes = network.encodedSize()
  }
}

extension ExperimentOutput {
  /// Adds a finished network: its accuracies, evaluated as it is stored, its sizes, and its encoded weights.
  mutating func add(
    _ network: Network<Float>, key: NetworkKey, baseline: BaselineSize, data: StudyData, seconds: Double, workers: Workers
  ) {
    let (cost, encoded) = (Cost(of: network), network.tensors().encoded)
    tables.results.append(
      ResultRow(
        key: key, testAccuracy: network.accuracy(on: data.test, workers: workers),
        validationAccuracy: network.accuracy(on: data.validation, workers: workers), parameters: cost.parameters,
        parameterRatio: Double(cost.parameters) / Double(baseline.cost.parameters), bytes: encoded.count,
        byteRatio: Double(encoded.count) / Double(baseline.bytes), macs: cost.macs,
        macRatio: Double(cost.macs) / Double(baseline.cost.macs), seconds: seconds))
    for (storage, stored) in Self.storages(of: network) {
      addCosts(of: stored, key: key, storage: storage, baseline: baseline)
    }
    weights.append((ResultFiles.weights(of: key), encoded))
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

  private mutating func addCosts(of network: Network<Float>, key: NetworkKey, storage: Storage, baseline: BaselineSize) {
    let cost = Cost(of: network)
    for (bits, type) in [(32, SafeTensors.ElementType.float32), (16, .float16)] {
      let bytes = network.encodedSize(as: type)
      tables.costs.append(
        CostRow(
          key: key, storage: storage, bits: bits, parameters: cost.parameters,
          parameterRatio: Double(cost.parameters) / Double(baseline.cost.parameters), bytes: bytes,
          byteRatio: Double(bytes) / Double(baseline.bytes), macs: cost.macs,
          macRatio: Double(cost.macs) / Double(baseline.cost.macs)))
    }
  }

  /// Adds the singular values of each weight matrix, W1 first.
  mutating func addSpectra(_ spectra: [[Float]], key: NetworkKey) {
    for (layer, values) in spectra.enumerated() {
      for (index, value) in values.enumerated() {
        tables.spectra.append(SpectrumRow(key: key, layer: layer + 1, index: index + 1, singularValue: Double(value)))
      }
    }
  }
}
