import Files
import NeuralNetwork

/// What the metadata of a compressed model says: which matrices are stored as factors, under which names.
///
/// It is one text under the key `lowrank`:
///
///     {"version": 1, "layers": {"fc1.weight": {"rank": 20, "shape": [1024, 784], "type": "F32",
///       "factors": ["fc1.0.weight", "fc1.1.weight"], "bias": "fc1.1.bias"}}}
///
/// The matrix is the second factor times the first one. `bias` is left out where the layer has none.
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
  }

  /// The key of the metadata.
  static let key = "lowrank"
  private static let version = 1

  /// In the order of the file.
  public let layers: [Layer]

  init(layers: [Layer]) { self.layers = layers }

  /// What the metadata of a model says; no layers where it says nothing.
  /// - Throws: `FileError` where the text is not as above, or names a tensor that is not there.
  public init(in model: Model) throws(FileError) {
    layers = try model.metadata[Self.key].map { text throws(FileError) in try Self.layers(text, of: model) } ?? []
  }

  /// The bytes of the names of all factors.
  var factorNames: Set<[UInt8]> { Set(layers.flatMap(\.factors).map { Array($0.utf8) }) }

  /// The text of the metadata.
  var text: String {
    func quoted(_ text: String) -> String { JSON.string(text).text }
    let members = layers.map { layer in
      let bias = layer.bias.map { "\"bias\":\(quoted($0))," } ?? ""
      return "\(quoted(layer.name)):{\(bias)\"factors\":[\(layer.factors.map(quoted).joined(separator: ","))],"
        + "\"rank\":\(layer.rank),\"shape\":[\(layer.shape[0]),\(layer.shape[1])],\"type\":\(quoted(layer.type))}"
    }
    return "{\"layers\":{\(members.joined(separator: ","))},\"version\":\(Self.version)}"
  }

  private static func layers(_ text: String, of model: Model) throws(FileError) -> [Layer] {
    let place = "\(model.path): metadata '\(key)'"
    func wrong(_ what: String) -> FileError { FileError(path: place, found: what, expected: "what lowrank compress writes") }
    guard let members = try? JSON.members(of: text.utf8) else { throw wrong("text that is not an object of JSON") }
    let version = members.last { $0.name == "version" }.flatMap { try? JSON(parsing: $0.value) }
    guard version == .number(Self.version) else { throw wrong("the version \(version?.text ?? "of nothing")") }
    guard let own = members.last(where: { $0.name == "layers" }), let layers = try? JSON.members(of: own.value) else {
      throw wrong("no 'layers'")
    }
    let names = Set(model.tensors.map { Array($0.name.utf8) })
    var found: [Layer] = []
    for (name, value) in layers {
      guard let json = try? JSON(parsing: value), let shape = json["shape"]?.naturals, shape.count == 2,
        case .number(let rank)? = json["rank"], let rank = Int(rank), case .array(let factors)? = json["factors"],
        factors.count == 2, factors.allSatisfy({ $0.string != nil }), let type = json["type"]?.string
      else { throw wrong("the layer '\(name)' without rank, shape, type or factors") }
      let layer = Layer(
        name: name, rank: rank, shape: shape, type: type, factors: factors.compactMap(\.string), bias: json["bias"]?.string)
      for tensor in layer.factors + [layer.bias].compactMap({ $0 }) where !names.contains(Array(tensor.utf8)) {
        throw FileError(path: model.path, found: "no tensor '\(tensor)'", expected: "it, as the metadata has it")
      }
      found.append(layer)
    }
    return found
  }
}
