import Compression
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
  let workers: Workers
  private let trainedBaseline: Network<Float>
  private let dataset: Dataset
  private let training: Images

  /// - Parameters:
  ///   - study: the study file.
  ///   - weights: the baseline's, as a run of the study has left them.
  /// - Throws: `FileError` for a file that is missing or wrong.
  init(study: String, data: DatasetChoice, weights: String, threads: Int) throws {
    configuration = try StudyConfiguration(readingFrom: study)
    trainedBaseline = try Network(readingFrom: weights)
    let widths = [trainedBaseline.inputs] + trainedBaseline.layers.map(\.outputs)
    guard widths == configuration.widths else {
      throw FileError(
        path: weights, found: "the widths \(widths)", expected: "\(configuration.widths), as \(study) has them")
    }
    guard trainedBaseline.layers.allSatisfy({ if case .dense = $0 { true } else { false } }) else {
      throw FileError(path: weights, found: "factors", expected: "a dense network")
    }
    workers = Workers(count: threads)
    dataset = try DatasetSource.resolve(data, log: { _ in }).load(
      seed: configuration.digits.seed, digitsTraining: configuration.digits.training, digitsTest: configuration.digits.test,
      workers: workers)
    training = dataset.training.prefix(max(1, dataset.training.count - configuration.validationImages))
  }

  /// The training images, without those for validation.
  /// - Parameter withoutZeros: whether black pixels, which are stored as zeros, have the value 1 of 255.
  func samples<Scalar: BLASScalar>(withoutZeros: Bool = false) -> Samples<Scalar> {
    Samples(
      width: Images.pixelsPerImage, pixels: withoutZeros ? training.pixels.map { max($0, 1) } : training.pixels,
      labels: training.labels, mean: configuration.mean, deviation: configuration.deviation)
  }

  /// The network as a training starts.
  func initialNetwork<Scalar: BLASScalar>() -> Network<Scalar> {
    Network(widths: configuration.widths, seed: configuration.seed)
  }

  /// The trained baseline.
  func trained<Scalar: BLASScalar>() -> Network<Scalar> { trainedBaseline.map { matrix in matrix.map { Scalar($0) } } }

  /// A network whose hidden units are on for every image, so that no activation and no gradient is zero: positive weights that
  /// average the units below, and biases of 1.
  func networkWithoutZeros() -> Network<Float> {
    var network: Network<Float> = initialNetwork()
    for (index, layer) in network.layers.enumerated().dropLast() {
      guard case .dense(let dense) = layer else { continue }
      let scale = Float(dense.weights.columns).squareRoot()
      network.layers[index] = .dense(
        Dense(weights: dense.weights.map { abs($0) / scale }, bias: [Float](repeating: 1, count: layer.outputs)))
    }
    return network
  }

  /// A dense network's layers under dynamic SVD, in every step unless `renewal` is another.
  func dynamicSVD<Scalar: BLASScalar>(
    of network: Network<Scalar>, renewal: Renewal = .eachStep
  ) -> [any TrainableLayer<Scalar>] {
    network.dynamicSVD(
      rank: Works.rank, compressing: configuration.compressedLayers, renewal: renewal,
      oversampling: configuration.part3.oversampling, seed: configuration.seed)
  }

  /// How a network under dynamic SVD in every step is trained.
  func dynamicPlan() throws -> TrainingPlan {
    guard let plan = configuration.part3.step else {
      throw RequestError(found: "no part3.step in study '\(configuration.name)'", expected: "dynamic SVD in every step")
    }
    return plan
  }
}

extension Network where Scalar == Float {
  /// A dense network with each of its matrices and biases (1 × outputs) converted.
  fileprivate func map<Other: BLASScalar>(_ convert: (Matrix<Float>) -> Matrix<Other>) -> Network<Other> {
    Network<Other>(
      layers: layers.compactMap { layer in
        guard case .dense(let dense) = layer else { return nil }
        let bias = convert(Matrix(rows: 1, columns: dense.bias.count, elements: dense.bias))
        return .dense(Dense(weights: convert(dense.weights), bias: bias.elements))
      })
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
    /// How many directions our subspace iterations carry along for D = 20.
    let directions: Int
    let environment: Manifest.Environment
  }

  var recipe: Recipe {
    Recipe(
      configuration: configuration.json, widths: configuration.widths, dataset: dataset.name.rawValue,
      images: training.count,
      directions: Works.rank + configuration.part3.oversampling + SubspaceSVD<Float>.guards,
      environment: .current(threads: workers.count))
  }

  /// Writes the images (`pixels.u8`, count × 784 bytes, and `labels.u8`) and the networks (`initial.safetensors`,
  /// `trained.safetensors`, `without_zeros.safetensors`).
  func export(to folder: String) throws {
    try AtomicFile.write([
      ("\(folder)/pixels.u8", training.pixels), ("\(folder)/labels.u8", training.labels),
      ("\(folder)/initial.safetensors", (initialNetwork() as Network<Float>).tensors().encoded),
      ("\(folder)/trained.safetensors", trainedBaseline.tensors().encoded),
      ("\(folder)/without_zeros.safetensors", networkWithoutZeros().tensors().encoded),
    ])
  }
}
