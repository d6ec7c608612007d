import Files
import Foundation
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
///
/// Experiments that the study file does not have are taken as not there: whatever is written next is without them.
struct ResultStore {
  private let files: ResultFiles
  private var tables: StudyTables
  private var manifest: Manifest?
  /// `nil` where the file cannot be read, and is to be replaced.
  private var comparisons: [ComparisonRow]?
  /// Runs in the manifest's file that the study file does not have.
  private var dropped: [Manifest.Run] = []

  /// Reads all files that are there.
  /// - Parameters:
  ///   - experiments: those of the study file.
  ///   - onUnreadable: gets the reason why a file is taken as not there; without it, the reason is thrown.
  /// - Throws: `FileError`; in any case where there is no file to replace, but a folder, say.
  init(
    _ files: ResultFiles, of experiments: [Experiment], onUnreadable: ((FileError) -> Void)? = nil
  ) throws(FileError) {
    func read<Contents>(_ body: () throws(FileError) -> Contents) throws(FileError) -> Contents? {
      do { return try body() } catch {
        guard let onUnreadable else { throw error }
        onUnreadable(error)
        return nil
      }
    }
    self.files = files
    if onUnreadable != nil {
      for path in Self.names.map(files.table) where fileExists(path) { _ = try readFile(path) }
    }
    tables = try StudyTables(reading: files, onUnreadable: onUnreadable).filter { experiments.contains($0.experiment) }
    manifest = try read { () throws(FileError) in try Manifest.readIfPresent(from: files.manifest) } ?? nil
    comparisons = try read { () throws(FileError) in try ComparisonRow.readIfPresent(of: files) }
    dropped = manifest?.runs.filter { !experiments.contains($0.experiment) } ?? []
    manifest?.runs.removeAll { !experiments.contains($0.experiment) }
  }

  /// All files that are read and replaced.
  private static let names = StudyTables.all.map(\.name) + [ResultFiles.comparisonsTable, ResultFiles.manifestName]

  /// Whether the files have runs that the study file does not have.
  var isToBeCleaned: Bool { !dropped.isEmpty }

  /// Writes weights, predictions, rows and manifest, the manifest last: it names only what is there. Drops the comparisons with
  /// the networks that were there before, unless these gave the same answers: the weights of others may not have been kept.
  /// - Throws: `FileError`; then all files are the old ones.
  mutating func replace(
    _ run: Manifest.Run, dataset: Manifest.Dataset, with output: ExperimentOutput
  ) throws(FileError) {
    let tables = tables.replacing(run, with: output.tables)
    let name = Predictions.file(of: run.experiment)
    let areSame = recorded(run.experiment, seed: run.seed)?.digests[name] == run.digests[name]
    var manifest = Manifest(dataset: dataset, study: files.study, runs: manifest?.runs ?? [])
    manifest.replace(run)
    let weights = output.files(of: run.experiment).map { ("\(files.weights(seed: run.seed))/\($0.name)", $0.bytes) }
    try write(tables, manifest, comparisons?.filter { areSame || !$0.isAbout(run) } ?? [], weights: weights)
  }

  /// Records another configuration of a run, which does not change its results.
  /// - Throws: `FileError`; then all files are the old ones.
  mutating func record(_ run: Manifest.Run, configuration: JSON) throws(FileError) {
    guard var manifest else { return }
    var run = run
    run.configuration = configuration
    manifest.replace(run)
    try write(tables, manifest, comparisons ?? [], weights: [])
  }

  private mutating func write(
    _ tables: StudyTables, _ manifest: Manifest, _ comparisons: [ComparisonRow], weights: [(String, [UInt8])]
  ) throws(FileError) {
    // Not a table without rows, unless there is a file to replace.
    let written = StudyTables.all.filter { !$0.keys(in: tables).isEmpty || fileExists(files.table($0.name)) }
    let pairs = fileExists(files.comparisons) ? [(files.comparisons, Array(ComparisonRow.text(of: comparisons).utf8))] : []
    try AtomicFile.write(
      weights + written.map { (files.table($0.name), Array($0.text(of: tables).utf8)) } + pairs
        + [(files.manifest, manifest.encoded)])
    (self.tables, self.manifest, self.comparisons) = (tables, manifest, comparisons)
    for run in dropped { removeWeights(of: run) }
    dropped = []
  }

  /// By the names that networks of this experiment have: those in a manifest may be anything.
  private func removeWeights(of run: Manifest.Run) {
    let folder = files.weights(seed: run.seed)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix("\(run.experiment.rawValue)-") && name.hasSuffix(".safetensors") { unlink("\(folder)/\(name)") }
  }

  /// Makes the rows of `comparisons.csv` that a seed lacks, from the predictions that belong to its runs, and drops those that
  /// `results.csv` contradicts.
  /// - Parameters:
  ///   - onUnreadable: gets the reason why a file of predictions is taken as missing.
  ///   - labels: of the test images; asked for where there is a row to make.
  /// - Throws: `FileError`, and what `labels` throws.
  mutating func updateComparisons(
    seed: UInt64, onUnreadable: (FileError) -> Void, labels: () throws -> [UInt8]
  ) throws {
    // Those of an outdated run may be for other images.
    let outdated = manifest?.outdated ?? []
    var predictions: [(name: String, classes: [UInt8])] = []
    for run in manifest?.runs ?? [] where run.seed == seed && !outdated.contains(run) {
      let name = Predictions.file(of: run.experiment)
      do throws(FileError) {
        guard try hasFile(name, digest: run.digests[name], seed: seed) else { continue }
        predictions += try Predictions.read(files, seed: seed, of: [run.experiment])
      } catch {
        onUnreadable(error)
      }
    }
    let rows = try Comparisons.rows(
      of: tables.results, earlier: comparisons ?? [], seed: seed, predictions: predictions, labels: labels)
    guard rows != comparisons else { return }
    try ComparisonRow.write(rows, to: files.comparisons)
    comparisons = rows
  }

  /// Removes the temporary files of a process that was killed.
  static func removeLeftovers(of files: ResultFiles, seed: UInt64) {
    AtomicFile.removeLeftovers(in: files.weights(seed: seed))
    AtomicFile.removeLeftovers(in: files.folder, of: names)
  }

  /// The run of this seed and experiment, if all its rows and weights are there as it left them.
  /// - Throws: `FileError` if a weights' file cannot be read.
  func completed(_ experiment: Experiment, seed: UInt64) throws(FileError) -> Manifest.Run? {
    guard let run = recorded(experiment, seed: seed) else { return nil }
    for (name, digest) in run.digests where try !hasFile(name, digest: digest, seed: seed) { return nil }
    return tables.rows(of: run).digests == run.tables ? run : nil
  }

  /// The run of this seed and experiment in the manifest.
  private func recorded(_ experiment: Experiment, seed: UInt64) -> Manifest.Run? {
    manifest?.runs.first { ($0.seed, $0.experiment) == (seed, experiment) }
  }

  private func hasFile(_ name: String, digest: String?, seed: UInt64) throws(FileError) -> Bool {
    let path = "\(files.weights(seed: seed))/\(name)"
    guard fileExists(path) else { return false }
    return SHA256.hexDigest(of: try readFile(path)) == digest
  }
}

extension Manifest {
  fileprivate mutating func replace(_ run: Run) {
    runs.removeAll { ($0.seed, $0.experiment) == (run.seed, run.experiment) }
    runs.append(run)
    runs.sort { ($0.seed, $0.experiment.order) < ($1.seed, $1.experiment.order) }
  }
}
