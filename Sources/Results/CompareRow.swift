import Files

/// A row of `compare.csv`: one piece of work on one processor, done by this package and by a peer in turns.
public struct CompareRow: Hashable, Sendable {
  /// What was done: the same shapes and batches on both sides.
  public enum Work: String, CaseIterable, Sendable {
    /// The dense network, trained for an epoch.
    case denseEpoch = "dense_epoch"
    /// The same steps where no pixel, activation or gradient is zero: what our products leave out is not there.
    case denseEpochWithoutZeros = "dense_epoch_without_zeros"
    /// An epoch with dynamic SVD at D = 20 in every step.
    case dynamicEveryStep = "dynamic_every_step"
    /// The same steps without zeros.
    case dynamicEveryStepWithoutZeros = "dynamic_every_step_without_zeros"
    /// The SVDs of W1 … W5, whole.
    case fullSVDFiveLayers = "full_svd_five_layers"
    /// The SVD to D = 20 of a 1024×1024 matrix that drifts: `SubspaceSVD.track`.
    case truncatedSVDTrack = "truncated_svd_track"
    /// The same by what training calls: `SubspaceSVD.follow`.
    case truncatedSVDFollow = "truncated_svd_follow"
    /// The SVD to D = 128 of a 2048×2048 matrix, a power law above noise: `BlockKrylovSVD`.
    case krylovSVD2048 = "krylov_svd_2048"
    /// The same of a 4096×4096 matrix.
    case krylovSVD4096 = "krylov_svd_4096"
  }

  /// The peer, and its variant.
  public enum Peer: String, CaseIterable, Sendable {
    /// The way that a person would try first.
    case pytorch
    /// With its randomised SVD in place of the full one.
    case pytorchRandomised = "pytorch_svd_lowrank"
    /// With as many iterations as it takes to come as near to the matrix as we do.
    case pytorchEqualError = "pytorch_equal_error"
    /// With our algorithm, a subspace iteration from the vectors of the last call.
    case pytorchWarm = "pytorch_warm_start"
    case numpy
  }

  /// A side's times over its turns.
  public struct Times: Hashable, Sendable {
    public var median, lowerQuartile, upperQuartile: Double

    /// Times in the row's unit.
    public init(median: Double, lowerQuartile: Double, upperQuartile: Double) {
      (self.median, self.lowerQuartile, self.upperQuartile) = (median, lowerQuartile, upperQuartile)
    }

    /// How far the quartiles are apart, relative to the median.
    public var spread: Double { (upperQuartile - lowerQuartile) / median }
  }

  /// As the system names it.
  public var processor: String
  /// What was done.
  public var work: Work
  /// The peer.
  public var peer: Peer
  /// Our times in `unit`.
  public var ours: Times
  /// The peer's.
  public var theirs: Times
  /// The median of `theirs` / that of `ours`: above 1, we are faster.
  public var ratio: Double
  /// `seconds`, or `seconds per epoch`.
  public var unit: String
  /// How many turns each side had.
  public var runs: Int

  /// A row.
  public init(
    processor: String, work: Work, peer: Peer, ours: Times, theirs: Times, ratio: Double, unit: String, runs: Int
  ) {
    (self.processor, self.work, self.peer, self.ours, self.theirs) = (processor, work, peer, ours, theirs)
    (self.ratio, self.unit, self.runs) = (ratio, unit, runs)
  }

  /// The largest spread of a quiet machine.
  public static let largestSpread = 0.15

  /// Whether the machine was too noisy for this row.
  public var isNoisy: Bool { max(ours.spread, theirs.spread) > Self.largestSpread }
}

extension CompareRow: TableRow {
  public static let columns = [
    "processor", "work", "peer", "ours", "ours_lower_quartile", "ours_upper_quartile", "theirs", "theirs_lower_quartile",
    "theirs_upper_quartile", "ratio", "unit", "runs",
  ]

  public var fields: [String] {
    [processor, work.rawValue, peer.rawValue] + ours.fields + theirs.fields + ["\(ratio)", unit, "\(runs)"]
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    processor = fields.nextText()
    work = try fields.next(Work.self)
    peer = try fields.next(Peer.self)
    ours = try Times(fields: &fields)
    theirs = try Times(fields: &fields)
    ratio = try fields.next(in: Bounds.amount)
    unit = fields.nextText()
    runs = try fields.next(in: 1...Bounds.largest)
  }
}

extension CompareRow.Times {
  fileprivate var fields: [String] { ["\(median)", "\(lowerQuartile)", "\(upperQuartile)"] }

  fileprivate init(fields: inout FieldReader) throws(FileError) {
    median = try fields.next(in: Bounds.amount)
    lowerQuartile = try fields.next(in: Bounds.amount)
    upperQuartile = try fields.next(in: Bounds.amount)
  }
}
