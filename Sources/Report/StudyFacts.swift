import Files
import Results

/// The data of the report: the rows, by network, and the manifest.
struct StudyFacts {
  /// Of the runs whose rows are in `results`.
  let manifest: Manifest
  let results: StudyResults
  let networks: [NetworkGroup<ResultRow>]
  let costs: [NetworkGroup<CostRow>]
  let pairs: [Pair: ComparisonRow]

  init(reading files: ResultFiles) throws(FileError) {
    results = try StudyResults(reading: files)
    var manifest = try Manifest.read(from: files.manifest)
    guard (manifest.dataset.name, manifest.study) == (files.dataset, files.study) else {
      throw FileError(
        path: files.manifest, found: "the manifest of \(manifest.dataset.name), \(manifest.study)",
        expected: "\(files.dataset), \(files.study)")
    }
    let outdated = results.outdated
    manifest.runs.removeAll { run in outdated.contains { ($0.seed, $0.experiment) == (run.seed, run.experiment) } }
    self.manifest = manifest
    (networks, costs) = (results.results.byNetwork(), results.costs.byNetwork())
    pairs = Dictionary(results.comparisons.map { (Pair(key: $0.key, other: $0.other), $0) }) { row, _ in row }
  }

  var configuration: JSON? { results.configuration }

  /// Only results on MNIST confirm or refute the paper.
  var isMNIST: Bool { manifest.dataset.name == "mnist" }

  /// Whether the study names its own data.
  var isOwnData: Bool { BuiltInData.isOwn(manifest.dataset.name) }

  /// The data as people read it.
  var dataName: String {
    isMNIST ? "MNIST" : isOwnData ? Markdown.cell(manifest.dataset.name) : "built-in digits"
  }

  /// The network that the study names in place of the baseline's training: its file and the SHA-256 of that; `nil` if there is none.
  var network: (file: String, digest: String)? {
    let network = configuration?[StudyKey.network]
    return network?["file"]?.string.map { ($0, network?[StudyKey.digests]?.string ?? "–") }
  }

  /// Why the paper's claims are not tested; `nil` where they are.
  var whyUntested: String? {
    if !isMNIST { return "\(dataName), not MNIST" }
    return network == nil ? nil : "a network that was read, not the paper's"
  }

  /// Whether the study has a part: its rows, or its section.
  func has(_ experiment: Experiment) -> Bool {
    configuration == nil || configuration?[experiment.rawValue] != nil || !networks(of: experiment).isEmpty
  }

  var baseline: NetworkGroup<ResultRow>? { networks.first { $0.key.method == .dense } }

  /// The truncated networks, by ascending rank.
  var truncated: [NetworkGroup<ResultRow>] { networks(of: .part1) }

  func networks(of experiment: Experiment) -> [NetworkGroup<ResultRow>] {
    networks.filter { $0.key.experiment == experiment }
  }

  /// The cost of a network in one form of storage; `nil` where its sizes differ between seeds, as those of allocated ranks do.
  func cost(of key: NetworkKey, _ storage: Storage, bits: Int = 32) -> CostRow? {
    let rows = costs.first { $0.key == key.withoutSeed }?.rows.filter { $0.storage == storage && $0.bits == bits } ?? []
    guard let first = rows.first, rows.allSatisfy({ ($0.parameters, $0.bytes) == (first.parameters, first.bytes) })
    else { return nil }
    return first
  }

  /// One standard error of the test set, in percentage points, where `accuracy` percent of the images are right.
  func standardError(of accuracy: Double) -> Double {
    (accuracy * (100 - accuracy) / Double(manifest.dataset.testImages)).squareRoot()
  }

  /// The smallest and the largest full rank of the compressed matrices, if spectra were saved.
  var fullRanks: ClosedRange<Int>? {
    let baseline = results.spectra.filter { $0.key.method == .dense }
    let ranks = Dictionary(grouping: baseline, by: \.layer).compactMap { $0.value.map(\.index).max() }
    guard let least = ranks.min(), let greatest = ranks.max() else { return nil }
    return least...greatest
  }
}
