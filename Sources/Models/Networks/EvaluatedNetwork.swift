import Files
import LinearAlgebra
import NeuralNetwork
import Results

/// A network of a file, how it was run, and what came of it.
public struct EvaluatedNetwork: Sendable {
  /// Where a setting comes from.
  public enum Source: String, Sendable {
    /// The command line.
    case option
    /// The metadata of the network's file.
    case file
    /// That of the network which it is compared with.
    case other
    case `default`
  }

  public let file: NetworkFile
  public let size: NetworkSize
  public let activation: Source
  public let normalisation: (value: Normalisation, source: Source)
  public let evaluation: NetworkEvaluation
  /// `nil` where it was not asked for.
  public var timing: NetworkTiming?
  /// Of the factored layers, where it was asked for.
  public var layerTimings: [LayerTiming] = []

  /// A network with the answers that it gave.
  public init(
    _ file: NetworkFile, activation: Source, normalisation: (value: Normalisation, source: Source),
    evaluation: NetworkEvaluation
  ) {
    (self.file, size, self.activation) = (file, NetworkSize(of: file), activation)
    (self.normalisation, self.evaluation) = (normalisation, evaluation)
  }
}

extension NetworkFile {
  /// `F32`, or `codes of 4 bits`.
  public func type(ofLayer index: Int) -> String {
    types[index]?.rawValue ?? "codes of \(quantised?.bits ?? 0) bits"
  }
}

extension EvaluatedNetwork {
  /// All of it but the logits.
  public var json: JSON {
    var members: [String: JSON] = [
      "file": .string(file.path), "sha256": .string(file.digest), "activation": .string(file.network.activation.rawValue),
      "activation_from": .string(activation.rawValue), "mean": .number(normalisation.value.mean),
      "deviation": .number(normalisation.value.deviation), "normalisation_from": .string(normalisation.source.rawValue),
      "parameters": .number(size.parameters), "bytes": .number(size.bytes), "macs": .number(size.macs),
      "layers": .array(
        file.network.layers.indices.map { index in
          let layer = file.network.layers[index]
          return .object([
            "name": .string(file.names[index]), "outputs": .number(layer.outputs), "inputs": .number(layer.inputs),
            "rank": layer.rank.map { JSON.number($0) } ?? .null, "type": .string(file.type(ofLayer: index)),
            "bias": .bool(file.hasBias[index]),
          ])
        }),
    ]
    if let score = evaluation.score { members.merge(score.members) { first, _ in first } }
    if let timing { members["seconds"] = timing.json }
    if !layerTimings.isEmpty {
      members["factored_layers_seconds"] = .array(
        layerTimings.map {
          .object([
            "name": .string(file.names[$0.layer]), "factored": $0.factored.json, "dense": $0.dense.json,
          ])
        })
    }
    return .object(members)
  }
}

extension NetworkEvaluation.Score {
  fileprivate var members: [String: JSON] {
    [
      "accuracy": .number(accuracy), "accuracy_interval": .interval(interval),
      "loss": loss.isFinite ? .number(loss) : .null, "unanswered": .number(confusion.unanswered.reduce(0, +)),
      // Empty where it would be mostly zeros.
      "confusion": .array(confusion.classes > 256 ? [] : confusion.counts.map { .array($0.map { .number($0) }) }),
    ]
  }
}

extension NetworkTiming {
  fileprivate var json: JSON {
    func quartiles(_ times: Quartiles) -> JSON {
      .object(["lower": .number(times.lower), "median": .number(times.median), "upper": .number(times.upper)])
    }
    return .object(["one": quartiles(one), "batch_of_\(Self.batch)": quartiles(batch)])
  }
}

extension PairedComparison {
  /// Differences as JSON.
  public var json: JSON {
    var members: [String: JSON] = ["differing": .number(differing)]
    if let difference {
      members.merge([
        "only_first": .number(difference.onlyFirst), "only_second": .number(difference.onlySecond),
        "p": .number(difference.p), "points": .number(difference.points),
        "points_interval": .interval(difference.interval),
      ]) { first, _ in first }
    }
    return .object(members)
  }
}

extension JSON {
  fileprivate static func interval(_ range: ClosedRange<Double>) -> JSON {
    .array([.number(range.lowerBound), .number(range.upperBound)])
  }
}
