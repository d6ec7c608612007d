import LinearAlgebra
import Datasets
import NeuralNetwork
import Results

/// The images of a study as a network wants them: training, validation, test.
struct StudyData: Sendable {
  let training: Samples<Float>
  let validation: Samples<Float>
  let test: Samples<Float>
  let description: Manifest.Dataset

  /// Reads or draws images.
  /// - Throws: `FileError` where the data are not what they should be, or too few.
  init(_ source: DatasetSource, configuration: StudyConfiguration, workers: Workers) throws {
    let data = try source.load(
      seed: configuration.digits.seed, digitsTraining: configuration.digits.training, digitsTest: configuration.digits.test,
      workers: workers)
    let name = data.name.rawValue
    try self.init(
      training: DataFile(data.training, name: name), test: DataFile(data.test, name: name), name: name,
      sha256: data.sha256, configuration: configuration)
  }

  /// Splits the last `configuration.validationImages` training samples off.
  /// - Throws: `StudyError.tooFewImages`.
  init(
    training data: DataFile, test: DataFile, name: String, sha256: [String: String], configuration: StudyConfiguration
  ) throws {
    let kept = data.count - configuration.validationImages
    try configuration.requireValidationImages(below: data.count)
    let normalisation = Normalisation(mean: configuration.mean, deviation: configuration.deviation)
    training = data.samples(0..<kept, normalisation: normalisation)
    validation = data.samples(kept..<data.count, normalisation: normalisation)
    self.test = test.samples(normalisation: normalisation)
    description = Manifest.Dataset(
      name: name, trainingImages: kept, validationImages: configuration.validationImages, testImages: test.count,
      sha256: sha256)
  }
}

/// The images of a study and what else it reads, once for all of its experiments and seeds. MNIST and digits are not read at all if no
/// experiment has to be run; the files that the study names are read at once, because sizes and digests follow from them.
public final class StudyImages {
  /// Complete: with what follows from the files that it names.
  let configuration: StudyConfiguration
  /// The network in place of the baseline's training; `nil` where that is trained.
  let network: Network<Float>?
  let workers: Workers
  /// `nil` for data of the study's own.
  private let source: DatasetSource?
  private let fileWarnings: [String]
  private var loaded: StudyData?

  /// - Parameters:
  ///   - source: MNIST or digits; `nil` if and only if the study names data of its own.
  ///   - workers: the threads that draw digits and run the experiments; no result depends on their number.
  /// - Throws: `FileError` as `StudyFiles.init`; `StudyError.tooFewImages`, `StudyError.tooFewCalibrationImages`.
  public init(_ study: StudyConfiguration, data source: DatasetSource?, workers: Workers) throws {
    precondition((source == nil) == (study.ownData != nil))
    let files = try StudyFiles(of: study)
    (configuration, network, fileWarnings) = (files.configuration, files.network, files.warnings)
    (self.source, self.workers) = (source, workers)
    let training =
      switch source {
      // A label is a byte after a header of eight.
      case .mnist(let folder): folder.files.trainingLabels.decompressedBytes - 8
      case .digits: configuration.digits.training
      case nil: files.data?.training.count ?? 0
      }
    try configuration.requireValidationImages(below: training)
    try configuration.requireCalibrationImages(of: training - configuration.validationImages)
    if let (training, test) = files.data {
      loaded = try StudyData(
        training: training, test: test, name: dataset, sha256: digests, configuration: configuration)
    }
  }

  /// The word in rows, file names and titles.
  public var dataset: String { source?.name.rawValue ?? configuration.datasetName }

  /// SHA-256 of what is read.
  var digests: [String: String] { source?.publishedDigests ?? configuration.ownData?.digests ?? [:] }

  /// What is perhaps not meant, where one of some experiments depends on it.
  public func warnings(of experiments: [Experiment]) -> [String] {
    fileWarnings + configuration.warnings(of: experiments)
  }

  /// - Parameter onReading: called before the images are read.
  /// - Throws: as `StudyData.init`.
  func data(onReading: () -> Void) throws -> StudyData {
    guard let source, loaded == nil else {
      guard let loaded else { preconditionFailure("a study without data") }
      return loaded
    }
    onReading()
    let data = try StudyData(source, configuration: configuration, workers: workers)
    loaded = data
    return data
  }
}

extension StudyConfiguration {
  /// - Throws: `StudyError.tooFewImages` where no image is left for training.
  fileprivate func requireValidationImages(below training: Int) throws {
    guard validationImages < training else {
      throw StudyError.tooFewImages(study: name, validation: validationImages, training: training)
    }
  }

  /// - Throws: `StudyError.tooFewCalibrationImages` where more are asked for than the images that networks are trained on.
  fileprivate func requireCalibrationImages(of training: Int) throws {
    guard let calibration else { return }
    let exchanges = experiments.contains(where: usesHeldOut)
    let asked = [
      ("\(StudyKey.calibration).images", [calibration.images], exchanges ? calibration.heldOut : 0),
      ("part4.ablation.images", part4?.ablation?.images ?? [], 0),
    ]
    for (key, numbers, heldOut) in asked {
      guard let found = numbers.first(where: { $0 > training - heldOut }) else { continue }
      throw StudyError.tooFewCalibrationImages(
        study: name, key: key, found: found, most: max(0, training - heldOut), heldOut: heldOut)
    }
  }
}
