import Files
import Results

/// The results of one experiment with one seed, before they are written.
struct ExperimentOutput {
  var tables = StudyTables()
  /// The bytes of each weights' file, by its name.
  var weights: [(name: String, bytes: [UInt8])] = []
  /// A class for each test image, by the network's name; `nil` for none.
  var predictions: [(name: String, classes: [Int?])] = []

  /// All files of the folder of weights.
  func files(of experiment: Experiment) -> [(name: String, bytes: [UInt8])] {
    weights + [(Predictions.file(of: experiment), Predictions.tensors(predictions).encoded)]
  }
}

/// The result files of a study, read; replaces the rows of one experiment and seed in them.
struct ResultStore {
  private let files: ResultFiles
  private let tables: StudyTables
  private let manifest: Manifest?

  /// Reads all files that are there.
  /// - Parameter onUnreadable: gets the reason why a file is taken as not there; without it, the reason is thrown.
  /// - Throws: `FileError`; in any case where there is no file to replace, but a folder, say.
  init(_ files: ResultFiles, onUnreadable: ((FileError) -> Void)? = nil) throws(FileError) {
    self.files = files
    if onUnreadable != nil {
      for path in StudyTables.all.map({ files.table($0.name) }) + [files.manifest] where fileExists(path) {
        _ = try readFile(path)
      }
    }
    tables = try StudyTables(reading: files, onUnreadable: onUnreadable)
    do {
      manifest = try Manifest.readIfPresent(from: files.manifest)
    } catch {
      guard let onUnreadable else { throw error }
      onUnreadable(error)
      manifest = nil
    }
  }

  /// Writes weights, predictions, rows and manifest, the manifest last: it names only what is there.
  /// - Throws: `FileError`; then all files are the old ones.
  func replace(_ run: Manifest.Run, dataset: Manifest.Dataset, with output: ExperimentOutput) throws(FileError) {
    let tables = tables.replacing(run, with: output.tables)
    var manifest = Manifest(dataset: dataset, study: files.study, runs: manifest?.runs ?? [])
    manifest.replace(run)
    try AtomicFile.write(
      output.files(of: run.experiment).map { ("\(files.weights(seed: run.seed))/\($0.name)", $0.bytes) }
        + written(tables).map { (files.table($0.name), Array($0.text(of: tables).utf8)) }
        + [(files.manifest, manifest.encoded)])
  }

  /// The tables that are written: not one without rows, unless there is a file to replace.
  private func written(_ tables: StudyTables) -> [any StudyTable] {
    StudyTables.all.filter { !$0.keys(in: tables).isEmpty || fileExists(files.table($0.name)) }
  }

  /// Removes the temporary files of a process that was killed.
  static func removeLeftovers(of files: ResultFiles, seed: UInt64) {
    AtomicFile.removeLeftovers(in: files.weights(seed: seed))
    AtomicFile.removeLeftovers(in: files.folder, of: StudyTables.all.map(\.name) + [ResultFiles.manifestName])
  }

  /// Records another configuration of a run, which does not change its results.
  /// - Throws: `FileError`.
  func record(_ run: Manifest.Run, configuration: JSON) throws(FileError) {
    guard var manifest else { return }
    var run = run
    run.configuration = configuration
    manifest.replace(run)
    try manifest.write(to: files.manifest)
  }

  /// The run of this seed and experiment, if all its rows and weights are there as it left them.
  /// - Throws: `FileError` if a weights' file cannot be read.
  func completed(_ experiment: Experiment, seed: UInt64) throws(FileError) -> Manifest.Run? {
    let run = manifest?.runs.first { ($0.seed, $0.experiment) == (seed, experiment) }
    guard let run else { return nil }
    for (name, digest) in run.digests {
      let path = "\(files.weights(seed: seed))/\(name)"
      guard fileExists(path), SHA256.hexDigest(of: try readFile(path)) == digest else { return nil }
    }
    return tables.rows(of: run).digests == run.tables ? run : nil
  }
}

extension Manifest {
  fileprivate mutating func replace(_ run: Run) {
    runs.removeAll { ($0.seed, $0.experiment) == (run.seed, run.experiment) }
    runs.append(run)
    runs.sort { ($0.seed, $0.experiment.order) < ($1.seed, $1.experiment.order) }
  }
}
