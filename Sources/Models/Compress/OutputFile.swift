import Files
import NeuralNetwork

/// The file that a compression writes: its tensors in their order, and what comes before them.
struct OutputFile: Sendable {
  /// Where the bytes of a tensor come from.
  enum Source: Sendable {
    /// A tensor of the model.
    case copy(Int)
    /// A layer of the plan: its V and U, which follow each other.
    case factors(Int)
    /// The bias of a layer of the plan that had none.
    case bias(Int)
  }

  /// In the order of the bytes.
  let sources: [Source]
  /// The length of the header, and the header.
  let header: [UInt8]
  /// Bytes of the whole file.
  let size: Int

  /// The tensors of the model in its order, factors in the place of their matrix; those with longer elements first, so that each
  /// tensor begins at a multiple of its element's size.
  /// - Parameters:
  ///   - withBias: layers that get a bias, though they have none.
  ///   - network: how the layers are run; `nil` for what the model's metadata say.
  /// - Throws: `FileError` where two tensors would have the same name.
  init(
    of model: Model, layers: [CompressionPlan.Layer], naming: FactorNaming, withBias: Set<Int> = [],
    network: NetworkDescription? = nil
  ) throws(FileError) {
    typealias Described = (name: String, type: SafeTensors.ElementType, shape: [Int])
    var factored: [Int: Int] = [:]
    var biases: [[UInt8]: (name: String, rows: Int)] = [:]
    for (index, layer) in layers.enumerated() where layer.rank != nil {
      factored[layer.matrix.matrix.tensor] = index
      if let bias = naming.names(of: layer.matrix.matrix.name).bias {
        biases[Array(bias.before.utf8)] = (bias.after, layer.matrix.matrix.rows)
      }
    }
    var parts: [(bits: Int, source: Source, tensors: [Described])] = []
    var renamed: [[UInt8]: String] = [:]
    for (index, tensor) in model.tensors.enumerated() {
      if let layer = factored[index], let rank = layers[layer].rank {
        let (plan, names) = (layers[layer], naming.names(of: tensor.name))
        let (rows, columns) = (plan.matrix.matrix.rows, plan.matrix.matrix.columns)
        parts.append(
          (
            plan.stored.bits, .factors(layer),
            [(names.first, plan.stored, [rank, columns]), (names.second, plan.stored, [rows, rank])]
          ))
      } else {
        var name = tensor.name
        if let bias = biases[Array(name.utf8)], tensor.shape == [bias.rows] {
          renamed[Array(name.utf8)] = bias.name
          name = bias.name
        }
        parts.append((tensor.type.bits, .copy(index), [(name, tensor.type, tensor.shape)]))
      }
    }
    for index in withBias.sorted() {
      let matrix = layers[index].matrix.matrix
      guard let bias = naming.names(of: matrix.name).bias else { preconditionFailure("a layer whose bias has no name") }
      let name = layers[index].rank == nil ? bias.before : bias.after
      renamed[Array(bias.before.utf8)] = name
      parts.append((matrix.type.bits, .bias(index), [(name, matrix.type, [matrix.rows])]))
    }
    // Stable: the order of Swift's sort is too, but that is not promised.
    let order = parts.indices.sorted { (parts[$1].bits, $0) < (parts[$0].bits, $1) }
    sources = order.map { parts[$0].source }
    let tensors = order.flatMap { parts[$0].tensors }
    var names = Set<[UInt8]>()
    for tensor in tensors where !names.insert(Array(tensor.name.utf8)).inserted {
      throw FileError(
        path: model.path, found: "the tensor '\(tensor.name)', which a factor or bias would be named too",
        expected: "another name, or --exclude")
    }
    let described = layers.compactMap { layer in
      layer.rank.map { Self.factoring(layer.matrix.matrix, rank: $0, naming: naming, renamed: renamed) }
    }
    var metadata = model.metadata
    let earlier = try Factorings(in: model)
    metadata[Factorings.key] = Factorings(layers: earlier.layers + described, network: network ?? earlier.network).text
    header = SafeTensors.header(of: tensors, metadata: metadata)
    size = header.count + tensors.reduce(0) { $0 + ($1.type.size(of: $1.shape) ?? 0) }
  }

  private static func factoring(
    _ matrix: Selection.Matrix, rank: Int, naming: FactorNaming, renamed: [[UInt8]: String]
  ) -> Factorings.Layer {
    let names = naming.names(of: matrix.name)
    return Factorings.Layer(
      name: matrix.name, rank: rank, shape: [matrix.rows, matrix.columns], type: matrix.type.rawValue,
      factors: [names.first, names.second], bias: names.bias.flatMap { renamed[Array($0.before.utf8)] })
  }
}
