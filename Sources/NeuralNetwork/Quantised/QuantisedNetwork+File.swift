import Files

extension QuantisedNetwork {
  /// The network as three tensors for all layers, so that the header is short, and b bits take b bits:
  ///
  /// - `scales` (F16): of each layer the scales of the rows of W, or of U and then of Vᵀ;
  /// - `biases` (F16): of each layer;
  /// - `codes` (U8): of each layer W, or U and then Vᵀ, packed as in `PackedCodes`. See `QuantisedMatrix` for what they mean.
  ///
  /// The metadata have `bits`, `ranks`, such as `19-13-6-6-6-dense`, and `widths`, such as `784-1024-1024-1024-1024-1024-10`.
  public var tensors: SafeTensors {
    let matrices = layers.flatMap(\.matrices)
    var file = SafeTensors()
    file.metadata =
      QuantisedShapes(bits: bits, widths: [layers[0].inputs] + layers.map(\.bias.count), ranks: layers.map(\.rank)).metadata
    if activation != .relu { file.metadata[Factorings.key] = NetworkDescription(activation: activation).metadata }
    let (scales, biases) = (matrices.flatMap(\.scales), layers.flatMap(\.bias))
    file.append("scales", shape: [scales.count], elements: scales.map { Float($0) }, as: .float16)
    file.append("biases", shape: [biases.count], elements: biases.map { Float($0) }, as: .float16)
    let codes = PackedCodes.pack(matrices.flatMap(\.codes), bits: bits)
    file.append("codes", SafeTensors.Tensor(type: .uint8, shape: [codes.count], bytes: codes))
    return file
  }

  /// Length in bytes of the file that `tensors.encoded` is.
  public var encodedSize: Int { tensors.pieces.reduce(0) { $0 + $1.count } }

  static let dense = "dense"

  /// Whether a file has codes, so that it is to be read as a network of this kind.
  static func isIn(_ file: SafeTensors) -> Bool { file["codes"] != nil }

  /// Reads what `tensors` gave; `path` is for the errors.
  /// - Throws: `FileError` that names the tensor or the part of the metadata that is missing or wrong. Codes of b bits are all
  ///   within range; what can be wrong with them is their number, or a bit behind the last.
  public init(from file: SafeTensors, path: String, activation: ActivationFunction = .relu) throws(FileError) {
    let names = ["scales", "biases", "codes"]
    if let (name, _) = file.tensors.first(where: { tensor in !names.contains { $0.isIdentical(to: tensor.name) } }) {
      throw FileError(path: path, found: "the tensor '\(name)'", expected: names.joined(separator: ", "))
    }
    let shapes = try QuantisedShapes(from: file.metadata, path: path)
    let scales = try file.finite("scales", count: shapes.matrices.reduce(0) { $0 + $1.rows }, path: path)
    if let index = scales.firstIndex(where: { $0 <= 0 }) {
      throw FileError(path: "\(path): scales", found: "\(scales[index]) at index \(index)", expected: "a scale above 0")
    }
    let biases = try file.finite("biases", count: shapes.widths.dropFirst().reduce(0, +), path: path)
    let count = shapes.matrices.reduce(0) { $0 + $1.rows * $1.columns }
    let packed = try file.vector("codes", .uint8, count: PackedCodes.size(of: count, bits: shapes.bits), path: path)
    guard let codes = PackedCodes.unpack(packed.bytes, count: count, bits: shapes.bits) else {
      throw FileError(path: "\(path): codes", found: "a bit behind the last code that is 1", expected: "0")
    }
    var (scale, code, bias) = (0, 0, 0)
    self.init(
      layers: shapes.layers.map { layer in
        let matrices = layer.map { rows, columns in
          defer { (scale, code) = (scale + rows, code + rows * columns) }
          return QuantisedMatrix(
            rows: rows, columns: columns, bits: shapes.bits, codes: Array(codes[code..<code + rows * columns]),
            scales: Array(scales[scale..<scale + rows]))
        }
        defer { bias += layer[0].rows }
        return Layer(
          matrices.count == 1 ? .dense(matrices[0]) : .lowRank(u: matrices[0], vT: matrices[1]),
          bias: Array(biases[bias..<bias + layer[0].rows]))
      }, activation: activation)
  }
}

extension SafeTensors {
  /// The tensor of this name, which must be a vector.
  fileprivate func vector(_ name: String, _ type: ElementType, count: Int, path: String) throws(FileError) -> Tensor {
    guard let tensor = self[name], tensor.type == type, tensor.shape == [count] else {
      throw FileError(
        path: "\(path): \(name)",
        found: self[name].map { "\($0.type.rawValue) of the shape \($0.shape)" } ?? "no such tensor",
        expected: "\(type.rawValue) of the shape [\(count)], by the metadata")
    }
    return tensor
  }

  /// The elements of a vector of F16.
  fileprivate func finite(_ name: String, count: Int, path: String) throws(FileError) -> [Float16] {
    let tensor = try vector(name, .float16, count: count, path: path)
    let elements = try tensor.elements(as: Float.self, place: "\(path): \(name)")
    guard let index = elements.firstIndex(where: { !$0.isFinite }) else { return elements.map { Float16($0) } }
    throw FileError(path: "\(path): \(name)", found: "\(elements[index]) at index \(index)", expected: "a finite value")
  }
}
