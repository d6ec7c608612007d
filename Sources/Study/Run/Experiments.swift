import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results

extension StudyRun {
  /// The baseline: a dense network, trained.
  func baseline(_ checkpoints: Checkpoints) throws -> ExperimentOutput {
    let data = try data()
    let key = key(.baseline, .dense)
    var output = ExperimentOutput()
    let initial = Network<Float>(widths: configuration.widths, seed: seed)
    let trained = try train(
      initial.layers.map { $0.trainable() }, plan: configuration.baseline, streams: "baseline", key: key, named: "baseline",
      checkpoints: checkpoints, into: &output)
    try output.add(
      trained.network, key: key, baseline: MeasuredBaseline(trained.network, data: data, workers: workers), data: data,
      seconds: trained.seconds, workers: workers)
    let weights = trained.network.layers.prefix(configuration.compressedLayers).map { layer in
      guard case .dense(let dense) = layer else { preconditionFailure("a dense network has dense layers") }
      return dense.weights
    }
    output.addSpectra(try workers.map(weights) { try LAPACKSVD.singularValues(of: $0) }, key: key)
    return output
  }

  /// Part 1: the baseline, truncated to each rank.
  func truncation() throws -> ExperimentOutput {
    let data = try data()
    let dense = try baselineNetwork()
    let measured = MeasuredBaseline(dense, data: data, workers: workers)
    var output = ExperimentOutput()
    observer.message("part1: factoring \(configuration.compressedLayers) weight matrices")
    let (svd, seconds) = try timed {
      try NetworkSVD(of: dense, compressing: configuration.compressedLayers, workers: workers)
    }
    for rank in ranks(configuration.part1.ranks, of: .part1) {
      if observer.isInterrupted() { throw Interruption() }
      let key = key(.part1, .truncated, rank: rank)
      let network = svd.truncated(to: rank)
      try output.add(network, key: key, baseline: measured, data: data, seconds: seconds, workers: workers)
      observer.message("part1: D = \(rank): \(described(output.tables.results.last))")
    }
    return output
  }

  /// Part 2: the factors of part 1, S split between them, trained.
  func fineTuning(_ checkpoints: Checkpoints) throws -> ExperimentOutput {
    let data = try data()
    let dense = try baselineNetwork()
    let measured = MeasuredBaseline(dense, data: data, workers: workers)
    var output = ExperimentOutput()
    let svd = try NetworkSVD(of: dense, compressing: configuration.compressedLayers, workers: workers)
    for rank in ranks(configuration.part2.ranks, of: .part2) {
      let key = key(.part2, .fineTuned, rank: rank)
      let trained = try train(
        svd.truncated(to: rank).layers.map { $0.trainable() }, plan: configuration.part2.plan, streams: "part2", key: key,
        named: "part2 D = \(rank)", checkpoints: checkpoints, into: &output)
      try output.add(
        trained.network, key: key, baseline: measured, data: data, seconds: trained.seconds, workers: workers)
    }
    return output
  }

  /// Part 3: the baseline, trained on with dynamic SVD, at each rank and cadence.
  func dynamic(_ checkpoints: Checkpoints) throws -> ExperimentOutput {
    let data = try data()
    let dense = try baselineNetwork()
    let measured = MeasuredBaseline(dense, data: data, workers: workers)
    var output = ExperimentOutput()
    for rank in ranks(configuration.part3.ranks, of: .part3) {
      for (cadence, plan) in configuration.part3.plans {
        let key = key(.part3, .dynamic, rank: rank, cadence: cadence)
        let renewal: Renewal =
          switch cadence {
          case .epoch: .every(steps: plan.steps(samples: data.training.count))
          case .step: .eachStep
          }
        let trained = try train(
          dense.dynamicSVD(
            rank: rank, compressing: configuration.compressedLayers, renewal: renewal,
            oversampling: configuration.part3.oversampling, seed: seed), plan: plan, streams: "part3", key: key,
          named: "part3 D = \(rank), SVD each \(cadence.rawValue)", checkpoints: checkpoints, into: &output)
        try output.add(
          trained.network, key: key, baseline: measured, data: data, seconds: trained.seconds, workers: workers)
        let weights = trained.layers.compactMap { ($0 as? any TrainableDynamicLayer<Float>)?.weights }
        output.addSpectra(try workers.map(weights) { try LAPACKSVD.singularValues(of: $0) }, key: key)
      }
    }
    return output
  }

  /// Trains a network and adds each epoch to the history. Resumes from a checkpoint, and saves one if the user interrupts it.
  private func train(
    _ layers: [any TrainableLayer<Float>], plan: TrainingPlan, streams: String, key: NetworkKey, named name: String,
    checkpoints: Checkpoints, into output: inout ExperimentOutput
  ) throws -> (network: Network<Float>, layers: [any TrainableLayer<Float>], seconds: Double) {
    let data = try data()
    let training = TrainingLoop(
      plan: plan, samples: data.training, validation: data.validation, seed: seed, streams: streams, workers: workers)
    do {
      return try checkpoints.train(layers, by: training, network: ResultFiles.name(of: key), title: name) { epoch, seconds in
        output.tables.history.append(
          HistoryRow(
            key: key, epoch: epoch.epoch, learningRate: epoch.learningRate, trainingLoss: epoch.trainingLoss,
            validationAccuracy: epoch.validationAccuracy, seconds: seconds))
      }
    } catch let error as TrainingError {
      // The next run would go on to the same end.
      checkpoints.remove()
      throw StudyError.diverged(network: name, key: key, error)
    }
  }

  /// The ranks, each once, at most full rank. Warns about larger ones.
  private func ranks(_ ranks: [StudyConfiguration.Rank], of experiment: Experiment) -> [Int] {
    var values: [Int] = []
    for rank in ranks {
      let value = rank.value(full: configuration.fullRank)
      if case .of(let asked) = rank { warn(of: asked, in: experiment) }
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  /// Warns if a rank exceeds the full rank of some matrix.
  private func warn(of rank: Int, in experiment: Experiment) {
    let name = "\(experiment.rawValue).ranks: found \(rank), expected at most"
    let (largest, each) = (configuration.fullRank, configuration.fullRanks)
    if rank > largest {
      observer.warning("\(name) \(largest), the full rank; \(largest) is used, and the network grows")
    } else if let smallest = each.min(), rank > smallest {
      let names = each.indices.filter { rank > each[$0] }.map { "W\($0 + 1) (\(each[$0]))" }.joined(separator: ", ")
      observer.warning("\(name) the full rank of \(names): these are kept at full rank, and grow")
    }
  }

  private func described(_ row: ResultRow?) -> String {
    guard let row else { return "" }
    let size = row.parameterRatio.formatted(.percent.precision(.fractionLength(1)).locale(.init(identifier: "en_US")))
    let growth = row.parameterRatio > 1 ? " (larger than the baseline)" : ""
    return "validation \(String(format: "%.2f", row.validationAccuracy)) %, \(size) of the parameters\(growth)"
  }

  private func timed<Value>(_ body: () throws -> Value) rethrows -> (Value, seconds: Double) {
    let clock = ContinuousClock()
    let start = clock.now
    let value = try body()
    return (value, (clock.now - start).seconds)
  }
}
