import Files

/// A row of `compare.csv`: one piece of work, done by this package and by a peer in turns.
public struct CompareRow: Hashable, Sendable {
  /// What was done: the same shapes and batches on both sides.
  public enum Work: String, CaseIterable, Sendable {
    /// The dense network, trained for an epoch.
    case denseEpoch = "dense_epoch"
    /// The same with dynamic SVD at D = 20 in every step.
    case dynamicEveryStep = "dynamic_every_step"
    /// The SVDs of W1 … W5, whole.
    case fullSVDFiveLayers = "full_svd_five_layers"
    /// The SVD of one 1024×1024 matrix to D = 20.
    case truncatedSVDRank20 = "truncated_svd_rank20"
  }

  /// The peer, and its variant.
  public enum Peer: String, CaseIterable, Sendable {
    /// The way that a person would try first.
    case pytorch
    /// With its randomised SVD in place of the full one.
    case pytorchRandomised = "pytorch_svd_lowrank"
    /// With as many iterations as it takes to come as near to the matrix as we do.
    case pytorchEqualError = "pytorch_equal_error"
    case numpy
  }

  /// What was done.
  public var work: Work
  /// The peer.
  public var peer: Peer
  /// Our time in `unit`: the median over the turns, as theirs.
  public var ours: Double
  /// The peer's.
  public var theirs: Double
  /// `theirs` / `ours`: above 1, we are faster.
  public var ratio: Double
  /// `seconds`, or `seconds per epoch`.
  public var unit: String
  /// How many turns each side had.
  public var runs: Int

  /// A row.
  public init(work: Work, peer: Peer, ours: Double, theirs: Double, ratio: Double, unit: String, runs: Int) {
    (self.work, self.peer, self.ours, self.theirs) = (work, peer, ours, theirs)
    (self.ratio, self.unit, self.runs) = (ratio, unit, runs)
  }
}

extension CompareRow: TableRow {
  public static let columns = ["work", "peer", "ours", "theirs", "ratio", "unit", "runs"]

  public var fields: [String] { [work.rawValue, peer.rawValue, "\(ours)", "\(theirs)", "\(ratio)", unit, "\(runs)"] }

  public init(fields: inout FieldReader) throws(FileError) {
    work = try fields.next(Work.self)
    peer = try fields.next(Peer.self)
    ours = try fields.next(in: Bounds.amount)
    theirs = try fields.next(in: Bounds.amount)
    ratio = try fields.next(in: Bounds.amount)
    unit = fields.nextText()
    runs = try fields.next(in: 1...Bounds.largest)
  }
}
