import Files

/// A row of `results.csv`: one network, measured.
public struct ResultRow: Hashable, Sendable {
  /// Which network.
  public var key: NetworkKey
  /// In percent, on the test set, which selects nothing.
  public var testAccuracy: Double
  /// In percent, on the validation split, by which choices are made.
  public var validationAccuracy: Double
  /// Parameters stored; a truncated network's S is counted as its diagonal.
  public var parameters: Int
  /// As a fraction of the baseline, as the other ratios.
  public var parameterRatio: Double
  /// The size of the weights' file.
  public var bytes: Int
  /// Over the baseline's.
  public var byteRatio: Double
  /// Multiply–accumulates for one image.
  public var macs: Int
  /// Over the baseline's.
  public var macRatio: Double
  /// Time spent to make the network, in seconds.
  public var seconds: Double
  /// Test images whose predicted class differs from that of the baseline with the same seed.
  public var changedPredictions: Int

  /// A row.
  public init(
    key: NetworkKey, testAccuracy: Double, validationAccuracy: Double, parameters: Int, parameterRatio: Double,
    bytes: Int, byteRatio: Double, macs: Int, macRatio: Double, seconds: Double, changedPredictions: Int
  ) {
    self.key = key
    (self.testAccuracy, self.validationAccuracy) = (testAccuracy, validationAccuracy)
    (self.parameters, self.parameterRatio) = (parameters, parameterRatio)
    (self.bytes, self.byteRatio, self.macs, self.macRatio) = (bytes, byteRatio, macs, macRatio)
    (self.seconds, self.changedPredictions) = (seconds, changedPredictions)
  }
}

extension ResultRow: NetworkRow {
  public static let columns =
    NetworkKey.columns + [
      "test_accuracy", "validation_accuracy", "parameters", "parameter_ratio", "bytes", "byte_ratio", "macs", "mac_ratio",
      "seconds", "changed_predictions", "bits",
    ] + NetworkKey.trailingColumns

  public var fields: [String] {
    key.fields + [
      "\(testAccuracy)", "\(validationAccuracy)", "\(parameters)", "\(parameterRatio)", "\(bytes)", "\(byteRatio)",
      "\(macs)", "\(macRatio)", "\(seconds)", "\(changedPredictions)",
      "\(key.bits)",
    ] + key.trailingFields
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    testAccuracy = try fields.next(in: Bounds.accuracy)
    validationAccuracy = try fields.next(in: Bounds.accuracy)
    parameters = try fields.next(in: Bounds.count)
    parameterRatio = try fields.next(in: Bounds.amount)
    bytes = try fields.next(in: Bounds.count)
    byteRatio = try fields.next(in: Bounds.amount)
    macs = try fields.next(in: Bounds.count)
    macRatio = try fields.next(in: Bounds.amount)
    seconds = try fields.next(in: Bounds.amount)
    changedPredictions = try fields.next(in: 0...Bounds.largest)
    key.bits = try fields.next(in: 1...64)
    try key.readTrailing(&fields)
  }
}
