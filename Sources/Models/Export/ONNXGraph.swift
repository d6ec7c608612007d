import Files
import LinearAlgebra
import NeuralNetwork

/// The nodes of a network's graph, in the order in which they are run, and its tensors.
struct ONNXGraph {
  private(set) var nodes: [ProtobufMessage] = []
  private(set) var tensors: [ProtobufMessage] = []
  /// Whether a tensor has elements of four bits.
  private(set) var hasFourBits = false

  /// Adds what makes the network's inputs of those of the graph; the name of the result.
  /// - Throws: `FileError` where the normalisation is needed and not known.
  mutating func prepare(
    _ name: String, _ input: ExportedInput, _ normalisation: Normalisation?
  ) throws(FileError) -> String {
    if input == .normalised { return name }
    guard let normalisation else {
      throw FileError(
        path: "--input", found: "'\(input.rawValue)' without the data's mean and deviation",
        expected: "--mean and --deviation, as the network's file does not say them")
    }
    var x = name
    if input == .bytes {
      x = add("Cast", [x], "numbers", [("to", ONNX.ElementType.float32.rawValue)])
      x = add("Div", [x, constant("largest", 255)], "unit")
    }
    x = add("Sub", [x, constant("mean", Float(normalisation.mean))], "centred")
    return add("Div", [x, constant("deviation", Float(normalisation.deviation))], "normalised")
  }

  /// Adds the layers of a network, from its inputs `x` to its logits `output`.
  mutating func add(_ layers: [NamedLayer], to x: String, output: String) {
    var x = x
    for (index, layer) in layers.enumerated() {
      for (place, matrix) in layer.matrices.enumerated() {
        let isLast = place == layer.matrices.count - 1
        // y = x Wᵀ, or y = x Wᵀ + b
        var inputs = [x, add(matrix.elements, "\(matrix.prefix)weight")]
        if isLast, let bias = layer.bias { inputs.append(vector("\(matrix.prefix)bias", [bias.count], bias)) }
        x = add("Gemm", inputs, isLast && index == layers.count - 1 ? output : "\(matrix.prefix)output", [("transB", 1)])
      }
      if let type = Self.operators[layer.activation] { x = add(type, [x], "\(layer.prefix)\(layer.activation.rawValue)") }
    }
  }

  /// Without those that change nothing. That of `Gelu` is exact unless it is asked for its approximation.
  private static let operators: [ActivationFunction: String] = [
    .relu: "Relu", .tanh: "Tanh", .gelu: "Gelu", .sigmoid: "Sigmoid",
  ]
}

extension ONNXGraph {
  /// Adds a matrix; the name under which a node takes it, which is `name`.
  private mutating func add(_ elements: NamedLayer.Elements, _ name: String) -> String {
    switch elements {
    case .numbers(let matrix): return vector(name, [matrix.rows, matrix.columns], matrix.elements)
    case .codes(let matrix):
      let (rows, scales, isLong) = (matrix.rows, matrix.scales.map { Float($0) }, matrix.bits > 4)
      let type = isLong ? ONNX.ElementType.uint8 : .uint4
      hasFourBits = hasFourBits || !isLong
      func packed(_ codes: [UInt8]) -> [UInt8] { isLong ? codes : PackedCodes.pack(codes, bits: 4) }
      let zero = [UInt8](repeating: 1 << UInt8(matrix.bits - 1), count: rows)
      tensors += [
        ONNX.tensor("\(name).codes", type, shape: [rows, matrix.columns], bytes: packed(matrix.codes)),
        ONNX.tensor("\(name).zero", type, shape: [rows], bytes: packed(zero)),
      ]
      let levels = add(
        "DequantizeLinear", ["\(name).codes", vector("\(name).scale", [rows], scales), "\(name).zero"], "\(name).levels",
        [("axis", 0)])
      return add("Add", [levels, vector("\(name).half", [rows, 1], scales.map { $0 / 2 })], name)
    }
  }

  private mutating func add(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [(name: String, value: Int)] = []
  ) -> String {
    nodes.append(ONNX.node(type, inputs, output, attributes))
    return output
  }

  private mutating func vector(_ name: String, _ shape: [Int], _ elements: [Float]) -> String {
    let bytes = SafeTensors.Tensor(shape: shape, elements: elements, as: .float32).bytes
    tensors.append(ONNX.tensor(name, .float32, shape: shape, bytes: bytes))
    return name
  }

  private mutating func constant(_ name: String, _ value: Float) -> String { vector(name, [], [value]) }
}
