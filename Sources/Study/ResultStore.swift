import Files
import Results

/// What one experiment with one seed comes to, before it is written.
struct ExperimentOutput {
  var results: [ResultRow] = []
  var history: [HistoryRow] = []
  var spectra: [SpectrumRow] = []
  var costs: [CostRow] = []
  /// The bytes of each weights' file, by its name.
  var weights: [(name: String, bytes: [UInt8])] = []
}

/// The result files of a study: reads them, and replaces the rows of one experiment and seed in them.
struct ResultStore {
  let files: ResultFiles

  /// Writes weights, rows and manifest, in this order: the manifest names only what is there.
  /// - Throws: `FileError`; each file is either the old one or the new one.
  func replace(_ run: Manifest.Run, dataset: Manifest.Dataset, with output: ExperimentOutput) throws(FileError) {
    for (name, bytes) in output.weights { try AtomicFile.write(bytes, to: "\(files.weights(seed: run.seed))/\(name)") }
    try merge(output.results, run, into: files.results)
    try merge(output.history, run, into: files.history)
    try merge(output.spectra, run, into: files.spectra)
    try merge(output.costs, run, into: files.costs)
    var manifest = Manifest(dataset: dataset, study: files.study, runs: try manifestIfPresent()?.runs ?? [])
    manifest.runs.removeAll { ($0.seed, $0.experiment) == (run.seed, run.experiment) }
    manifest.runs.append(run)
    manifest.runs.sort { ($0.seed, $0.experiment.order) < ($1.seed, $1.experiment.order) }
    try manifest.write(to: files.manifest)
  }

  /// The run of this seed and experiment, if its results and weights are all there.
  /// - Throws: `FileError` if the manifest or a weights' file cannot be read.
  func completed(_ experiment: Experiment, seed: UInt64) throws(FileError) -> Manifest.Run? {
    let run = try manifestIfPresent()?.runs.first { ($0.seed, $0.experiment) == (seed, experiment) }
    guard let run, [files.results, files.history, files.spectra, files.costs].allSatisfy(fileExists) else { return nil }
    for (name, digest) in run.digests {
      let path = "\(files.weights(seed: seed))/\(name)"
      guard fileExists(path), SHA256.hexDigest(of: try readFile(path)) == digest else { return nil }
    }
    return run
  }

  private func manifestIfPresent() throws(FileError) -> Manifest? {
    fileExists(files.manifest) ? try Manifest.read(from: files.manifest) : nil
  }

  /// Rows of other experiments and seeds stay; the order is seed, experiment, and as the experiment gave them.
  private func merge<Row: TableRow>(_ rows: [Row], _ run: Manifest.Run, into path: String) throws(FileError) {
    let others = try Row.readIfPresent(from: path).filter { ($0.key.seed, $0.key.experiment) != (run.seed, run.experiment) }
    // Stable by position, which Swift's sort does not promise.
    let sorted = (others + rows).enumerated().sorted {
      ($0.element.key.seed, $0.element.key.experiment.order, $0.offset)
        < ($1.element.key.seed, $1.element.key.experiment.order, $1.offset)
    }
    try Row.write(sorted.map(\.element), to: path)
  }
}

extension Experiment {
  fileprivate var order: Int { Experiment.allCases.firstIndex(of: self) ?? 0 }
}
