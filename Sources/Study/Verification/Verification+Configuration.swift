import Files
import Datasets
import Results

extension Verification {
  /// The configuration of a run, from the manifest; its files lie where the study file says now.
  /// - Throws: `FileError` with file, run and key.
  func configuration(
    of run: Manifest.Run, placedBy study: (path: String, configuration: StudyConfiguration)? = nil
  ) throws(FileError) -> StudyConfiguration {
    let index = manifest.runs.firstIndex { Comparison.Part($0) == Comparison.Part(run) } ?? 0
    let place = "\(files.manifest): runs[\(index)].configuration"
    let configuration = try StudyConfiguration(run.configuration, name: manifest.study, place: place)
    guard configuration.ownData?.name == (Dataset.Name(rawValue: files.dataset) == nil ? files.dataset : nil) else {
      throw FileError(
        path: "\(place): \(StudyKey.dataset)", found: configuration.datasetName,
        expected: "\(files.dataset), as the manifest has it")
    }
    guard let study else { return configuration }
    return configuration.placed(beside: study.path).placed(as: study.configuration)
  }

  /// The baseline that a part started from.
  /// - Throws: `FileError` if the manifest has none.
  func baseline(of run: Manifest.Run) throws(FileError) -> Manifest.Run {
    if let baseline = manifest.runs.first(where: { ($0.seed, $0.experiment) == (run.seed, .baseline) }) { return baseline }
    throw FileError(
      path: files.manifest, found: "no baseline with seed \(run.seed)",
      expected: "what \(run.experiment.rawValue) starts from")
  }

  /// Compares the fingerprint with that of the configuration, the data and the start, as the manifest has them. If they
  /// differ, names the values that differ in the study file, or in other runs.
  ///
  /// - Parameter sources: the digest of this program's sources. Other sources may digest other things, so that a fingerprint
  ///   of theirs that differs in no value is no difference.
  func compareConfiguration(
    _ configuration: StudyConfiguration, of run: Manifest.Run, start: Manifest.Run?,
    study: (path: String, configuration: StudyConfiguration)?, sources: String
  ) -> Comparison {
    let part = Comparison.Part(run)
    let published = files.dataset == Dataset.Name.mnist.rawValue ? manifest.dataset.sha256 : [:]
    let fingerprint = Fingerprint.of(
      run.experiment, configuration: configuration, dataset: files.dataset,
      data: configuration.ownData?.digests ?? published, seed: run.seed,
      start: start?.digests[ResultFiles.baselineWeights], environment: run.environment)
    var differences: [String] = []
    if fingerprint != run.fingerprint {
      var others = study.map { [(name: $0.path, json: $0.configuration.json)] } ?? []
      others += manifest.runs.filter { $0.seed == run.seed && $0.experiment != run.experiment }
        .map { ("\(Comparison.Part($0))", $0.configuration) }
      var values: [String] = []
      for (name, json) in others where values.isEmpty {
        values = Self.differences(of: configuration.json, from: json, concerning: run.experiment, dataset: files.dataset)
          .map { "\($0.key): found \($0.found), \(name) has \($0.other)" }
      }
      if !values.isEmpty {
        differences = ["found the fingerprint of another configuration: \(values.joined(separator: "; "))"]
      } else if run.environment.sourceDigest == sources {
        differences = ["found the fingerprint of other values, other data or another start"]
      }
    }
    return Comparison(part: part, subject: Comparison.configuration, count: 1, differences: differences)
  }

  /// The values that differ between two configurations, by their keys, as far as an experiment depends on them.
  static func differences(
    of first: JSON, from second: JSON, concerning experiment: Experiment, dataset: String
  ) -> [(key: String, found: String, other: String)] {
    func values(_ json: JSON) -> [String: String] {
      var values: [String: String] = [:]
      for (key, value) in experiment.values(of: json, dataset: dataset) { value.collect(into: &values, under: key) }
      return values
    }
    let (mine, others) = (values(first), values(second))
    return Set(mine.keys).union(others.keys).sorted().compactMap { key in
      mine[key] == others[key] ? nil : (key, mine[key] ?? "nothing", others[key] ?? "none")
    }
  }
}

extension JSON {
  /// All values but objects as text, by the names that lead to them.
  fileprivate func collect(into values: inout [String: String], under name: String) {
    if case .object(let members) = self {
      for (key, value) in members { value.collect(into: &values, under: "\(name).\(key)") }
    } else {
      values[name] = string ?? text
    }
  }
}
