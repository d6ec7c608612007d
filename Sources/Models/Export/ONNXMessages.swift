/// The messages of ONNX's format (onnx.proto) that a fully connected network needs. The numbers are those of their fields.
enum ONNX {
  /// `TensorProto.DataType`
  enum ElementType: Int {
    case float32 = 1
    case uint8 = 2
    case uint4 = 21
  }

  /// `TensorProto`: elements row by row, little-endian; of those of four bits, two a byte, the first in its low bits.
  static func tensor(_ name: String, _ type: ElementType, shape: [Int], bytes: [UInt8]) -> ProtobufMessage {
    ProtobufMessage(
      shape.map { (1, .number($0)) } + [(2, .number(type.rawValue)), (8, .text(name)), (9, .bytes(bytes))])
  }

  /// `NodeProto`: an operator with the names of what it takes and gives, called as its output is.
  static func node(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [(name: String, value: Int)] = []
  ) -> ProtobufMessage {
    // `AttributeProto` of the type INT.
    let integers = attributes.map { ProtobufMessage([(1, .text($0.name)), (3, .number($0.value)), (20, .number(2))]) }
    return ProtobufMessage(
      inputs.map { (1, .text($0)) } + [(2, .text(output)), (3, .text(output)), (4, .text(type))]
        + integers.map { (5, .message($0)) })
  }

  /// `ValueInfoProto`: a matrix of as many rows as there are samples.
  static func batch(_ name: String, _ type: ElementType, width: Int) -> ProtobufMessage {
    let dimensions = [ProtobufMessage([(2, .text("batch"))]), ProtobufMessage([(1, .number(width))])]
    let shape = ProtobufMessage(dimensions.map { (1, .message($0)) })
    let tensor = ProtobufMessage([(1, .number(type.rawValue)), (2, .message(shape))])
    return ProtobufMessage([(1, .text(name)), (2, .message(ProtobufMessage([(1, .message(tensor))])))])
  }

  /// `GraphProto`
  static func graph(
    _ name: String, nodes: [ProtobufMessage], tensors: [ProtobufMessage], input: ProtobufMessage, output: ProtobufMessage
  ) -> ProtobufMessage {
    ProtobufMessage(
      nodes.map { (1, .message($0)) } + [(2, .text(name))] + tensors.map { (5, .message($0)) }
        + [(11, .message(input)), (12, .message(output))])
  }

  /// `ModelProto`
  static func model(
    _ graph: ProtobufMessage, version: ONNXVersion, producer: (name: String, version: String), about: String,
    metadata: [(key: String, value: String)]
  ) -> ProtobufMessage {
    ProtobufMessage(
      [
        (1, .number(version.format)), (2, .text(producer.name)), (3, .text(producer.version)), (6, .text(about)),
        (7, .message(graph)),
        // `OperatorSetIdProto`: those of ONNX itself have no domain.
        (8, .message(ProtobufMessage([(2, .number(version.operators))]))),
      ] + metadata.map { (14, .message(ProtobufMessage([(1, .text($0.key)), (2, .text($0.value))]))) })
  }
}

/// The versions of ONNX's format and of its operators: the lowest that have what a network needs, so that older programs read it too.
struct ONNXVersion: Equatable, Sendable {
  /// `ir_version`
  let format: Int
  /// Of the operator set.
  let operators: Int

  /// `DequantizeLinear` by rows (ONNX 1.8).
  static let usual = ONNXVersion(format: 7, operators: 13)
  /// `Gelu` (ONNX 1.15).
  static let gelu = ONNXVersion(format: 9, operators: 20)
  /// Elements of four bits (ONNX 1.16).
  static let fourBits = ONNXVersion(format: 10, operators: 21)
}
