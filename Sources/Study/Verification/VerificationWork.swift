import Files
import LinearAlgebra
import Datasets
import Results

/// A verification in progress: what was run again so far, and the comparisons.
struct VerificationWork {
  let verification: Verification
  /// `nil` for data of the study's own.
  let source: DatasetSource?
  /// The study file, to name the values in which it differs from the manifest.
  let study: (path: String, configuration: StudyConfiguration)?
  /// Where baselines are written for the parts to start from.
  let folder: String
  let stored: StudyTables
  /// This program on this machine.
  let now: Manifest.Environment
  let workers: Workers
  let observer: StudyObserver

  private(set) var comparisons: [Comparison] = []
  private var verified: Set<Comparison.Part> = []
  /// The last study run, which holds the images, for further runs of the same configuration.
  private var latest: (configuration: StudyConfiguration, seed: UInt64, run: StudyRun)?

  init(
    _ verification: Verification, source: DatasetSource?, study: (path: String, configuration: StudyConfiguration)?,
    folder: String, stored: StudyTables, now: Manifest.Environment, workers: Workers, observer: StudyObserver
  ) {
    (self.verification, self.source, self.study, self.folder) = (verification, source, study, folder)
    (self.stored, self.now, self.workers, self.observer) = (stored, now, workers, observer)
  }

  /// Runs it again and compares, unless that is done; the baseline that it starts from comes first.
  mutating func verify(_ run: Manifest.Run) throws {
    let part = Comparison.Part(run)
    guard !verified.contains(part) else { return }
    let configuration = try verification.configuration(of: run, placedBy: study)
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
    comparisons.append(verification.compareWeights(output.files(of: run.experiment), of: run))
    comparisons += stored.compare(output.tables, of: run)
    if run.experiment == .baseline, let weights = output.weights.first {
      try AtomicFile.write(weights.bytes, to: again.baselinePath)
    }
  }

  /// Provides the baseline that `run` starts from at `path`: the one that was run again, else the stored one if it is the
  /// manifest's, else one that is run now.
  private mutating func provide(_ baseline: Manifest.Run, for run: Manifest.Run, at path: String) throws {
    let stored = verification.files.baseline(seed: run.seed)
    if !verified.contains(Comparison.Part(baseline)) {
      let bytes = fileExists(stored) ? try readFile(stored) : []
      let isManifests = SHA256.hexDigest(of: bytes) == baseline.digests[ResultFiles.baselineWeights]
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
    let images = try StudyImages(configuration, data: source, workers: workers)
    let run = StudyRun(images, results: folder, seed: seed, observer: observer)
    try verification.require(try run.data().description)
    latest = (configuration, seed, run)
    return run
  }
}
