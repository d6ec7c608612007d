import Files
import NeuralNetwork

/// The file that holds a compressed network: its size for any ranks, and its bytes.
struct NetworkLayout {
  let model: Model
  let file: NetworkFile
  let description: NetworkDescription
  let stored: StoredType
  let naming: FactorNaming
  /// All layers, as surveyed matrices, from the input on.
  let matrices: [SurveyedMatrix]

  /// Whether a layer is fitted to the data: all from the first factored one on.
  static func isFitted(_ index: Int, _ ranks: [Int?]) -> Bool { ranks[...index].contains { $0 != nil } }

  func plan(_ ranks: [Int?]) -> [CompressionPlan.Layer] {
    zip(matrices, ranks).map { matrix, rank in
      CompressionPlan.Layer(
        matrix: matrix, stored: stored.codeBits == nil ? stored.type(of: matrix.matrix.type) : .uint8, rank: rank,
        reason: nil)
    }
  }

  private func output(_ ranks: [Int?]) throws(FileError) -> OutputFile {
    let bare = file.hasBias.indices.filter { !file.hasBias[$0] && Self.isFitted($0, ranks) }
    return try OutputFile(
      of: model, layers: plan(ranks), naming: naming, withBias: Set(bare), network: description)
  }

  /// Bytes of the file.
  func size(_ ranks: [Int?]) throws(FileError) -> Int {
    guard let bits = stored.codeBits else { return try output(ranks).size }
    let shapes = QuantisedShapes(
      bits: bits, widths: [file.network.inputs] + file.network.layers.map(\.outputs), ranks: ranks)
    return shapes.fileSize(metadata: metadata)
  }

  /// The file of a network with factors of these ranks.
  /// - Throws: `FileError` where an element is beyond the range of its type, or a tensor that is copied cannot be read.
  func bytes(_ network: Network<Float>, ranks: [Int?]) throws(FileError) -> [UInt8] {
    let output = try output(ranks)
    let tensors = Dictionary(matrices.enumerated().map { ($1.matrix.tensor, $0) }) { first, _ in first }
    let biases = Dictionary(
      zip(file.names.indices, file.names).filter { file.hasBias[$0.0] }.map {
        (Array(($0.1.isEmpty ? "bias" : $0.1 + ".bias").utf8), $0.0)
      }
    ) { first, _ in first }
    var bytes = output.header
    bytes.reserveCapacity(output.size)
    func append(_ elements: [Float], shape: [Int], as type: SafeTensors.ElementType, layer: Int) throws(FileError) {
      let tensor = SafeTensors.Tensor(shape: shape, elements: elements, as: type)
      guard try tensor.elements(as: Float.self, place: file.path).allSatisfy(\.isFinite) else {
        throw FileError(
          path: "\(file.path): \(file.names[layer])", found: "values beyond the range of \(type.rawValue)",
          expected: "--store f32 or bf16, which have a wider range")
      }
      bytes += tensor.bytes
    }
    for source in output.sources {
      switch source {
      case .factors(let index):
        guard case .lowRank(let factors) = network.layers[index] else { preconditionFailure("a layer without factors") }
        let type = stored.type(of: matrices[index].matrix.type)
        for matrix in [factors.vT, factors.u] {
          try append(matrix.elements, shape: [matrix.rows, matrix.columns], as: type, layer: index)
        }
      case .bias(let index):
        try append(
          network.layers[index].bias, shape: [network.layers[index].outputs], as: matrices[index].matrix.type, layer: index)
      case .copy(let index):
        let tensor = model.tensors[index]
        if let layer = tensors[index], Self.isFitted(layer, ranks), case .dense(let dense) = network.layers[layer] {
          try append(dense.weights.elements, shape: tensor.shape, as: tensor.type, layer: layer)
        } else if let layer = biases[Array(tensor.name.utf8)], Self.isFitted(layer, ranks) {
          try append(network.layers[layer].bias, shape: tensor.shape, as: tensor.type, layer: layer)
        } else {
          bytes += try model.read(tensor).bytes
        }
      }
    }
    return bytes
  }

  /// The file of a network of codes.
  func bytes(_ network: QuantisedNetwork) -> [UInt8] {
    var tensors = network.tensors
    // The codes' own keys, but how the network is run.
    tensors.metadata[Factorings.key] = nil
    tensors.metadata = metadata.merging(tensors.metadata) { _, own in own }
    return tensors.encoded
  }

  /// The model's, and how the network is run.
  private var metadata: [String: String] {
    model.metadata.merging([Factorings.key: description.metadata]) { _, ours in ours }
  }
}
