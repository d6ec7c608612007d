import Files
import NeuralNetwork

/// What the inputs of an exported network are.
public enum ExportedInput: String, CaseIterable, Sendable {
  /// (x − mean) / deviation: those of the network itself.
  case normalised
  /// x: numbers, where those of images are from 0 to 1.
  case unit
  /// x = byte / 255
  case bytes
}

/// A fully connected network as a model of ONNX.
///
/// Each matrix is a `Gemm` with the transposed weights, factors are two, of which the first has no C. So ONNX Runtime fuses a layer with
/// its ReLU. Codes stay codes of 8 bits, or of 4 for those of 2 to 4:
///
///     W = DequantizeLinear(codes, scales, zero) + scales / 2 = (code − 2ᵇ⁻¹) · scale + scale / 2 = (code − (2ᵇ − 1) / 2) · scale
///
/// which single precision holds without rounding. The bytes depend on the network and the options alone.
public struct ONNXExport: Sendable {
  /// The version of the operators.
  public var operators: Int { version.operators }
  /// Bytes of the file.
  public var size: Int { message.count }

  let version: ONNXVersion
  let message: ProtobufMessage

  /// What a file of Protocol Buffers can hold.
  private static let limit = Int(Int32.max)

  /// Makes the model. Its input is `input`, batch × inputs, its output `logits`, batch × classes.
  /// - Parameters:
  ///   - normalisation: of the network's data; `nil` if it is not known, which only normalised inputs allow.
  ///   - producer: the version of this program, which the file names.
  /// - Throws: `FileError` for a network that is too large for such a file, or too large for the memory.
  public init(
    of file: NetworkFile, input: ExportedInput = .normalised, normalisation: Normalisation?, producer: String
  ) throws(FileError) {
    try self.init(of: file, input: input, normalisation: normalisation, producer: producer, limit: Self.limit)
  }

  init(
    of file: NetworkFile, input: ExportedInput, normalisation: Normalisation?, producer: String, limit: Int
  ) throws(FileError) {
    let layers = try NamedLayer.all(of: file)
    try Memory.require(4 * layers.reduce(0) { $0 + $1.count }, place: file.path)
    let function = file.network.activation
    var metadata = [("activation", function.rawValue), ("input", input.rawValue)]
    if let normalisation {
      metadata += [("mean", "\(normalisation.mean)"), ("deviation", "\(normalisation.deviation)")]
    }
    var graph = ONNXGraph()
    let prepared = try graph.prepare("input", input, normalisation)
    graph.add(layers, to: prepared, output: "logits")
    version =
      graph.hasFourBits ? .fourBits : function == .gelu && layers.count > 1 ? .gelu : .usual
    message = ONNX.model(
      ONNX.graph(
        "network", nodes: graph.nodes, tensors: graph.tensors,
        input: ONNX.batch("input", input == .bytes ? .uint8 : .float32, width: file.network.inputs),
        output: ONNX.batch("logits", .float32, width: file.network.classes)),
      version: version, producer: ("lowrank", producer), about: Self.about(input, normalisation), metadata: metadata)
    guard message.count <= limit else {
      throw FileError(
        path: file.path, found: "a network of \(message.count) bytes in ONNX",
        expected: "at most \(limit), what such a file holds")
    }
  }

  /// Writes the file.
  /// - Throws: `FileError` with the system's reason.
  public func write(to path: String) throws(FileError) { try AtomicFile.write(pieces: message.pieces, to: path) }

  private static func about(_ input: ExportedInput, _ normalisation: Normalisation?) -> String {
    let scaled = normalisation.map { "(x - \($0.mean)) / \($0.deviation)" }
    return switch input {
    case .normalised: "Input: " + (scaled ?? "as the network was trained with") + ". Output: logits."
    case .unit: "Input: x; the network takes \(scaled ?? "x"). Output: logits."
    case .bytes: "Input: bytes; the network takes \(scaled ?? "x") with x = byte / 255. Output: logits."
    }
  }
}
