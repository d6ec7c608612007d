import Files
import Models
import NeuralNetwork

/// What the commands about networks print of one.
enum NetworkText {
  /// The network as it was read: a line, then one a layer.
  static func lines(
    of file: NetworkFile, activation: EvaluatedNetwork.Source,
    normalisation: (value: Normalisation, source: EvaluatedNetwork.Source)
  ) -> [String] {
    let (layers, function) = (file.network.layers, file.network.activation.rawValue)
    var table = TextTable([("layer", false), ("shape", false), ("rank", true), ("type", false), ("bias", false)])
    table.rows = layers.enumerated().map { index, layer in
      [
        file.names[index].isEmpty ? "(no name)" : file.names[index], "\(layer.outputs)×\(layer.inputs)",
        layer.rank.map { "\($0)" } ?? "dense", file.type(ofLayer: index), file.hasBias[index] ? "yes" : "no",
      ]
    }
    let between = layers.count == 1 ? "no activation" : "\(function) between them (\(text(activation)))"
    let (mean, deviation) = (normalisation.value.mean, normalisation.value.deviation)
    let inputs = mean == 0 && deviation == 1 ? "x" : "(x − \(mean)) / \(deviation)"
    return [
      "\(printable(file.path)): \(layers.count) layer\(layers.count == 1 ? "" : "s"), \(between); inputs \(inputs) "
        + "(\(text(normalisation.source)))"
    ] + table.lines.map { "  " + $0 }
  }

  private static func text(_ source: EvaluatedNetwork.Source) -> String {
    switch source {
    case .option: "by option"
    case .file: "by its metadata"
    case .other: "as the first network"
    case .default: "by default"
    }
  }
}
