import Files

/// `manifest.json`: records how a study's results were made, so that they can be reproduced.
public struct Manifest: ManifestFile, Equatable {
  /// The format of this version of the program.
  public static let currentFormat = 1
  /// The file's format.
  public var format = Manifest.currentFormat
  /// The same for all runs.
  public var dataset: Dataset
  /// The study file's name.
  public var study: String
  /// One entry a seed and experiment, in the order seed, experiment.
  public var runs: [Run]

  /// A manifest of this format.
  public init(dataset: Dataset, study: String, runs: [Run]) {
    (self.dataset, self.study, self.runs) = (dataset, study, runs)
  }

  /// The images that were used.
  public struct Dataset: Codable, Equatable, Sendable {
    /// `mnist`, `digits`, or the name of somebody's own data.
    public var name: String
    /// Without those for validation.
    public var trainingImages: Int
    /// The last of the training images.
    public var validationImages: Int
    /// Evaluated once.
    public var testImages: Int
    /// SHA-256 by file name (MNIST), of the pixels and labels (digits), or of a study's own files by part.
    public var sha256: [String: String]

    /// What was used.
    public init(name: String, trainingImages: Int, validationImages: Int, testImages: Int, sha256: [String: String]) {
      (self.name, self.trainingImages, self.validationImages) = (name, trainingImages, validationImages)
      (self.testImages, self.sha256) = (testImages, sha256)
    }
  }

  /// One experiment with one seed.
  public struct Run: Codable, Equatable, Sendable {
    /// Of all random streams.
    public var seed: UInt64
    /// Which part.
    public var experiment: Experiment
    /// The whole effective configuration of the study, as canonical JSON values.
    public var configuration: JSON
    /// SHA-256 of everything this run depends on: configuration, data, seed, the weights it started from, the sources.
    public var fingerprint: String
    /// SHA-256 of the weights of each network, by file name.
    public var digests: [String: String]
    /// SHA-256 of the run's rows in each table, by the table's name: a lost or changed row is noticed.
    public var tables: [String: String]
    /// The program and the machine.
    public var environment: Environment
    /// ISO 8601, UTC, with milliseconds: the newest run decides which others belong with it.
    public var started: String
    /// From start to end.
    public var seconds: Double

    /// A run as it ended.
    public init(
      seed: UInt64, experiment: Experiment, configuration: JSON, fingerprint: String, digests: [String: String],
      tables: [String: String] = [:], environment: Environment, started: String, seconds: Double
    ) {
      (self.seed, self.experiment, self.configuration, self.fingerprint) = (seed, experiment, configuration, fingerprint)
      (self.digests, self.tables, self.environment) = (digests, tables, environment)
      (self.started, self.seconds) = (started, seconds)
    }
  }

  /// The program and the machine.
  public struct Environment: Codable, Equatable, Sendable {
    /// The commit of the checkout, 12 digits of it, with `-dirty` if it was changed.
    public var sourceRevision: String
    /// SHA-256 of the sources that decide the results.
    public var sourceDigest: String
    /// The compiler.
    public var toolchain: String
    /// OpenBLAS's version and build options.
    public var blas: String
    /// The kernel family that OpenBLAS really runs.
    public var blasKernel: String
    /// The threads of OpenBLAS's own that a call runs; `nil` in a manifest from before it was asked.
    public var blasThreads: Int?
    /// As the system names it.
    public var processor: String
    /// As it names itself.
    public var operatingSystem: String
    /// No result depends on it.
    public var threads: Int

    /// A program on a machine.
    public init(
      sourceRevision: String, sourceDigest: String, toolchain: String, blas: String, blasKernel: String,
      blasThreads: Int? = nil, processor: String, operatingSystem: String, threads: Int
    ) {
      (self.sourceRevision, self.sourceDigest, self.toolchain) = (sourceRevision, sourceDigest, toolchain)
      (self.blas, self.blasKernel, self.blasThreads) = (blas, blasKernel, blasThreads)
      (self.processor, self.operatingSystem, self.threads) = (processor, operatingSystem, threads)
    }
  }
}
