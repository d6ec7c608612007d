import Compression
import Files
import Foundation
import LinearAlgebra
import Datasets
import NeuralNetwork
import Results

/// A study with one seed: runs its experiments, each of which reads what it starts from and writes its results.
public final class StudyRun {
  let configuration: StudyConfiguration
  let files: ResultFiles
  let seed: UInt64
  let workers: Workers
  let observer: StudyObserver
  private let checkpointSeconds: Double
  private let images: StudyImages
  private let environment: Manifest.Environment

  /// - Parameters:
  ///   - images: those of this configuration; runs with other seeds share them.
  ///   - results: the root of all results, `experiments/results`.
  ///   - seed: `nil` for the study file's.
  ///   - checkpointSeconds: the longest time between checkpoints, in seconds.
  public init(
    _ images: StudyImages, results: String, seed: UInt64? = nil, checkpointSeconds: Double = 60, observer: StudyObserver
  ) {
    (self.images, configuration, workers) = (images, images.configuration, images.workers)
    self.checkpointSeconds = checkpointSeconds
    files = ResultFiles(root: results, dataset: images.dataset, study: configuration.name)
    self.seed = seed ?? configuration.seed
    self.observer = observer
    environment = .current(threads: workers.count)
  }

  /// Runs an experiment, unless its results are up to date, and completes `comparisons.csv`. A run that was stopped resumes from its
  /// last checkpoint.
  ///
  /// - Parameters:
  ///   - fresh: run it in any case, from the beginning.
  ///   - replacesUnreadable: replace result files that cannot be read, with a warning; they are an error otherwise. `nil` for
  ///     what `fresh` says.
  /// - Returns: whether it was run.
  /// - Throws: `FileError`, `StudyError` (`notCalibrated` for a `CalibrationError`), `TrainingError`, `LinearAlgebraError`,
  ///   `Interruption`; earlier results stay.
  @discardableResult
  public func run(_ experiment: Experiment, fresh: Bool = false, replacesUnreadable: Bool? = nil) throws -> Bool {
    // Result files are read, changed and written back: two processes at once would lose each other's rows.
    guard let lock = try FolderLock(files.folder) else { throw StudyError.inUse(folder: files.folder) }
    defer { lock.release() }
    guard configuration.experiments.contains(experiment) else {
      observer.message("\(experiment.rawValue): not in this study file")
      return false
    }
    ResultStore.removeLeftovers(of: files, seed: seed)
    let warn = { [observer] (error: FileError) in observer.warning("\(error): the file will be replaced") }
    var store = try ResultStore(
      files, of: configuration.experiments, onUnreadable: replacesUnreadable ?? fresh ? warn : nil)
    let isNew = try run(experiment, fresh: fresh, &store)
    // Another part's file is no reason to fail after hours of training.
    try store.updateComparisons(seed: seed, onUnreadable: { observer.warning("\($0): the file is taken as missing") }) {
      try data().test.labels
    }
    return isNew
  }

  private func run(_ experiment: Experiment, fresh: Bool, _ store: inout ResultStore) throws -> Bool {
    let start = experiment == .baseline ? nil : try baselineDigest(store)
    let fingerprint = fingerprint(of: experiment, start: start)
    let found = try store.completed(experiment, seed: seed)
    let done = found?.fingerprint == fingerprint ? found : nil
    let checkpoints = Checkpoints(
      weights: files.weights(seed: seed), experiment: experiment, run: fingerprint, isTaken: done == nil,
      seconds: checkpointSeconds, observer: observer)
    if fresh || done != nil { checkpoints.remove() }
    if !fresh, let done {
      // What it does not depend on may have changed: the manifest says what the study file says now.
      if done.configuration != configuration.json || store.isToBeCleaned {
        try store.record(done, configuration: configuration.json)
      }
      observer.message("\(label(experiment)): up to date")
      return false
    }
    // Checked before the work.
    try AtomicFile.probe(folder: files.weights(seed: seed))
    let (began, clock) = (Date(), ContinuousClock())
    let from = clock.now
    let output = try perform(experiment, checkpoints)
    let run = Manifest.Run(
      seed: seed, experiment: experiment, configuration: configuration.json, fingerprint: fingerprint,
      digests: Dictionary(
        uniqueKeysWithValues: output.files(of: experiment).map { ($0.name, SHA256.hexDigest(of: $0.bytes)) }),
      tables: output.tables.digests, environment: environment,
      started: began.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
      seconds: checkpoints.earlierSeconds + (clock.now - from).seconds)
    if observer.isInterrupted() { throw checkpoints.interruption }
    try store.replace(run, dataset: try data().description, with: output)
    checkpoints.remove()
    return true
  }

  /// Runs an experiment from the beginning and writes no results; all but the baseline start from the file at `baselinePath`.
  func perform(_ experiment: Experiment) throws -> ExperimentOutput {
    try perform(
      experiment,
      Checkpoints(
        weights: files.weights(seed: seed), experiment: experiment, run: "", isTaken: false, seconds: nil, observer: observer
      ))
  }

  private func perform(_ experiment: Experiment, _ checkpoints: Checkpoints) throws -> ExperimentOutput {
    try requireMemory(of: experiment)
    do {
      return switch experiment {
      case .baseline: try images.network.map(readBaseline) ?? baseline(checkpoints)
      case .part1: try truncation()
      case .part2: try fineTuning(checkpoints)
      case .part3: try dynamic(checkpoints)
      case .part4: try withoutTraining()
      }
    } catch let error as CalibrationError {
      // Nothing but the baseline is calibrated.
      throw StudyError.notCalibrated(path: baselinePath, error)
    }
  }

  /// Checks that there is memory, before hours of training: without it, the program would end with a crash, or OpenBLAS would wait
  /// for its buffers for ever.
  private func requireMemory(of experiment: Experiment) throws(FileError) {
    try Memory.require(
      configuration.bytes(of: experiment, threads: workers.count),
      addresses: workers.count * OpenBLAS.bufferSize + (1 << 25), place: "study \(configuration.name)")
  }

  /// The images, read when they are first needed.
  func data() throws -> StudyData { try images.data { observer.message("reading \(images.dataset)") } }

  /// Where the baseline's weights lie.
  var baselinePath: String { files.baseline(seed: seed) }

  /// The baseline, read back from its file.
  func baselineNetwork() throws -> Network<Float> {
    let network = try Network<Float>(readingFrom: baselinePath)
    guard network.layers.map(\.outputs) == Array(configuration.widths.dropFirst()), network.inputs == configuration.widths[0]
    else {
      throw FileError(
        path: baselinePath, found: "layers of \(network.layers.map(\.outputs))",
        expected: "\(configuration.widths.dropFirst())")
    }
    return network
  }

  /// SHA-256 of the baseline's weights, which must be those that this study file and this program make.
  private func baselineDigest(_ store: ResultStore) throws -> String {
    guard fileExists(baselinePath) else {
      throw StudyError.missingBaseline(path: baselinePath, study: configuration.name, seed: seed)
    }
    let digest = SHA256.hexDigest(of: try readFile(baselinePath))
    let run = try store.completed(.baseline, seed: seed)
    guard let run, run.fingerprint == fingerprint(of: .baseline, start: nil), run.digests.values.contains(digest) else {
      throw StudyError.staleBaseline(path: baselinePath, study: configuration.name, seed: seed)
    }
    return digest
  }

  private func fingerprint(of experiment: Experiment, start: String?) -> String {
    Fingerprint.of(
      experiment, configuration: configuration, dataset: files.dataset, data: images.digests, seed: seed,
      start: start, environment: environment)
  }

  /// - Parameter images: those that its weights follow from; where ranks alone do, it has them too.
  func key(
    _ experiment: Experiment, _ method: Method, _ ranks: ChosenRanks? = nil, cadence: Cadence? = nil, images: Int? = nil,
    bits: Int = 32
  ) -> NetworkKey {
    NetworkKey(
      dataset: files.dataset, study: files.study, seed: seed, experiment: experiment, method: method, rank: ranks?.rank,
      cadence: cadence, ranks: ranks.map { LayerRanks($0.layers) },
      calibrationImages: images ?? (ranks?.allocation.needsImages == true ? configuration.calibration?.images : nil),
      allocation: ranks?.allocation, bits: bits)
  }

  private func label(_ experiment: Experiment) -> String {
    "\(experiment.rawValue) (\(files.dataset), \(files.study), seed \(seed))"
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
