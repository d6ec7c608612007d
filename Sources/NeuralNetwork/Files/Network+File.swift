import Files
import LinearAlgebra

extension Network {
  /// The network as tensors: `layers.<i>.bias` (outputs), and `layers.<i>.weight` (outputs × inputs), or the factors
  /// `layers.<i>.u` (outputs × D), `layers.<i>.singular_values` (D) unless folded, `layers.<i>.vt` (D × inputs).
  public func tensors(as type: SafeTensors.ElementType = .float32) -> SafeTensors {
    var file = SafeTensors()
    file.metadata = metadata
    for array in arrays { file.append(array.name, shape: array.shape, elements: array.elements, as: type) }
    return file
  }

  /// Length in bytes of the file that `tensors(as:).encoded` is, from the shapes alone.
  public func encodedSize(as type: SafeTensors.ElementType = .float32) -> Int {
    SafeTensors.encodedSize(of: arrays.map { ($0.name, type, $0.shape) }, metadata: metadata)
  }

  /// Another activation function than ReLU.
  private var metadata: [String: String] {
    activation == .relu ? [:] : [Factorings.key: NetworkDescription(activation: activation).metadata]
  }

  private var arrays: [(name: String, shape: [Int], elements: [Scalar])] {
    layers.enumerated().flatMap { index, layer in layer.arrays.map { ("layers.\(index).\($0.name)", $0.shape, $0.elements) }
    }
  }

  /// Reads a network that `tensors` wrote, or `QuantisedNetwork.tensors`.
  /// - Throws: `FileError` that names the tensor that is missing, does not fit, has elements of another type, or
  ///   belongs to no layer.
  public init(readingFrom path: String) throws(FileError) {
    try self.init(from: try SafeTensors(readingFrom: path), path: path)
  }

  /// The network in a decoded file; `path` is for the errors.
  /// - Throws: as `init(readingFrom:)`.
  public init(from file: SafeTensors, path: String) throws(FileError) {
    let names = Set(file.tensors.map { Array($0.name.utf8) })
    let activation = try Factorings(in: file.metadata, names: names, path: path).network?.activation ?? .relu
    if QuantisedNetwork.isIn(file) {
      self = try QuantisedNetwork(from: file, path: path, activation: activation).decoded()
      return
    }
    var layers: [Layer<Scalar>] = []
    while file["layers.\(layers.count).bias"] != nil {
      layers.append(try Layer(from: file, prefix: "layers.\(layers.count)", path: path))
    }
    guard !layers.isEmpty else { throw FileError(path: path, found: "no tensor 'layers.0.bias'", expected: "a network") }
    let known = layers.enumerated().flatMap { index, layer in layer.arrays.map { "layers.\(index).\($0.name)" } }
    if let (name, _) = file.tensors.first(where: { tensor in !known.contains { $0.isIdentical(to: tensor.name) } }) {
      throw FileError(
        path: path, found: "the tensor '\(name)'",
        expected: "those of \(layers.count) layers: \(known.joined(separator: ", "))")
    }
    for index in layers.indices.dropFirst() where layers[index].inputs != layers[index - 1].outputs {
      throw FileError(
        path: "\(path): layers.\(index)", found: "\(layers[index].inputs) inputs",
        expected: "\(layers[index - 1].outputs), the outputs of the layer before")
    }
    self.init(layers: layers, activation: activation)
  }
}

extension Layer {
  /// The arrays of the layer, in their order in a file.
  var arrays: [(name: String, shape: [Int], elements: [Scalar])] {
    func array(_ name: String, _ matrix: Matrix<Scalar>) -> (String, [Int], [Scalar]) {
      (name, [matrix.rows, matrix.columns], matrix.elements)
    }
    let bias = ("bias", [outputs], bias)
    switch self {
    case .dense(let layer): return [array("weight", layer.weights), bias]
    case .lowRank(let layer):
      let values = layer.singularValues.map { [("singular_values", [$0.count], $0)] } ?? []
      return [array("u", layer.u)] + values + [array("vt", layer.vT), bias]
    }
  }

  fileprivate init(from file: SafeTensors, prefix: String, path: String) throws(FileError) {
    /// Elements of the tensor `name`, and its shape, which must be `shape`; `nil` is any extent.
    func read(_ name: String, _ shape: [Int?]) throws(FileError) -> (elements: [Scalar], shape: [Int]) {
      let (tensor, place) = (file["\(prefix).\(name)"], "\(path): \(prefix).\(name)")
      guard let tensor, tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $0 == $1 ?? $0 }) else {
        let extents = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
        throw FileError(
          path: place, found: tensor.map { "the shape \($0.shape)" } ?? "no such tensor", expected: "the shape [\(extents)]")
      }
      return (try tensor.elements(as: Scalar.self, place: place), tensor.shape)
    }
    func matrix(_ name: String, rows: Int) throws(FileError) -> Matrix<Scalar> {
      let (elements, shape) = try read(name, [rows, nil])
      return Matrix(rows: shape[0], columns: shape[1], elements: elements)
    }
    let bias = try read("bias", [nil]).elements
    if file["\(prefix).u"] == nil {
      self = .dense(Dense(weights: try matrix("weight", rows: bias.count), bias: bias))
      return
    }
    let u = try matrix("u", rows: bias.count)
    let values = file["\(prefix).singular_values"] == nil ? nil : try read("singular_values", [u.columns]).elements
    self = .lowRank(LowRank(u: u, singularValues: values, vT: try matrix("vt", rows: u.columns), bias: bias))
  }
}
