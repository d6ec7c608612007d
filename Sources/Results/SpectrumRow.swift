import Files

/// A row of `spectra.csv`: one singular value of one weight matrix.
public struct SpectrumRow: Hashable, Sendable {
  /// `baseline` before, `part3` after dynamic SVD (of W = F + R, not of its truncation).
  public var key: NetworkKey
  /// 1 for W1.
  public var layer: Int
  /// 1 for the largest.
  public var index: Int
  /// σ, of the whole matrix.
  public var singularValue: Double

  /// A row.
  public init(key: NetworkKey, layer: Int, index: Int, singularValue: Double) {
    (self.key, self.layer, self.index, self.singularValue) = (key, layer, index, singularValue)
  }
}

extension SpectrumRow: NetworkRow {
  public static let columns = NetworkKey.columns + ["layer", "index", "singular_value"] + NetworkKey.trailingColumns

  public var fields: [String] { key.fields + ["\(layer)", "\(index)", "\(singularValue)"] + key.trailingFields }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    layer = try fields.next(in: 1...Bounds.largest)
    index = try fields.next(in: 1...Bounds.largest)
    singularValue = try fields.next(in: Bounds.singularValue)
    try key.readTrailing(&fields)
  }
}
