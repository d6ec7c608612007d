import Files
import NeuralNetwork

/// A fully connected network as an archive of NumPy (`.npz`): a zip file of an array a tensor, under PyTorch's names.
///
/// Beside `fc1.weight`, `fc1.bias`, … in single precision are `activation`, a text, and `mean` and `deviation` where they are known. The
/// bytes depend on the network and the options alone.
public struct NumPyExport: Sendable {
  /// Of the arrays.
  public let names: [String]
  let pieces: [[UInt8]]
  /// Bytes of the file.
  public let size: Int

  /// Makes the archive.
  /// - Parameter normalisation: of the network's data; `nil` if it is not known.
  /// - Throws: `FileError` for a network that is too large for such a file, or too large for the memory.
  public init(of file: NetworkFile, normalisation: Normalisation?) throws(FileError) {
    let layers = try NamedLayer.all(of: file)
    try Memory.require(8 * layers.reduce(0) { $0 + $1.count }, place: file.path)
    var arrays: [(name: String, bytes: [UInt8])] = []
    func add(_ name: String, _ shape: [Int], _ elements: [Float]) {
      arrays.append(
        (name, Self.array("<f4", shape, SafeTensors.Tensor(shape: shape, elements: elements, as: .float32).bytes)))
    }
    for layer in layers {
      for (prefix, elements) in layer.matrices {
        let matrix =
          switch elements {
          case .numbers(let matrix): matrix
          case .codes(let codes): codes.matrix(of: Float.self)
          }
        add("\(prefix)weight", [matrix.rows, matrix.columns], matrix.elements)
      }
      if let bias = layer.bias { add("\(layer.matrices.last?.prefix ?? "")bias", [bias.count], bias) }
    }
    // UTF-32 of as many characters.
    let function = Array(file.network.activation.rawValue.utf8)
    arrays.append(("activation", Self.array("<U\(function.count)", [], function.flatMap { [$0, 0, 0, 0] })))
    if let normalisation {
      for (name, value) in [("mean", normalisation.mean), ("deviation", normalisation.deviation)] {
        arrays.append((name, Self.array("<f8", [], SafeTensors.Tensor(shape: [], elements: [value], as: .float64).bytes)))
      }
    }
    let zip = try ZipFile(arrays.map { ("\($0.name).npy", $0.bytes) }, path: file.path)
    (names, pieces, size) = (arrays.map(\.name), zip.pieces, zip.size)
  }

  /// Writes the file.
  /// - Throws: `FileError` with the system's reason.
  public func write(to path: String) throws(FileError) { try AtomicFile.write(pieces: pieces, to: path) }

  /// An array in NumPy's format, version 1.0 (NEP 1): the header is a Python dictionary, and its length a multiple of 64.
  static func array(_ type: String, _ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
    let spaces = 63 - (10 + text.utf8.count) % 64
    let header = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: spaces) + [UInt8(ascii: "\n")]
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header + elements
  }
}
