import Files
import Models
import NeuralNetwork

/// What the commands about networks print.
enum NetworkText {
  /// The network that was read: a line, then one a layer.
  static func read(_ file: NetworkFile) -> [String] {
    let activation = file.network.activation.rawValue
    var table = TextTable([("layer", false), ("inputs → outputs", false), ("rank", true), ("type", false)])
    for (index, layer) in file.network.layers.enumerated() {
      let rank = if case .lowRank(let factors) = layer { "\(factors.rank)" } else { "dense" }
      let type = file.types[index]?.rawValue ?? file.quantised.map { "\($0.bits) bits" } ?? ""
      table.rows.append([
        file.names[index], "\(layer.inputs) → \(layer.outputs)", rank, type + (file.hasBias[index] ? "" : ", no bias"),
      ])
    }
    return ["\(printable(file.path)): \(file.names.count) layers, \(activation) between them"] + table.lines
  }
}
