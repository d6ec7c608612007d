import Files
import Foundation
import LinearAlgebra
import Datasets
import Results

/// Runs a study again from its manifest, and compares with its result files, which it only reads.
public struct Verification: Sendable {
  /// The results that are compared.
  public let files: ResultFiles
  /// What made them.
  public let manifest: Manifest

  /// - Throws: `FileError` if there is no manifest, or it is not that of this study on this dataset.
  public init(of files: ResultFiles) throws(FileError) {
    self.files = files
    manifest = try Manifest.read(from: files.manifest)
    guard (manifest.dataset.name, manifest.study) == (files.dataset, files.study) else {
      throw FileError(
        path: files.manifest, found: "the manifest of \(manifest.dataset.name), \(manifest.study)",
        expected: "\(files.dataset), \(files.study)")
    }
  }

  /// The runs of these experiments and seeds, in the manifest's order.
  /// - Parameters:
  ///   - experiments: none for all.
  ///   - seeds: none for all.
  /// - Throws: `FileError` if the manifest has no run of one of them.
  public func runs(of experiments: [Experiment], seeds: [UInt64]) throws(FileError) -> [Manifest.Run] {
    let all = manifest.runs.map { "\(Comparison.Part($0))" }.joined(separator: ", ")
    func none(_ expected: String) -> FileError {
      FileError(path: files.manifest, found: all.isEmpty ? "no runs" : "only \(all)", expected: expected)
    }
    for seed in seeds where !manifest.runs.contains(where: { $0.seed == seed }) { throw none("runs with seed \(seed)") }
    let runs = manifest.runs.filter { seeds.isEmpty || seeds.contains($0.seed) }
    for experiment in experiments where !runs.contains(where: { $0.experiment == experiment }) {
      throw none("runs of \(experiment.rawValue)")
    }
    guard !runs.isEmpty else { throw none("one run or more") }
    return runs.filter { experiments.isEmpty || experiments.contains($0.experiment) }
  }

  /// Runs `runs` again and compares the configuration with its fingerprint, the digests of all weights, and every row but
  /// its time. A part starts from the baseline that was run again. If that is not among `runs`, it starts from the stored
  /// weights if they are the manifest's; else the baseline is run, and compared, first.
  ///
  /// - Parameters:
  ///   - runs: of `manifest`.
  ///   - source: the data, which must be the manifest's; `nil` for data of the study's own.
  ///   - study: the study file, to name the values in which it differs from the manifest, and for the places of files.
  /// - Throws: `FileError` for a configuration or table that cannot be read, and for other data than the manifest's;
  ///   else as `StudyRun.run`.
  public func run(
    _ runs: [Manifest.Run], data source: DatasetSource?, study: (path: String, configuration: StudyConfiguration)? = nil,
    workers: Workers, observer: StudyObserver
  ) throws -> [Comparison] {
    let stored = try StudyTables(reading: files)
    let now = Manifest.Environment.current(threads: workers.count)
    let notes = differences(between: now, and: runs) + stored.rowsWithoutRun(in: manifest, of: files)
    for note in notes { observer.warning(note) }
    let folder = FileManager.default.temporaryDirectory.path + "/lowrank-verify-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var work = VerificationWork(
      self, source: source, study: study, folder: folder, stored: stored, now: now, workers: workers, observer: observer)
    // The parts start from the baselines.
    for run in runs where run.experiment == .baseline { try work.verify(run) }
    for run in runs { try work.verify(run) }
    return work.comparisons
  }
}
