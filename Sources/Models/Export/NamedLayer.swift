import Files
import LinearAlgebra
import NeuralNetwork

/// A layer of a network under the names that PyTorch has for it: `NAME.weight` and `NAME.bias`, or `NAME.0.weight` (V), `NAME.1.weight`
/// (U) and `NAME.1.bias`.
struct NamedLayer: Sendable {
  /// A matrix, rows × columns.
  enum Elements: Sendable {
    case numbers(Matrix<Float>)
    case codes(QuantisedMatrix)
  }

  /// What all names begin with: `fc1.`, or nothing.
  let prefix: String
  /// W; or V and U, in the order in which they are multiplied by.
  let matrices: [(prefix: String, elements: Elements)]
  /// b, beside the last matrix; `nil` where the file has none.
  let bias: [Float]?
  let activation: ActivationFunction

  /// The names of the weights.
  var names: [String] { matrices.map { $0.prefix + "weight" } }

  /// Elements of all matrices and of the bias.
  var count: Int { matrices.reduce(bias?.count ?? 0) { $0 + $1.elements.rows * $1.elements.columns } }

  /// The layers of a network from the input on.
  /// - Throws: `FileError` where two matrices would have the same name.
  static func all(of file: NetworkFile) throws(FileError) -> [NamedLayer] {
    let layers = file.network.layers.indices.map { index in
      let prefix = file.names[index].isEmpty ? "" : file.names[index] + "."
      let matrices =
        file.quantised.map { elements(of: $0.layers[index]) } ?? elements(of: file.network.layers[index])
      return NamedLayer(
        prefix: prefix,
        matrices: matrices.enumerated().map { (matrices.count == 1 ? prefix : "\(prefix)\($0).", $1) },
        bias: file.hasBias[index] ? file.network.layers[index].bias : nil, activation: file.network.activation(after: index))
    }
    var names = Set<[UInt8]>()
    for name in layers.flatMap(\.names) where !names.insert(Array(name.utf8)).inserted {
      throw FileError(path: file.path, found: "two matrices that would have the name '\(name)'", expected: "one")
    }
    return layers
  }

  private static func elements(of layer: QuantisedNetwork.Layer) -> [Elements] {
    switch layer.weights {
    case .dense(let weights): [.codes(weights)]
    case .lowRank(let u, let vT): [.codes(vT), .codes(u)]
    }
  }

  private static func elements(of layer: Layer<Float>) -> [Elements] {
    switch layer {
    case .dense(let layer): [.numbers(layer.weights)]
    case .lowRank(let layer): [.numbers(layer.folded.vT), .numbers(layer.folded.u)]
    }
  }
}

extension NamedLayer.Elements {
  var rows: Int {
    switch self {
    case .numbers(let matrix): matrix.rows
    case .codes(let matrix): matrix.rows
    }
  }

  var columns: Int {
    switch self {
    case .numbers(let matrix): matrix.columns
    case .codes(let matrix): matrix.columns
    }
  }
}
