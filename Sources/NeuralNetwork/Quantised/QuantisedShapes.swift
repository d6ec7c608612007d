import Files

/// What the metadata say of the layers of a quantised network.
public struct QuantisedShapes: Sendable {
  let bits: Int
  /// From the inputs to the classes.
  let widths: [Int]
  /// Rows and columns of W of each layer; or of U and Vᵀ.
  let layers: [[(rows: Int, columns: Int)]]

  var matrices: [(rows: Int, columns: Int)] { layers.flatMap { $0 } }

  /// Much larger than any network's, and so small that the bits of all codes together can be counted: a width, and the layers.
  private static let (largest, longest) = (1 << 20, 1 << 16)

  /// Layers by their widths, from the inputs to the classes, and their ranks; `nil` for a dense layer.
  public init(bits: Int, widths: [Int], ranks: [Int?]) {
    precondition(ranks.count == widths.count - 1)
    (self.bits, self.widths) = (bits, widths)
    layers = zip(ranks, zip(widths, widths.dropFirst())).map { rank, width in
      rank.map { [(width.1, $0), ($0, width.0)] } ?? [(width.1, width.0)]
    }
  }

  /// What `init(from:path:)` reads.
  var metadata: [String: String] {
    [
      "bits": "\(bits)",
      "ranks": layers.map { $0.count == 2 ? "\($0[1].rows)" : QuantisedNetwork.dense }.joined(separator: "-"),
      "widths": widths.map(String.init).joined(separator: "-"),
    ]
  }

  /// Length in bytes of the file of such a network, with further metadata.
  public func fileSize(metadata further: [String: String]) -> Int {
    let (scales, biases) = (matrices.reduce(0) { $0 + $1.rows }, widths.dropFirst().reduce(0, +))
    let codes = PackedCodes.size(of: matrices.reduce(0) { $0 + $1.rows * $1.columns }, bits: bits)
    return SafeTensors.encodedSize(
      of: [("scales", .float16, [scales]), ("biases", .float16, [biases]), ("codes", .uint8, [codes])],
      metadata: further.merging(metadata) { _, own in own })
  }

  /// - Throws: `FileError` that names the key that is missing or wrong.
  init(from metadata: [String: String], path: String) throws(FileError) {
    func error(_ key: String, _ expected: String) -> FileError {
      FileError(
        path: "\(path): metadata", found: metadata[key].map { "'\(key)' with '\($0)'" } ?? "no '\(key)'", expected: expected)
    }
    func parts(_ key: String) -> [Substring] {
      metadata[key]?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    }
    func size(_ text: Substring) -> Int? {
      Int(text).flatMap { (1...Self.largest).contains($0) && text == "\($0)" ? $0 : nil }
    }
    guard let bits = QuantisedMatrix.widths.first(where: { metadata["bits"] == "\($0)" }) else {
      throw error("bits", QuantisedMatrix.widths.map(String.init).joined(separator: ", "))
    }
    let widths = parts("widths").map(size)
    guard (2...Self.longest).contains(widths.count), case let known = widths.compactMap({ $0 }), known.count == widths.count
    else {
      throw error("widths", "such as 784-1024-10")
    }
    let ranks = parts("ranks")
    guard ranks.count == known.count - 1, ranks.allSatisfy({ $0 == QuantisedNetwork.dense || size($0) != nil }) else {
      throw error("ranks", "such as 20-dense, one a layer, of which there are \(known.count - 1)")
    }
    self.init(bits: bits, widths: known, ranks: ranks.map(size))
  }
}
