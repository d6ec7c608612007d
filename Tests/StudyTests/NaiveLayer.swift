import NeuralNetwork

/// A layer of a file of weights, run in plain loops in double precision.
struct NaiveLayer {
  /// What the input is multiplied by, one after the other: W; or Vᵀ, S, U. A diagonal has no columns.
  private var factors: [(rows: Int, columns: Int?, elements: [Double])] = []
  private let bias: [Double]

  /// The layers of a file in the format of `Network.tensors(as:)`.
  static func layers(of file: [UInt8]) throws -> [NaiveLayer] {
    let file = try SafeTensors(decoding: file, path: "x")
    var layers: [NaiveLayer] = []
    while file["layers.\(layers.count).bias"] != nil {
      layers.append(try NaiveLayer(file, prefix: "layers.\(layers.count)"))
    }
    return layers
  }

  private init(_ file: SafeTensors, prefix: String) throws {
    func elements(_ name: String) throws -> [Double] {
      try file["\(prefix).\(name)"]?.elements(as: Double.self, place: name) ?? []
    }
    bias = try elements("bias")
    for name in ["weight", "vt", "singular_values", "u"] {
      guard let shape = file["\(prefix).\(name)"]?.shape else { continue }
      factors.append((shape[0], shape.count == 2 ? shape[1] : nil, try elements(name)))
    }
  }

  /// W x + b, or U (S (Vᵀ x)) + b.
  func outputs(_ x: [Double]) -> [Double] {
    var x = x
    for factor in factors {
      var y = [Double](repeating: 0, count: factor.rows)
      for row in y.indices {
        if let columns = factor.columns {
          for column in 0..<columns { y[row] += factor.elements[row * columns + column] * x[column] }
        } else {
          y[row] = factor.elements[row] * x[row]
        }
      }
      x = y
    }
    for row in x.indices { x[row] += bias[row] }
    return x
  }
}
