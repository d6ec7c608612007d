import Files

/// How the data of a network were made its inputs: (x − mean) / deviation, where bytes count as x = byte / 255.
public struct Normalisation: Equatable, Sendable {
  public var mean: Double
  public var deviation: Double

  /// A deviation above 0.
  public init(mean: Double = 0, deviation: Double = 1) { (self.mean, self.deviation) = (mean, deviation) }
}

/// What a file's tensors do not say of a network: a member of the metadata that `Factorings` has.
///
///     {"activation": "tanh", "layers": ["fc1", "fc2", "out"], "mean": 0.1307, "deviation": 0.3081}
public struct NetworkDescription: Equatable, Sendable {
  public var activation: ActivationFunction
  /// The names of the layers from the input on; `nil` for the natural order of all names.
  public var layers: [String]?
  /// `nil` where it is not known.
  public var normalisation: Normalisation?

  /// How a network is run.
  public init(activation: ActivationFunction, layers: [String]? = nil, normalisation: Normalisation? = nil) {
    (self.activation, self.layers, self.normalisation) = (activation, layers, normalisation)
  }

  /// The text of the metadata of a file without `lowrank compress`'s factors.
  public var metadata: String { Factorings(layers: [], network: self).text }

  init?(_ json: JSON) {
    guard let activation = json["activation"]?.string.flatMap(ActivationFunction.init) else { return nil }
    self.init(activation: activation)
    if let names = json["layers"] {
      guard case .array(let names) = names, names.allSatisfy({ $0.string != nil }) else { return nil }
      layers = names.compactMap(\.string)
    }
    func number(_ key: String) -> Double? {
      guard case .number(let text)? = json[key] else { return nil }
      return Double(text)
    }
    switch (number("mean"), number("deviation")) {
    case (let mean?, let deviation?) where mean.isFinite && deviation.isFinite && deviation > 0:
      normalisation = Normalisation(mean: mean, deviation: deviation)
    case (nil, nil) where json["mean"] == nil && json["deviation"] == nil: break
    default: return nil
    }
  }

  var json: JSON {
    var members: [String: JSON] = ["activation": .string(activation.rawValue)]
    if let layers { members["layers"] = .array(layers.map { .string($0) }) }
    if let normalisation {
      members["mean"] = .number(normalisation.mean)
      members["deviation"] = .number(normalisation.deviation)
    }
    return .object(members)
  }
}
