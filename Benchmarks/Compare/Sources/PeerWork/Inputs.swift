import Files
import Foundation
import LinearAlgebra
import Datasets
import NeuralNetwork
import Results
import Study

/// What is worked on: a study's hyper-parameters, its images, and the baseline that it has trained.
struct Inputs {
  let configuration: StudyConfiguration
  /// The trained baseline.
  let trained: Network<Float>
  /// Of it, what the SVDs are taken of: W1 … W5 in the paper's network.
  let matrices: [Matrix<Float>]
  let workers: Workers
  private let dataset: Dataset
  private let training: Images

  /// - Parameters:
  ///   - study: the study file.
  ///   - weights: the baseline's, as a run of the study has left them.
  /// - Throws: `FileError` for a file that is missing or wrong.
  init(study: String, data: DatasetChoice, weights: String, threads: Int) throws {
    configuration = try StudyConfiguration(readingFrom: study)
    trained = try Network(readingFrom: weights)
    let widths = [trained.inputs] + trained.layers.map(\.outputs)
    guard widths == configuration.widths else {
      throw FileError(
        path: weights, found: "the widths \(widths)", expected: "\(configuration.widths), as \(study) has them")
    }
    matrices = try trained.layers.prefix(configuration.compressedLayers).map { layer in
      guard case .dense(let dense) = layer else {
        throw FileError(path: weights, found: "factors", expected: "a dense network")
      }
      return dense.weights
    }
    workers = Workers(count: threads)
    dataset = try DatasetSource.resolve(data, log: { _ in }).load(
      seed: configuration.digits.seed, digitsTraining: configuration.digits.training, digitsTest: configuration.digits.test,
      workers: workers)
    training = dataset.training.prefix(max(1, dataset.training.count - configuration.validationImages))
  }

  /// The training images, without those for validation.
  func samples<Scalar: BLASScalar>() -> Samples<Scalar> {
    Samples(
      width: Images.pixelsPerImage, pixels: training.pixels, labels: training.labels, mean: configuration.mean,
      deviation: configuration.deviation)
  }

  /// The network as a training starts.
  func initialNetwork<Scalar: BLASScalar>() -> Network<Scalar> {
    Network(widths: configuration.widths, seed: configuration.seed)
  }
}

extension Inputs {
  /// What the peers must know.
  struct Recipe: Encodable {
    /// Under the study file's keys.
    let configuration: JSON
    let widths: [Int]
    /// `mnist` or `digits`.
    let dataset: String
    /// Training images.
    let images: Int
    let environment: Manifest.Environment
  }

  var recipe: Recipe {
    Recipe(
      configuration: configuration.json, widths: configuration.widths, dataset: dataset.name.rawValue,
      images: training.count, environment: .current(threads: workers.count))
  }

  /// Writes the images (`pixels.u8`, count × 784 bytes, and `labels.u8`) and the networks (`initial.safetensors`,
  /// `trained.safetensors`).
  func export(to folder: String) throws {
    try AtomicFile.write([
      ("\(folder)/pixels.u8", training.pixels), ("\(folder)/labels.u8", training.labels),
      ("\(folder)/initial.safetensors", (initialNetwork() as Network<Float>).tensors().encoded),
      ("\(folder)/trained.safetensors", trained.tensors().encoded),
    ])
  }
}
