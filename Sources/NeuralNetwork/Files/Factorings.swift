import Files

/// What the metadata of a compressed model says: which matrices are stored as factors, under which names.
///
/// It is one text under the key `lowrank`:
///
///     {"version": 1, "layers": {"fc1.weight": {"rank": 20, "shape": [1024, 784], "type": "F32",
///       "factors": ["fc1.0.weight", "fc1.1.weight"], "bias": "fc1.1.bias"}}}
///
/// The matrix is the second factor times the first one. `bias` is left out where the layer has none. `network`, where it is there, says
/// how the network of the layers is run (`NetworkDescription`).
public struct Factorings: Sendable {
  /// One matrix that is stored as two.
  public struct Layer: Sendable {
    /// The name that the matrix had.
    public let name: String
    public let rank: Int
    /// Rows and columns of the matrix.
    public let shape: [Int]
    /// How it was stored.
    public let type: String
    /// The names of V (rank × columns) and U (rows × rank).
    public let factors: [String]
    /// The name under which the bias of the layer is stored now.
    public let bias: String?

    /// A matrix of this name and shape.
    public init(name: String, rank: Int, shape: [Int], type: String, factors: [String], bias: String?) {
      (self.name, self.rank, self.shape, self.type) = (name, rank, shape, type)
      (self.factors, self.bias) = (factors, bias)
    }
  }

  /// The key of the metadata.
  public static let key = "lowrank"
  private static let version = 1

  /// In the order of the file.
  public let layers: [Layer]
  /// `nil` where the metadata does not say how the layers are run.
  public let network: NetworkDescription?

  /// Layers in the order of the file.
  public init(layers: [Layer], network: NetworkDescription? = nil) { (self.layers, self.network) = (layers, network) }

  /// What the metadata of a file says; no layers where it says nothing.
  /// - Parameters:
  ///   - names: the bytes of the names of all tensors.
  ///   - path: for errors.
  /// - Throws: `FileError` where the text is not as above, or names a tensor that is not there.
  public init(in metadata: [String: String], names: Set<[UInt8]>, path: String) throws(FileError) {
    guard let text = metadata[Self.key] else {
      self.init(layers: [])
      return
    }
    let place = "\(path): metadata '\(Self.key)'"
    func wrong(_ what: String) -> FileError { FileError(path: place, found: what, expected: "what lowrank compress writes") }
    guard let members = try? JSON.members(of: text.utf8) else { throw wrong("text that is not an object of JSON") }
    func value(_ name: String) -> ArraySlice<UInt8>? { members.last { $0.name == name }?.value }
    let version = value("version").flatMap { try? JSON(parsing: $0) }
    guard version == .number(Self.version) else { throw wrong("the version \(version?.text ?? "of nothing")") }
    guard let own = value("layers"), let layers = try? JSON.members(of: own) else { throw wrong("no 'layers'") }
    var found: [Layer] = []
    for (name, value) in layers {
      guard let layer = (try? JSON(parsing: value)).flatMap({ Layer(name: name, $0) }) else {
        throw wrong("the layer '\(name)' without rank, shape, type or factors")
      }
      for tensor in layer.factors + [layer.bias].compactMap({ $0 }) where !names.contains(Array(tensor.utf8)) {
        throw FileError(path: path, found: "no tensor '\(tensor)'", expected: "it, as the metadata has it")
      }
      found.append(layer)
    }
    let network = try value("network").map { text throws(FileError) in
      guard let json = try? JSON(parsing: text), let network = NetworkDescription(json) else {
        throw wrong("a 'network' whose activation, layers, mean or deviation is wrong")
      }
      return network
    }
    self.init(layers: found, network: network)
  }

  /// The bytes of the names of all factors.
  public var factorNames: Set<[UInt8]> { Set(layers.flatMap(\.factors).map { Array($0.utf8) }) }

  /// The text of the metadata.
  public var text: String {
    func quoted(_ text: String) -> String { JSON.string(text).text }
    let members = layers.map { layer in
      let bias = layer.bias.map { "\"bias\":\(quoted($0))," } ?? ""
      return "\(quoted(layer.name)):{\(bias)\"factors\":[\(layer.factors.map(quoted).joined(separator: ","))],"
        + "\"rank\":\(layer.rank),\"shape\":[\(layer.shape[0]),\(layer.shape[1])],\"type\":\(quoted(layer.type))}"
    }
    let network = network.map { "\"network\":\($0.json.text)," } ?? ""
    return "{\"layers\":{\(members.joined(separator: ","))},\(network)\"version\":\(Self.version)}"
  }
}

extension Factorings.Layer {
  fileprivate init?(name: String, _ json: JSON) {
    guard let shape = json["shape"]?.naturals, shape.count == 2, case .number(let rank)? = json["rank"],
      let rank = Int(rank),
      case .array(let factors)? = json["factors"], factors.count == 2, factors.allSatisfy({ $0.string != nil }),
      let type = json["type"]?.string
    else { return nil }
    self.init(
      name: name, rank: rank, shape: shape, type: type, factors: factors.compactMap(\.string), bias: json["bias"]?.string)
  }
}
