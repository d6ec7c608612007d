import Files
import LinearAlgebra

/// The layers of a network among the tensors of a file, in their order, each fitting the one before it.
struct LayerChain {
  /// A layer by the names of its tensors.
  struct Layer {
    let name: String
    /// W; or V and U, in the order in which they are multiplied by.
    var matrices: [String]
    /// S, where it is a tensor of its own.
    var singularValues: String?
    var bias: String?
    /// Rows and columns of W.
    let shape: (rows: Int, columns: Int)
    let type: SafeTensors.ElementType

    fileprivate var tensors: [String] { matrices + [singularValues, bias].compactMap { $0 } }
    /// In messages.
    fileprivate var described: String { "'\(name)' [\(shape.rows), \(shape.columns)]" }
  }

  let layers: [Layer]
  /// The names of tensors that belong to none of them.
  let others: [String]
  private let path: String
  /// By the bytes of their names.
  private let tensors: [[UInt8]: SafeTensors.Tensor]

  /// - Parameters:
  ///   - factorings: layers that are stored as factors, as the metadata has them.
  ///   - listed: the names of the layers, of which there may be others; `nil` for the natural order of all.
  /// - Throws: `FileError` as `NetworkFile`.
  init(
    in file: SafeTensors, factorings: [Factorings.Layer], listed: [String]?, path: String
  ) throws(FileError) {
    self.path = path
    tensors = Dictionary(file.tensors.map { (Array($0.name.utf8), $0.tensor) }) { first, _ in first }
    let (found, ambiguous) = try Self.found(tensors, file, factorings, path)
    if let listed {
      var layers: [Layer] = []
      for name in listed {
        guard !layers.contains(where: { $0.name.isIdentical(to: name) }) else {
          throw FileError(path: path, found: "the layer '\(name)' twice in the list of layers", expected: "each layer once")
        }
        guard let layer = found.first(where: { $0.name.isIdentical(to: name) }) else {
          let known = found.map(\.name).joined(separator: ", ")
          throw FileError(
            path: path, found: "no layer '\(name)'", expected: known.isEmpty ? "one" : "some of these: \(known)")
        }
        layers.append(layer)
      }
      self.layers = layers
    } else {
      if let (inner, name) = ambiguous {
        throw FileError(
          path: path, found: "'\(inner)' without a bias before '\(name).1', and no metadata of lowrank",
          expected: "--layers: with \(name) in it, they are the factors of one layer, with \(inner),\(name).1 two layers")
      }
      layers = found.sorted { NaturalOrder.precedes($0.name, $1.name) }
    }
    guard !layers.isEmpty else {
      if listed != nil { throw FileError(path: path, found: "an empty list of layers", expected: "one layer or more") }
      throw FileError(
        path: path, found: "no tensor of two dimensions whose name ends in .weight",
        expected: "a fully connected network: NAME.weight [outputs, inputs] and NAME.bias")
    }
    let own = Set(layers.flatMap(\.tensors).map { Array($0.utf8) })
    let others = file.tensors.filter { !own.contains(Array($0.name.utf8)) }
    self.others = others.map(\.name)
    if listed == nil, let (name, tensor) = others.first {
      throw FileError(
        path: path, found: "the tensor '\(name)' \(tensor.shape), which belongs to no layer",
        expected: "a fully connected network of NAME.weight and NAME.bias; --layers names its layers among other tensors")
    }
    try requireChain(isListed: listed != nil)
  }

  private func requireChain(isListed: Bool) throws(FileError) {
    for (before, layer) in zip(layers, layers.dropFirst()) where layer.shape.columns != before.shape.rows {
      // Both mean the same of the shapes.
      let fitsTransposed = zip(layers, layers.dropFirst()).allSatisfy { $0.shape.columns == $1.shape.rows }
      let advice =
        fitsTransposed
        ? "; transposed or in reverse order they would fit: weights are [outputs, inputs]"
        : isListed ? "" : "; layers are taken in the natural order of their names, and --layers gives another one"
      throw FileError(
        path: path, found: "\(layer.described) behind \(before.described)",
        expected: "\(before.shape.rows) inputs, as many as there are outputs before\(advice)")
    }
  }

  /// The network.
  /// - Throws: `FileError` for elements that are not finite.
  func network(activation: ActivationFunction) throws(FileError) -> Network<Float> {
    var built: [NeuralNetwork.Layer<Float>] = []
    for layer in layers {
      func matrix(_ name: String) throws(FileError) -> Matrix<Float> {
        let (tensor, place) = (tensors[Array(name.utf8)], "\(path): \(name)")
        guard let tensor else { preconditionFailure("a layer of a tensor that is not there") }
        let columns = tensor.shape.count == 2 ? tensor.shape[1] : tensor.shape.reduce(1, *)
        let elements = try tensor.elements(as: Float.self, place: place)
        if let index = elements.firstIndex(where: { !$0.isFinite }) {
          let found = "\(elements[index]) in row \(index / columns), column \(index % columns) (counted from 0)"
          throw FileError(path: place, found: found, expected: "finite elements")
        }
        return Matrix(rows: elements.count / max(1, columns), columns: columns, elements: elements)
      }
      let bias =
        try layer.bias.map { name throws(FileError) in try matrix(name).elements }
        ?? [Float](repeating: 0, count: layer.shape.rows)
      let weights = try layer.matrices.map { name throws(FileError) in try matrix(name) }
      if weights.count == 1 {
        built.append(.dense(Dense(weights: weights[0], bias: bias)))
      } else {
        let values = try layer.singularValues.map { name throws(FileError) in try matrix(name).elements }
        if let negative = values?.first(where: { $0 < 0 }) {
          throw FileError(
            path: "\(path): \(layer.singularValues ?? "")", found: "\(negative)", expected: "singular values from 0 on")
        }
        built.append(.lowRank(LowRank(u: weights[1], singularValues: values, vT: weights[0], bias: bias).folded))
      }
    }
    return Network(layers: built, activation: activation)
  }
}

extension LayerChain {
  private typealias Tensors = [[UInt8]: SafeTensors.Tensor]

  /// All layers that the file has, in its order, and a name that may be that of one factored layer or of two dense ones.
  private static func found(
    _ tensors: Tensors, _ file: SafeTensors, _ factorings: [Factorings.Layer], _ path: String
  ) throws(FileError) -> (layers: [Layer], ambiguous: (inner: String, name: String)?) {
    var layers: [Layer] = []
    var ambiguous: [(inner: String, layer: Layer)] = []
    var used = Set<[UInt8]>()
    func add(_ layer: Layer) {
      layers.append(layer)
      used.formUnion(layer.tensors.map { Array($0.utf8) })
    }
    func has(_ name: String) -> Bool { tensors[Array(name.utf8)] != nil }
    for factoring in factorings {
      let name = stem(factoring.name) ?? factoring.name
      let bias = factoring.bias ?? [dotted(name) + "bias"].first(where: has)
      add(try factored(name, factoring.factors[0], factoring.factors[1], values: nil, bias: bias, tensors, path))
    }
    // Those of a study: U, perhaps S, and Vᵀ.
    for (tensor, _) in file.tensors {
      guard let name = stem(tensor, ".u"), has("\(dotted(name))vt") else { continue }
      let (values, bias) = ("\(dotted(name))singular_values", "\(dotted(name))bias")
      add(
        try factored(
          name, "\(dotted(name))vt", tensor, values: has(values) ? values : nil, bias: has(bias) ? bias : nil, tensors, path)
      )
    }
    // Two that are alone under a name, the first without a bias and of a low rank: factors whose metadata were lost on the way, or
    // two layers of a network with a bottleneck. A list of layers names either.
    for (tensor, first) in file.tensors where !used.contains(Array(tensor.utf8)) {
      guard let inner = stem(tensor), let name = stem(inner + ".weight", ".0.weight"), !name.isEmpty,
        let second = tensors[Array("\(name).1.weight".utf8)], has("\(name).1.bias"), !has("\(inner).bias"),
        first.shape.count == 2, second.shape.count == 2, first.shape[0] == second.shape[1],
        first.matrixElements + second.matrixElements < Double(first.shape[1]) * Double(second.shape[0]),
        file.tensors.count(where: { $0.name.utf8.starts(with: "\(name).".utf8) }) == 3
      else { continue }
      ambiguous.append(
        (inner, try factored(name, tensor, "\(name).1.weight", values: nil, bias: "\(name).1.bias", tensors, path)))
    }
    for (tensor, matrix) in file.tensors where !used.contains(Array(tensor.utf8)) && matrix.shape.count == 2 {
      guard let name = stem(tensor) else { continue }
      let bias = "\(dotted(name))bias"
      add(
        Layer(
          name: name, matrices: [tensor], singularValues: nil, bias: has(bias) ? bias : nil,
          shape: try shape(tensor, tensors, path), type: matrix.type))
    }
    layers += ambiguous.map(\.layer)
    for layer in layers { try requireVectors(of: layer, tensors, path) }
    return (layers, ambiguous.first.map { ($0.inner, $0.layer.name) })
  }

  private static func factored(
    _ name: String, _ v: String, _ u: String, values: String?, bias: String?, _ tensors: Tensors, _ path: String
  ) throws(FileError) -> Layer {
    let (first, second) = (try shape(v, tensors, path), try shape(u, tensors, path))
    guard first.rows == second.columns else {
      throw FileError(
        path: path, found: "'\(u)' [\(second.rows), \(second.columns)] and '\(v)' [\(first.rows), \(first.columns)]",
        expected: "factors of one rank")
    }
    return Layer(
      name: name, matrices: [v, u], singularValues: values, bias: bias, shape: (second.rows, first.columns),
      type: tensors[Array(u.utf8)]?.type ?? .float32)
  }

  /// Rows and columns of a matrix that is not empty and can be converted.
  private static func shape(
    _ name: String, _ tensors: Tensors, _ path: String
  ) throws(FileError) -> (rows: Int, columns: Int) {
    guard let tensor = tensors[Array(name.utf8)] else { preconditionFailure("a layer of a tensor that is not there") }
    let (rows, columns) = try SafeTensors.matrixShape(tensor.shape, type: tensor.type, place: "\(path): \(name)")
    guard rows > 0, columns > 0 else {
      throw FileError(
        path: "\(path): \(name)", found: "the shape \(tensor.shape)", expected: "one row and one column or more")
    }
    return (rows, columns)
  }

  /// Checks the lengths of bias and singular values.
  private static func requireVectors(of layer: Layer, _ tensors: Tensors, _ path: String) throws(FileError) {
    let rank = layer.matrices.count == 2 ? tensors[Array(layer.matrices[0].utf8)]?.shape[0] : nil
    for (name, count, of) in [
      (layer.bias, layer.shape.rows, "the outputs of \(layer.matrices[layer.matrices.count - 1])"),
      (layer.singularValues, rank ?? 0, "the rank of \(layer.matrices[0])"),
    ] {
      guard let name, let tensor = tensors[Array(name.utf8)], tensor.shape != [count] else { continue }
      throw FileError(path: "\(path): \(name)", found: "the shape \(tensor.shape)", expected: "[\(count)], \(of)")
    }
  }

  /// What comes before the end of a tensor's name; nothing where the name is the end itself, without its dot. `nil` for another end.
  private static func stem(_ name: String, _ end: String = ".weight") -> String? {
    if name.utf8.elementsEqual(end.utf8.dropFirst()) { return "" }
    guard name.utf8.count > end.utf8.count, name.utf8.suffix(end.utf8.count).elementsEqual(end.utf8) else { return nil }
    return String(decoding: name.utf8.dropLast(end.utf8.count), as: UTF8.self)
  }

  private static func dotted(_ name: String) -> String { name.isEmpty ? "" : name + "." }
}

extension SafeTensors.Tensor {
  /// Elements of a matrix, without overflow.
  fileprivate var matrixElements: Double { Double(shape[0]) * Double(shape[1]) }
}
