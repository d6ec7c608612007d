import Files
import NeuralNetwork
import Results

/// The class that each network of an experiment gives each test image, in a file beside the weights: two networks are compared on
/// the same images.
///
/// Of each network, under its name as in `ResultFiles.name(of:)`, the file has a tensor of one byte an image: the class, or
/// `none` where all logits are NaN.
public enum Predictions {
  /// What stands for no class.
  public static let none = UInt8.max

  /// The file of an experiment's networks: `part1-predictions.safetensors`.
  static func file(of experiment: Experiment) -> String { "\(experiment.rawValue)-predictions.safetensors" }

  /// A file's tensors.
  static func tensors(_ networks: [(name: String, classes: [Int?])]) -> SafeTensors {
    var file = SafeTensors()
    for (name, classes) in networks {
      file.append(name, shape: [classes.count], bytes: classes.map { $0.map(UInt8.init) ?? none })
    }
    return file
  }

  /// The networks of one seed whose files are there, in the order of the experiments and of their rows.
  /// - Throws: `FileError` for a file that cannot be read, or a tensor that has another type or shape.
  public static func read(
    _ files: ResultFiles, seed: UInt64, of experiments: [Experiment] = Experiment.allCases
  ) throws(FileError) -> [(name: String, classes: [UInt8])] {
    var networks: [(name: String, classes: [UInt8])] = []
    for experiment in experiments {
      let path = "\(files.weights(seed: seed))/\(file(of: experiment))"
      guard fileExists(path) else { continue }
      for (name, tensor) in try SafeTensors(readingFrom: path).tensors {
        guard tensor.type == .uint8, tensor.shape.count == 1 else {
          throw FileError(
            path: "\(path): \(name)", found: "\(tensor.type.rawValue) \(tensor.shape)", expected: "U8, one dimension")
        }
        networks.append((name, tensor.bytes))
      }
    }
    return networks
  }
}
