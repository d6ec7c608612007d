import Files
import Foundation
import Results
import Study

extension StudyConfiguration {
  /// - Parameter path: the study file.
  /// - Throws: `FileError` where the study file does not have `experiment`.
  func require(_ experiment: Experiment, path: String) throws(FileError) {
    guard !experiments.contains(experiment) else { return }
    throw FileError(
      path: path, found: "no section \(experiment.rawValue)", expected: "one, as in experiments/beyond.yaml")
  }
}

extension StudyImages {
  /// Writes `comparisons.csv` again if it is older than the predictions of `seed`, or has none of its networks. Otherwise no
  /// images are read.
  func updateComparisons(_ files: ResultFiles, seed: UInt64) throws {
    let folder = files.weights(seed: seed)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let predictions = names.filter { $0.hasSuffix("-predictions.safetensors") }
    guard let newest = predictions.compactMap({ changed("\(folder)/\($0)") }).max() else { return }
    let isCompressed = { (key: NetworkKey) in key.seed == seed && key.method != .dense }
    // Without a network beside the baseline there is no pair.
    guard try ResultRow.readIfPresent(from: files.results).contains(where: { isCompressed($0.key) }) else { return }
    if let written = changed(files.comparisons), written >= newest,
      try ComparisonRow.read(from: files.comparisons).contains(where: { isCompressed($0.key) })
    {
      return
    }
    let isNew = try Comparisons.write(files: files, seeds: [seed], labels: try testLabels())
    // A table that stays as it is counts as new too: it was compared.
    if !isNew { utimes(files.comparisons, nil) }
  }
}

/// When a file was last changed, in seconds; `nil` if it is missing.
private func changed(_ path: String) -> Double? {
  var record = stat()
  guard stat(path, &record) == 0 else { return nil }
  return Double(record.st_mtim.tv_sec) + 1e-9 * Double(record.st_mtim.tv_nsec)
}
