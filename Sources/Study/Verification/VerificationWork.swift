import Files
import LinearAlgebra
import Datasets
import Results

/// One verification while it is at work: what was run again so far, and what came of it.
struct VerificationWork {
  let verification: Verification
  let source: DatasetSource
  /// The study file, to name what its configuration has and the manifest's has not.
  let study: (path: String, configuration: StudyConfiguration)?
  /// All that is written: what the parts start from.
  let folder: String
  let stored: StoredTables
  /// This program on this machine.
  let now: Manifest.Environment
  let workers: Workers
  let observer: StudyObserver

  private(set) var comparisons: [Comparison] = []
  private var verified: Set<Comparison.Part> = []
  /// The last one, which holds the images, for runs of the same numbers.
  private var latest: (configuration: StudyConfiguration, seed: UInt64, run: StudyRun)?

  init(
    _ verification: Verification, source: DatasetSource, study: (path: String, configuration: StudyConfiguration)?,
    folder: String, stored: StoredTables, now: Manifest.Environment, workers: Workers, observer: StudyObserver
  ) {
    (self.verification, self.source, self.study, self.folder) = (verification, source, study, folder)
    (self.stored, self.now, self.workers, self.observer) = (stored, now, workers, observer)
  }

  /// Runs it again and compares, unless that is done already; what it starts from comes first.
  mutating func verify(_ run: Manifest.Run) throws {
    let part = Comparison.Part(run)
    guard !verified.contains(part) else { return }
    let configuration = try verification.configuration(of: run)
    let start = run.experiment == .baseline ? nil : try verification.baseline(of: run)
    let compared = verification.compareConfiguration(
      configuration, of: run, start: start, study: study, sources: now.sourceDigest)
    let again = try studyRun(configuration, seed: run.seed)
    if let start { try provide(start, for: run, at: again.baselinePath) }
    verified.insert(part)
    observer.message("verify: \(part)")
    let output = try again.perform(run.experiment)
    if observer.isInterrupted() { throw Interruption() }
    comparisons.append(compared)
    comparisons.append(verification.compareWeights(output.weights, of: run))
    comparisons += stored.compare(output, of: part)
    if run.experiment == .baseline, let weights = output.weights.first {
      try AtomicFile.write(weights.bytes, to: again.baselinePath)
    }
  }

  /// Sees to it that there is a baseline for `run` to start from at `path`: as it was run again, else as it is stored with
  /// the results, if that is the manifest's; else it is run now.
  private mutating func provide(_ baseline: Manifest.Run, for run: Manifest.Run, at path: String) throws {
    let stored = "\(verification.files.weights(seed: run.seed))/\(Verification.baselineFile)"
    if !verified.contains(Comparison.Part(baseline)) {
      let bytes = fileExists(stored) ? try readFile(stored) : []
      let isManifests = SHA256.hexDigest(of: bytes) == baseline.digests[Verification.baselineFile]
      if isManifests {
        if !fileExists(path) {
          observer.message("verify: \(Comparison.Part(run)) starts from \(stored)")
          try AtomicFile.write(bytes, to: path)
        }
        return
      }
      observer.message(
        "\(stored): found \(bytes.isEmpty ? "no such file" : "other weights"), expected those of the manifest: "
          + "the baseline is run first")
      try verify(baseline)
    }
    let weights = comparisons.first { ($0.part, $0.subject) == (Comparison.Part(baseline), Comparison.weights) }
    if weights?.agrees == false {
      observer.warning("\(Comparison.Part(run)) starts from the baseline as run again, which is not the manifest's")
    }
  }

  /// A study run that writes below `folder`, on the manifest's images.
  /// - Throws: `FileError` if the images are others.
  private mutating func studyRun(_ configuration: StudyConfiguration, seed: UInt64) throws -> StudyRun {
    if let latest, latest.configuration == configuration, latest.seed == seed { return latest.run }
    let images = StudyImages(configuration, data: source, workers: workers)
    let run = StudyRun(images, results: folder, seed: seed, observer: observer)
    try verification.require(try run.data().description)
    latest = (configuration, seed, run)
    return run
  }
}
