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
    try addBaseline(trained.network, key: key, data: data, seconds: trained.seconds, to: &output)
    return output
  }

  /// The baseline: somebody's dense network, as it was read.
  func readBaseline(_ network: Network<Float>) throws -> ExperimentOutput {
    observer.message("baseline: \(configuration.ownNetwork?.path ?? "")")
    var output = ExperimentOutput()
    try addBaseline(network, key: key(.baseline, .dense), data: try data(), seconds: 0, to: &output)
    return output
  }

  private func addBaseline(
    _ network: Network<Float>, key: NetworkKey, data: StudyData, seconds: Double, to output: inout ExperimentOutput
  ) throws {
    try output.add(
      network, key: key, baseline: MeasuredBaseline(network, data: data, workers: workers), data: data, seconds: seconds,
      workers: workers)
    let weights = network.layers.prefix(configuration.compressedLayers).map { layer in
      guard case .dense(let dense) = layer else { preconditionFailure("a dense network has dense layers") }
      return dense.weights
    }
    try output.addSpectra(of: weights, key: key, workers: workers)
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
    for ranks in try ranks(configuration.part1.ranks, of: .part1) {
      if observer.isInterrupted() { throw Interruption() }
      let key = key(.part1, .truncated, ranks)
      let network = svd.truncated(to: ranks.layers)
      try output.add(network, key: key, baseline: measured, data: data, seconds: seconds, workers: workers)
      observer.message("part1: \(ranks.title): \(described(output.tables.results.last))")
    }
    return output
  }

  /// Part 2: the factors of part 1, S split between them, or those of `matched`, trained.
  func fineTuning(_ checkpoints: Checkpoints) throws -> ExperimentOutput {
    let data = try data()
    let dense = try baselineNetwork()
    let measured = MeasuredBaseline(dense, data: data, workers: workers)
    var output = ExperimentOutput()
    let calibrated = try calibratedBaseline(dense, for: .part2)
    let (network, images) = try start(of: dense, calibrated)
    for ranks in try ranks(configuration.part2.ranks, of: .part2, baseline: calibrated) {
      let key = key(.part2, .fineTuned, ranks, images: images)
      let trained = try train(
        network(ranks).layers.map { $0.trainable() }, plan: configuration.part2.plan, streams: "part2", key: key,
        named: "part2 \(ranks.title)", checkpoints: checkpoints, into: &output)
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
    let calibrated = try calibratedBaseline(dense, for: .part3)
    for ranks in try ranks(configuration.part3.ranks, of: .part3, baseline: calibrated) {
      for (cadence, plan) in configuration.part3.plans {
        let key = key(.part3, .dynamic, ranks, cadence: cadence)
        let renewal: Renewal =
          switch cadence {
          case .epoch: .every(steps: plan.steps(samples: data.training.count))
          case .step: .eachStep
          }
        let trained = try train(
          dense.dynamicSVD(
            ranks: ranks.layers, renewal: renewal, oversampling: configuration.part3.oversampling, seed: seed), plan: plan,
          streams: "part3", key: key,
          named: "part3 \(ranks.title), SVD each \(cadence.rawValue)", checkpoints: checkpoints, into: &output)
        try output.add(
          trained.network, key: key, baseline: measured, data: data, seconds: trained.seconds, workers: workers)
        let weights = trained.layers.map { ($0 as? any TrainableDynamicLayer<Float>)?.weights }
        try output.addSpectra(of: weights, key: key, workers: workers)
      }
    }
    return output
  }

  /// What the ranks of a part follow from, and the networks that it starts from; `nil` if it needs neither.
  private func calibratedBaseline(_ dense: Network<Float>, for experiment: Experiment) throws -> CalibratedBaseline? {
    guard configuration.isCalibrated(experiment) else { return nil }
    return try CalibratedBaseline(dense, of: self)
  }

  /// What makes the networks that part 2 starts from, and the images that their weights follow from.
  private func start(
    of dense: Network<Float>, _ baseline: CalibratedBaseline?
  ) throws -> (network: (ChosenRanks) throws -> Network<Float>, images: Int?) {
    switch configuration.part2.start {
    case .truncated:
      let svd = try NetworkSVD(of: dense, compressing: configuration.compressedLayers, workers: workers)
      return ({ svd.truncated(to: $0.layers) }, nil)
    case .matched:
      guard let baseline else { preconditionFailure("a study without calibration was read") }
      return ({ try baseline.matched($0) }, configuration.calibration?.images)
    }
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

  private func described(_ row: ResultRow?) -> String {
    guard let row else { return "" }
    let size = row.parameterRatio.formatted(.percent.precision(.fractionLength(1)).locale(.init(identifier: "en_US")))
    let growth = row.parameterRatio > 1 ? " (larger than the baseline)" : ""
    return "validation \(String(format: "%.2f", row.validationAccuracy)) %, \(size) of the parameters\(growth)"
  }
}
