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

  /// Splits the last `configuration.validationImages` training images off.
  /// - Throws: `FileError` where the data are not what they should be, or too few.
  init(_ source: DatasetSource, configuration: StudyConfiguration, workers: Workers) throws {
    let data = try source.load(
      seed: configuration.digits.seed, digitsTraining: configuration.digits.training, digitsTest: configuration.digits.test,
      workers: workers)
    let kept = data.training.count - configuration.validationImages
    guard kept > 0 else {
      throw StudyError.tooFewImages(
        study: configuration.name, validation: configuration.validationImages, training: data.training.count)
    }
    func samples(_ images: Images) -> Samples<Float> {
      Samples(
        width: Images.pixelsPerImage, pixels: images.pixels, labels: images.labels, mean: configuration.mean,
        deviation: configuration.deviation)
    }
    training = samples(data.training.prefix(kept))
    validation = samples(data.training.suffix(configuration.validationImages))
    test = samples(data.test)
    description = Manifest.Dataset(
      name: data.name.rawValue, trainingImages: kept, validationImages: configuration.validationImages,
      testImages: data.test.count, sha256: data.sha256)
  }
}

/// The images of a study, read once for all of its experiments and seeds, and not at all if no experiment has to be run.
public final class StudyImages {
  let source: DatasetSource
  let configuration: StudyConfiguration
  let workers: Workers
  private var loaded: StudyData?

  /// - Parameter workers: the threads that draw digits and run the experiments; no result depends on their number.
  public init(_ configuration: StudyConfiguration, data source: DatasetSource, workers: Workers) {
    (self.configuration, self.source, self.workers) = (configuration, source, workers)
  }

  /// - Parameter onReading: called before the images are read.
  /// - Throws: as `StudyData.init`.
  func data(onReading: () -> Void) throws -> StudyData {
    if let loaded { return loaded }
    onReading()
    let data = try StudyData(source, configuration: configuration, workers: workers)
    loaded = data
    return data
  }
}

/// Why a study cannot be run.
public enum StudyError: Error, Equatable, CustomStringConvertible {
  case tooFewImages(study: String, validation: Int, training: Int)
  /// An experiment before the one it starts from.
  case missingBaseline(path: String, study: String, seed: UInt64)
  /// A baseline of another configuration or program, or one that was changed, or whose rows are missing.
  case staleBaseline(path: String, study: String, seed: UInt64)
  /// Another process works on the same results.
  case inUse(folder: String)

  public var description: String {
    switch self {
    case .tooFewImages(let study, let validation, let training):
      "\(study): validation_images: found \(validation), expected fewer than the \(training) training images"
    case .missingBaseline(let path, let study, let seed):
      "\(path): found no such file, expected the baseline of study '\(study)', seed \(seed): run `lowrank baseline` first"
    case .staleBaseline(let path, let study, let seed):
      "\(path): found a baseline that is not up to date, expected that of study '\(study)', seed \(seed): "
        + "run `lowrank baseline` first"
    case .inUse(let folder):
      "\(folder): found another process that uses these results, expected none: wait for it, or choose another "
        + "--results folder"
    }
  }
}
