import Files

/// How the factors of a network are counted and stored.
public enum Storage: String, CaseIterable, Codable, Sendable {
  /// Not factored.
  case dense
  /// U, the diagonal of S, and Vᵀ: D(m + n + 1) parameters.
  case diagonal
  /// S multiplied into a factor: D(m + n) parameters.
  case folded
}

/// A row of `costs.csv`: what one network holds and does, stored in one way and read back.
public struct CostRow: Hashable, Sendable {
  /// Which network.
  public var key: NetworkKey
  /// How it is stored.
  public var storage: Storage
  /// Bits of a stored parameter: 32 or 16.
  public var bits: Int
  /// Parameters stored.
  public var parameters: Int
  /// As a fraction of the baseline with 32 bits, as the other ratios.
  public var parameterRatio: Double
  /// The size of the file it makes.
  public var bytes: Int
  /// Over the baseline's.
  public var byteRatio: Double
  /// Multiply–accumulates for one image.
  public var macs: Int
  /// Over the baseline's.
  public var macRatio: Double
  /// In percent, on the test set, of the network as it is stored.
  public var testAccuracy: Double
  /// In percent, on the validation split, of the network as it is stored.
  public var validationAccuracy: Double

  /// A row.
  public init(
    key: NetworkKey, storage: Storage, bits: Int, parameters: Int, parameterRatio: Double, bytes: Int, byteRatio: Double,
    macs: Int, macRatio: Double, testAccuracy: Double, validationAccuracy: Double
  ) {
    (self.key, self.storage, self.bits) = (key, storage, bits)
    (self.parameters, self.parameterRatio) = (parameters, parameterRatio)
    (self.bytes, self.byteRatio, self.macs, self.macRatio) = (bytes, byteRatio, macs, macRatio)
    (self.testAccuracy, self.validationAccuracy) = (testAccuracy, validationAccuracy)
  }
}

extension CostRow: NetworkRow {
  public static let columns =
    NetworkKey.columns + [
      "storage", "bits", "parameters", "parameter_ratio", "bytes", "byte_ratio", "macs", "mac_ratio", "test_accuracy",
      "validation_accuracy",
    ] + NetworkKey.trailingColumns

  public var fields: [String] {
    key.fields + [
      storage.rawValue, "\(bits)", "\(parameters)", "\(parameterRatio)", "\(bytes)", "\(byteRatio)", "\(macs)",
      "\(macRatio)", "\(testAccuracy)", "\(validationAccuracy)",
    ] + key.trailingFields
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    storage = try fields.next(Storage.self)
    bits = try fields.next(in: 1...64)
    parameters = try fields.next(in: Bounds.count)
    parameterRatio = try fields.next(in: Bounds.amount)
    bytes = try fields.next(in: Bounds.count)
    byteRatio = try fields.next(in: Bounds.amount)
    macs = try fields.next(in: Bounds.count)
    macRatio = try fields.next(in: Bounds.amount)
    testAccuracy = try fields.next(in: Bounds.accuracy)
    validationAccuracy = try fields.next(in: Bounds.accuracy)
    try key.readTrailing(&fields)
  }
}
