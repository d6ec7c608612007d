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
    try configuration.requireValidationImages(below: data.training.count)
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
  /// - Throws: `StudyError.tooFewImages`, `StudyError.tooFewCalibrationImages`.
  public init(_ configuration: StudyConfiguration, data source: DatasetSource, workers: Workers) throws {
    (self.configuration, self.source, self.workers) = (configuration, source, workers)
    let training =
      switch source {
      // A label is a byte after a header of eight.
      case .mnist(let folder): folder.files.trainingLabels.decompressedBytes - 8
      case .digits: configuration.digits.training
      }
    try configuration.requireValidationImages(below: training)
    try configuration.requireCalibrationImages(of: training - configuration.validationImages)
  }

  /// `mnist` or `digits`.
  public var dataset: String { source.name.rawValue }

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
