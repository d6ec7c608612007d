import Files
import LinearAlgebra

extension Network {
  /// The network as tensors: `layers.<i>.bias` (outputs), and `layers.<i>.weight` (outputs × inputs), or the factors
  /// `layers.<i>.u` (outputs × D), `layers.<i>.singular_values` (D) unless folded, `layers.<i>.vt` (D × inputs).
  public func tensors(as type: SafeTensors.ElementType = .float32) -> SafeTensors {
    var file = SafeTensors()
    func append(_ name: String, _ matrix: Matrix<Scalar>) {
      file.append(name, shape: [matrix.rows, matrix.columns], elements: matrix.elements, as: type)
    }
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .dense(let layer): append("layers.\(index).weight", layer.weights)
      case .lowRank(let layer):
        append("layers.\(index).u", layer.u)
        if let values = layer.singularValues {
          file.append("layers.\(index).singular_values", shape: [values.count], elements: values, as: type)
        }
        append("layers.\(index).vt", layer.vT)
      }
      file.append("layers.\(index).bias", shape: [layer.outputs], elements: layer.bias, as: type)
    }
    return file
  }

  /// Reads a network that `tensors` wrote.
  /// - Throws: `FileError` that names the tensor that is missing, does not fit, holds no floating-point numbers, or belongs
  ///   to no layer.
  public init(readingFrom path: String) throws(FileError) {
    try self.init(from: try SafeTensors(readingFrom: path), path: path)
  }

  /// The network of a file that has been decoded; `path` is for the errors.
  /// - Throws: as `init(readingFrom:)`.
  public init(from file: SafeTensors, path: String) throws(FileError) {
    var layers: [Layer<Scalar>] = []
    while file["layers.\(layers.count).bias"] != nil {
      layers.append(try Layer(from: file, prefix: "layers.\(layers.count)", path: path))
    }
    guard !layers.isEmpty else { throw FileError(path: path, found: "no tensor 'layers.0.bias'", expected: "a network") }
    let known = layers.enumerated().flatMap { index, layer in layer.tensorNames.map { "layers.\(index).\($0)" } }
    if let (name, _) = file.tensors.first(where: { !known.contains($0.name) }) {
      throw FileError(
        path: path, found: "the tensor '\(name)'",
        expected: "those of \(layers.count) layers: \(known.joined(separator: ", "))")
    }
    for index in layers.indices.dropFirst() where layers[index].inputs != layers[index - 1].outputs {
      throw FileError(
        path: "\(path): layers.\(index)", found: "\(layers[index].inputs) inputs",
        expected: "\(layers[index - 1].outputs), the outputs of the layer before")
    }
    self.init(layers: layers)
  }
}

extension Layer {
  /// What `Network.tensors` calls its arrays.
  fileprivate var tensorNames: [String] {
    switch self {
    case .dense: ["weight", "bias"]
    case .lowRank(let layer): ["u"] + (layer.singularValues == nil ? [] : ["singular_values"]) + ["vt", "bias"]
    }
  }

  fileprivate init(from file: SafeTensors, prefix: String, path: String) throws(FileError) {
    func vector(_ name: String, count: Int?) throws(FileError) -> [Scalar] {
      let tensor = file["\(prefix).\(name)"]
      guard let tensor, tensor.shape.count == 1, count == nil || tensor.shape[0] == count else {
        throw FileError(
          path: "\(path): \(prefix).\(name)", found: tensor.map { "the shape \($0.shape)" } ?? "no such tensor",
          expected: count.map { "the shape [\($0)]" } ?? "a vector")
      }
      return try tensor.elements(as: Scalar.self, place: "\(path): \(prefix).\(name)")
    }
    func matrix(_ name: String, rows: Int?, columns: Int?) throws(FileError) -> Matrix<Scalar> {
      let tensor = file["\(prefix).\(name)"]
      guard let tensor, tensor.shape.count == 2, rows == nil || rows == tensor.shape[0],
        columns == nil || columns == tensor.shape[1]
      else {
        throw FileError(
          path: "\(path): \(prefix).\(name)", found: tensor.map { "the shape \($0.shape)" } ?? "no such tensor",
          expected: "the shape [\(rows.map(String.init) ?? "any"), \(columns.map(String.init) ?? "any")]")
      }
      return try tensor.matrix(of: Scalar.self, place: "\(path): \(prefix).\(name)")
    }
    let bias = try vector("bias", count: nil)
    if file["\(prefix).u"] == nil {
      self = .dense(Dense(weights: try matrix("weight", rows: bias.count, columns: nil), bias: bias))
      return
    }
    let u = try matrix("u", rows: bias.count, columns: nil)
    let values = file["\(prefix).singular_values"] == nil ? nil : try vector("singular_values", count: u.columns)
    let vT = try matrix("vt", rows: u.columns, columns: nil)
    self = .lowRank(LowRank(u: u, singularValues: values, vT: vT, bias: bias))
  }
}
