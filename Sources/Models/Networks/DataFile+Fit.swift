import Datasets
import Files
import NeuralNetwork

extension DataFile {
  /// Checks that the samples are inputs of a network, and that it has an output for each label.
  /// - Throws: `FileError` that names the file, and the sample.
  public func requireFit(to network: NetworkFile) throws(FileError) {
    let layers = network.network.layers
    func name(_ layer: Int) -> String { network.names[layer].isEmpty ? "the layer" : "'\(network.names[layer])'" }
    guard width == network.network.inputs else {
      throw FileError(
        path: path, found: described, expected: "\(network.network.inputs), the inputs of \(name(0)) in \(network.path)")
    }
    guard let labels, let index = labels.firstIndex(where: { Int($0) >= network.network.classes }) else { return }
    let classes = network.network.classes
    throw FileError(
      path: labelPath ?? path, found: "the label \(labels[index]) for sample \(index) (counted from 0)",
      expected: classes == 1
        ? "0: \(name(layers.count - 1)) in \(network.path) has one output"
        : "a class from 0 to \(classes - 1): \(name(layers.count - 1)) in \(network.path) has \(classes) outputs")
  }

  /// `images of 28×28, 784 elements`
  private var described: String {
    let noun = shape.count == 1 ? "samples" : "images"
    return shape.count == 1
      ? "\(noun) of \(width) elements" : "\(noun) of \(shape.map { "\($0)" }.joined(separator: "×")), \(width) elements"
  }
}
