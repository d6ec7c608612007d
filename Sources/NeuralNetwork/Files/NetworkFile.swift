import Files
import LinearAlgebra

/// A fully connected network in a safetensors file: somebody's chain of `NAME.weight` and `NAME.bias`, what `lowrank compress` made of
/// one, or a network of a study.
public struct NetworkFile: Sendable {
  /// As the user named it.
  public let path: String
  /// In single precision; S is folded into the factors of a layer that has it as its diagonal.
  public let network: Network<Float>
  /// The names of the layers from the input on, such as `fc1`: what comes before `.weight`. A matrix without such a name has it whole.
  public let names: [String]
  /// Whether each layer has a bias in the file; zeros stand for one that is not there.
  public let hasBias: [Bool]
  /// The type of each layer's weights; `nil` for codes.
  public let types: [SafeTensors.ElementType?]
  /// The codes, where the file has these.
  public let quantised: QuantisedNetwork?
  /// How the network's data became its inputs; `nil` where the file does not say it.
  public let normalisation: Normalisation?
  /// Whether the file says what the activation function is.
  public let statesActivation: Bool
  /// The names of tensors that belong to no layer.
  public let others: [String]
  /// Bytes of the file.
  public let size: Int
  /// SHA-256 of the file.
  public let digest: String

  /// Reads a network.
  /// - Parameters:
  ///   - layers: the names of the layers from the input on, of which there may be others; `nil` for all, in the natural order of
  ///     their names, unless the file says another.
  ///   - activation: `nil` for what the file says.
  ///   - defaults: what counts where neither the caller nor the file says anything.
  /// - Throws: `FileError` that names the tensor: one that is missing, belongs to no layer, does not fit the layer before it, is not
  ///   finite, or has another type or number of elements.
  public init(
    readingFrom path: String, layers: [String]? = nil, activation: ActivationFunction? = nil,
    defaults: NetworkDescription? = nil
  ) throws(FileError) {
    let input = try InputFile(path)
    // The file, its tensors, and the network.
    try Memory.require(4 * input.size, place: path)
    try self.init(decoding: try input.contents(), path: path, layers: layers, activation: activation, defaults: defaults)
  }

  /// Decodes the bytes of a file.
  /// - Throws: as `init(readingFrom:layers:activation:defaults:)`.
  public init(
    decoding bytes: [UInt8], path: String, layers: [String]? = nil, activation: ActivationFunction? = nil,
    defaults: NetworkDescription? = nil
  ) throws(FileError) {
    let tensors = try SafeTensors(decoding: bytes, path: path)
    (self.path, size, digest) = (path, bytes.count, SHA256.hexDigest(of: bytes))
    let names = Set(tensors.tensors.map { Array($0.name.utf8) })
    let factorings = try Factorings(in: tensors.metadata, names: names, path: path)
    let description = factorings.network
    normalisation = description?.normalisation
    statesActivation = description != nil
    let function = activation ?? description?.activation ?? defaults?.activation ?? .relu
    let listed = layers ?? (description == nil ? defaults : description)?.layers
    if QuantisedNetwork.isIn(tensors) {
      let quantised = try QuantisedNetwork(from: tensors, path: path, activation: function)
      let own = description?.layers ?? quantised.layers.indices.map { "layers.\($0)" }
      guard own.count == quantised.layers.count else {
        throw FileError(
          path: "\(path): metadata '\(Factorings.key)'", found: "\(own.count) layers",
          expected: "\(quantised.layers.count), as 'ranks' has them")
      }
      if let layers, layers != own {
        throw FileError(
          path: "--layers", found: layers.joined(separator: ","), expected: "\(own.joined(separator: ",")), those of \(path)"
        )
      }
      (self.names, self.quantised, network, others) = (own, quantised, quantised.network, [])
      (hasBias, types) = (own.map { _ in true }, own.map { _ in nil })
      return
    }
    let chain = try LayerChain(
      in: tensors, factorings: factorings.layers, listed: listed, path: path)
    (quantised, others) = (nil, chain.others)
    self.names = chain.layers.map(\.name)
    hasBias = chain.layers.map { $0.bias != nil }
    types = chain.layers.map(\.type)
    network = try chain.network(activation: function)
  }
}
