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

extension ExperimentOutput {
  /// SHA-256 of the rows of each table.
  var tableDigests: [String: String] {
    [
      ResultStore.digest(results, named: "results.csv"), ResultStore.digest(history, named: "history.csv"),
      ResultStore.digest(spectra, named: "spectra.csv"), ResultStore.digest(costs, named: "costs.csv"),
    ].reduce(into: [:]) { $0[$1.name] = $1.digest }
  }
}

/// The result files of a study: reads them, and replaces the rows of one experiment and seed in them.
struct ResultStore {
  let files: ResultFiles

  /// Writes weights, rows and manifest, the manifest last: it names only what is there.
  /// - Throws: `FileError`; then all files are the old ones.
  func replace(_ run: Manifest.Run, dataset: Manifest.Dataset, with output: ExperimentOutput) throws(FileError) {
    var written = output.weights.map { (path: "\(files.weights(seed: run.seed))/\($0.name)", bytes: $0.bytes) }
    written.append((files.results, try merged(output.results, run, path: files.results)))
    written.append((files.history, try merged(output.history, run, path: files.history)))
    written.append((files.spectra, try merged(output.spectra, run, path: files.spectra)))
    written.append((files.costs, try merged(output.costs, run, path: files.costs)))
    var manifest = Manifest(dataset: dataset, study: files.study, runs: try manifestIfPresent()?.runs ?? [])
    manifest.replace(run)
    written.append((files.manifest, manifest.encoded))
    try AtomicFile.write(written)
  }

  /// Removes what a process that was killed left half-written.
  func removeLeftovers(seed: UInt64) {
    AtomicFile.removeLeftovers(in: files.weights(seed: seed))
    AtomicFile.removeLeftovers(
      in: files.folder, of: ["results.csv", "history.csv", "spectra.csv", "costs.csv", "manifest.json"])
  }

  /// Writes another configuration for a run whose results it does not change.
  /// - Throws: `FileError`.
  func record(_ run: Manifest.Run, configuration: JSONValue) throws(FileError) {
    guard var manifest = try manifestIfPresent() else { return }
    var run = run
    run.configuration = configuration
    manifest.replace(run)
    try manifest.write(to: files.manifest)
  }

  /// The run of this seed and experiment, if all its rows and weights are there as it left them.
  /// - Throws: `FileError` if the manifest, a table or a weights' file cannot be read.
  func completed(_ experiment: Experiment, seed: UInt64) throws(FileError) -> Manifest.Run? {
    let run = try manifestIfPresent()?.runs.first { ($0.seed, $0.experiment) == (seed, experiment) }
    guard let run else { return nil }
    for (name, digest) in run.digests {
      let path = "\(files.weights(seed: seed))/\(name)"
      guard fileExists(path), SHA256.hexDigest(of: try readFile(path)) == digest else { return nil }
    }
    var present = ExperimentOutput()
    present.results = try rows(of: run, in: files.results)
    present.history = try rows(of: run, in: files.history)
    present.spectra = try rows(of: run, in: files.spectra)
    present.costs = try rows(of: run, in: files.costs)
    return present.tableDigests == run.tables ? run : nil
  }

  static func digest<Row: TableRow>(_ rows: [Row], named name: String) -> (name: String, digest: String) {
    (name, SHA256.hexDigest(of: Array(Row.text(of: rows).utf8)))
  }

  private func manifestIfPresent() throws(FileError) -> Manifest? {
    fileExists(files.manifest) ? try Manifest.read(from: files.manifest) : nil
  }

  private func rows<Row: NetworkRow>(of run: Manifest.Run, in path: String) throws(FileError) -> [Row] {
    try Row.readIfPresent(from: path).filter { ($0.key.seed, $0.key.experiment) == (run.seed, run.experiment) }
  }

  /// Rows of other experiments and seeds stay; the order is seed, experiment, and as the experiment gave them.
  private func merged<Row: NetworkRow>(_ rows: [Row], _ run: Manifest.Run, path: String) throws(FileError) -> [UInt8] {
    let others = try Row.readIfPresent(from: path).filter { ($0.key.seed, $0.key.experiment) != (run.seed, run.experiment) }
    // Stable by position, which Swift's sort does not promise.
    let sorted = (others + rows).enumerated().sorted {
      ($0.element.key.seed, $0.element.key.experiment.order, $0.offset)
        < ($1.element.key.seed, $1.element.key.experiment.order, $1.offset)
    }
    return Array(Row.text(of: sorted.map(\.element)).utf8)
  }
}

extension Manifest {
  fileprivate mutating func replace(_ run: Run) {
    runs.removeAll { ($0.seed, $0.experiment) == (run.seed, run.experiment) }
    runs.append(run)
    runs.sort { ($0.seed, $0.experiment.order) < ($1.seed, $1.experiment.order) }
  }
}

extension Experiment {
  fileprivate var order: Int { Experiment.allCases.firstIndex(of: self) ?? 0 }
}
