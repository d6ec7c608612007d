import Files
import Foundation
import Datasets
import Results

/// The digest of all that a run depends on: while it stays the same, the results are up to date.
enum Fingerprint {
  /// - Parameters:
  ///   - data: digests of the data's files.
  ///   - start: digest of the weights the experiment starts from; `nil` for the baseline.
  ///   - environment: the sources that decide the results, and the BLAS.
  static func of(
    _ experiment: Experiment, configuration: StudyConfiguration, dataset: String, data: [String: String], seed: UInt64,
    start: String?, environment: Manifest.Environment
  ) -> String {
    var value = [
      "experiment": .string(experiment.rawValue), "common": .object(configuration.common(of: experiment, dataset: dataset)),
      "section": configuration.json[experiment.rawValue] ?? .null, "data": .object(data.mapValues { .string($0) }),
      "seed": .string("\(seed)"), "start": start.map { .string($0) } ?? .null, "sources": .string(environment.sourceDigest),
      "blas": .string("\(environment.blas); \(environment.blasKernel)"),
    ]
    let calibration = configuration.calibration(of: experiment)
    if !calibration.isEmpty { value[StudyKey.calibration] = .object(calibration) }
    return SHA256.hexDigest(of: Array(JSON.object(value).text.utf8))
  }
}

extension DatasetSource {
  /// Digests of MNIST's files as they were published; none for the digits, which follow from the configuration.
  var publishedDigests: [String: String] {
    switch self {
    case .mnist(let folder): Dictionary(uniqueKeysWithValues: folder.files.all.map { ($0.name, $0.sha256) })
    case .digits: [:]
    }
  }
}
