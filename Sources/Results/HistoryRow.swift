import Files

/// A row of `history.csv`: one epoch of one network's training. Epoch 0 is the network before its first step.
public struct HistoryRow: Hashable, Sendable {
  /// Which network.
  public var key: NetworkKey
  /// 0 before the first step.
  public var epoch: Int
  /// At the epoch's last step.
  public var learningRate: Double
  /// Mean cross-entropy over the epoch's batches, in nats, with dropout; `nil` for epoch 0.
  public var trainingLoss: Double?
  /// In percent; for `dynamic`, of SVD_D(W), which is what is reported.
  public var validationAccuracy: Double
  /// Since training began.
  public var seconds: Double

  /// A row.
  public init(
    key: NetworkKey, epoch: Int, learningRate: Double, trainingLoss: Double?, validationAccuracy: Double, seconds: Double
  ) {
    self.key = key
    (self.epoch, self.learningRate, self.trainingLoss) = (epoch, learningRate, trainingLoss)
    (self.validationAccuracy, self.seconds) = (validationAccuracy, seconds)
  }
}

extension HistoryRow: NetworkRow {
  public static let columns =
    NetworkKey.columns + ["epoch", "learning_rate", "training_loss", "validation_accuracy", "seconds"]
    + NetworkKey.trailingColumns

  public var fields: [String] {
    key.fields + ["\(epoch)", "\(learningRate)", trainingLoss.map { "\($0)" } ?? "", "\(validationAccuracy)", "\(seconds)"]
      + key.trailingFields
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    key = try NetworkKey(fields: &fields)
    epoch = try fields.next(in: 0...Bounds.largest)
    learningRate = try fields.next(in: Bounds.amount)
    trainingLoss = try fields.nextIfPresent()
    validationAccuracy = try fields.next(in: Bounds.accuracy)
    seconds = try fields.next(in: Bounds.amount)
    try key.readTrailing(&fields)
  }
}
