import Compression
import NeuralNetwork
import Results

/// Why a study cannot be run.
public enum StudyError: Error, Equatable, CustomStringConvertible {
  case tooFewImages(study: String, validation: Int, training: Int)
  /// `most` is the number of training images without those for validation, and those held out.
  case tooFewCalibrationImages(study: String, key: String, found: Int, most: Int, heldOut: Int)
  /// A baseline, at `path`, that cannot be calibrated or compressed.
  case notCalibrated(path: String, CalibrationError)
  /// An experiment before the one it starts from.
  case missingBaseline(path: String, study: String, seed: UInt64)
  /// A baseline of another configuration or program, or one that was changed, or whose rows are missing.
  case staleBaseline(path: String, study: String, seed: UInt64)
  /// The training of a network.
  case diverged(network: String, key: NetworkKey, TrainingError)
  /// Another process works on the same results.
  case inUse(folder: String)

  public var description: String {
    switch self {
    case .tooFewImages(let study, let validation, let training):
      "\(study): validation_images: found \(validation), expected fewer than the \(training) training images"
    case .tooFewCalibrationImages(let study, let key, let found, let most, let heldOut):
      "\(study): \(key): found \(found), expected at most \(most), the training images without those for validation"
        + (heldOut > 0 ? " and the \(heldOut) held out" : "")
    case .notCalibrated(let path, let error): "\(path): \(error)"
    case .missingBaseline(let path, let study, let seed):
      "\(path): found no such file, expected the baseline of study '\(study)', seed \(seed): run `lowrank baseline` first"
    case .staleBaseline(let path, let study, let seed):
      "\(path): found a baseline that is not up to date, expected that of study '\(study)', seed \(seed): "
        + "run `lowrank baseline` first"
    case .diverged(let network, let key, let error):
      "\(network) (\(key.dataset), \(key.study), seed \(key.seed)): \(error): "
        + [key.experiment.rawValue, key.cadence?.rawValue].compactMap { $0 }.joined(separator: ".")
        + ".learning_rate of the study file is too large"
    case .inUse(let folder):
      "\(folder): found another process that uses these results, expected none: wait for it, or choose another "
        + "--results folder"
    }
  }
}
