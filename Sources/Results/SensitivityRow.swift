import Files

/// A row of `sensitivity.csv`: the baseline with one layer alone compressed to one rank.
public struct SensitivityRow: Hashable, Sendable {
  /// The method of the compressed layer; `rank` is its rank.
  public var key: NetworkKey
  /// 1 for W1.
  public var layer: Int
  /// In percent, on the validation split.
  public var validationAccuracy: Double
  /// Mean cross-entropy on the validation split, in nats.
  public var validationLoss: Double

  /// A row.
  public init(key: NetworkKey, layer: Int, validationAccuracy: Double, validationLoss: Double) {
    (self.key, self.layer) = (key, layer)
    (self.validationAccuracy, self.validationLoss) = (validationAccuracy, validationLoss)
  }
}

extension SensitivityRow: NetworkRow {
  public static let columns =
    NetworkKey.columns + ["layer", "validation_accuracy", "validation_loss"] + NetworkKey.trailingColumns

  public var fields: [String] {
    key.fields + ["\(layer)", "\(validationAccuracy)", "\(validationLoss)"] + key.trailingFields
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    layer = try fields.next(in: 1...Bounds.largest)
    validationAccuracy = try fields.next(in: Bounds.accuracy)
    validationLoss = try fields.next(in: Bounds.amount)
    try key.readTrailing(&fields)
  }
}
