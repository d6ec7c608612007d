import Foundation

/// A model of ONNX, read and run in double precision: independent of what writes it, and of the network.
struct ReadGraph {
  struct Tensor: Equatable {
    var type = 1
    var shape: [Int]
    var elements: [Double]
  }

  struct Node: Equatable {
    var type: String
    var inputs: [String]
    var output: String
    var attributes: [String: Int] = [:]
  }

  let model: ReadMessage
  let nodes: [Node]
  let tensors: [String: Tensor]

  init(_ bytes: some Sequence<UInt8>) throws {
    model = try ReadMessage(bytes)
    guard let graph = try model.messages(7).first else { throw ReadMessage.Wrong(what: "no graph") }
    nodes = try graph.messages(1).map { node in
      let attributes = try node.messages(5).map { ($0.texts(1)[0], $0.integers(20) == [2] ? $0.integers(3)[0] : -1) }
      return Node(
        type: node.texts(4)[0], inputs: node.texts(1), output: node.texts(2)[0],
        attributes: Dictionary(uniqueKeysWithValues: attributes))
    }
    tensors = Dictionary(uniqueKeysWithValues: try graph.messages(5).map { ($0.texts(8)[0], try Tensor($0)) })
  }

  /// `input` or `logits`: its name, the type of its elements, and its dimensions.
  func value(_ field: Int) throws -> (name: String, type: Int, dimensions: [String]) {
    let value = try model.messages(7)[0].messages(field)[0]
    let tensor = try value.messages(2)[0].messages(1)[0]
    let dimensions = try tensor.messages(2)[0].messages(1).map { $0.texts(2).first ?? "\($0.integers(1)[0])" }
    return (value.texts(1)[0], tensor.integers(1)[0], dimensions)
  }

  /// All values that the nodes compute of `input`, and the tensors.
  func run(_ input: Tensor) -> [String: Tensor] {
    var values = tensors
    values["input"] = input
    for node in nodes {
      values[node.output] = Self.run(node, node.inputs.map { values[$0] ?? Tensor(shape: [0], elements: []) })
    }
    return values
  }

  private static func run(_ node: Node, _ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    func each(_ function: (Double) -> Double) -> Tensor { Tensor(shape: x.shape, elements: x.elements.map(function)) }
    /// Element (i, j) of a matrix, or what stands for it: a number, or an element of a row or a column.
    func element(_ y: Tensor, _ i: Int, _ j: Int) -> Double {
      switch y.shape {
      case []: y.elements[0]
      case [x.shape[0], 1] where x.shape[1] != 1: y.elements[i]
      default: y.elements[i * x.shape[1] + j]
      }
    }
    func both(_ function: (Double, Double) -> Double) -> Tensor {
      Tensor(
        shape: x.shape,
        elements: x.elements.indices.map {
          function(x.elements[$0], element(inputs[1], $0 / x.shape[1], $0 % x.shape[1]))
        })
    }
    switch node.type {
    case "Cast": return each { $0 }
    case "Relu": return each { max($0, 0) }
    case "Tanh": return each(tanh)
    case "Sigmoid": return each { 1 / (1 + exp(-$0)) }
    case "Gelu": return each { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
    case "Add": return both(+)
    case "Sub": return both(-)
    case "Div": return both(/)
    case "DequantizeLinear":
      let (scales, zeros) = (inputs[1].elements, inputs[2].elements)
      precondition(node.attributes == ["axis": 0] && inputs[1].shape == [x.shape[0]] && inputs[2].type == x.type)
      return Tensor(
        shape: x.shape,
        elements: x.elements.indices.map { (x.elements[$0] - zeros[$0 / x.shape[1]]) * scales[$0 / x.shape[1]] })
    case "Gemm":
      let w = inputs[1]
      precondition(node.attributes == ["transB": 1] && x.shape[1] == w.shape[1])
      var y = Tensor(shape: [x.shape[0], w.shape[0]], elements: [])
      for i in 0..<x.shape[0] {
        for row in 0..<w.shape[0] {
          let sum = (0..<w.shape[1]).reduce(0) { $0 + x.elements[i * w.shape[1] + $1] * w.elements[row * w.shape[1] + $1] }
          y.elements.append(sum + (inputs.count > 2 ? inputs[2].elements[row] : 0))
        }
      }
      return y
    default: preconditionFailure("an operator \(node.type)")
    }
  }
}

extension ReadGraph.Tensor {
  init(_ message: ReadMessage) throws {
    let (type, shape, raw) = (message.integers(2)[0], message.integers(1), message.bytes(9)[0])
    let count = shape.reduce(1, *)
    let elements: [Double]
    switch type {
    case 1:
      elements = stride(from: 0, to: raw.count, by: 4).map { place in
        let word: UInt32 = raw[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        return Double(Float(bitPattern: word))
      }
    case 2: elements = raw.map(Double.init)
    case 21:
      elements = (0..<count).map { place in
        let byte: UInt8 = raw[place / 2]
        return Double(place % 2 == 0 ? byte & 15 : byte >> 4)
      }
    default: throw ReadMessage.Wrong(what: "elements of the type \(type)")
    }
    guard elements.count == count, type != 21 || raw.count == (count + 1) / 2 else {
      throw ReadMessage.Wrong(what: "\(raw.count) bytes for \(shape)")
    }
    self.init(type: type, shape: shape, elements: elements)
  }
}
