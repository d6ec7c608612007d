import Files

/// A row of `scaling.csv`: what a training step of one size costs, and what the model says that it costs.
public struct ScalingRow: Hashable, Sendable {
  /// Which training.
  public enum Work: String, CaseIterable, Sendable {
    case dense
    /// Factors, both trained.
    case lowRank
    /// Factors renewed in the step.
    case dynamic
  }

  /// Which training.
  public var work: Work
  /// n of the network 784 – n ×5 – 10.
  public var width: Int
  /// D of the factors; `nil` for the dense network.
  public var rank: Int?
  /// Images of a step.
  public var batch: Int
  /// How many steps were timed.
  public var runs: Int
  /// For one step: the median; `nil` where only the model was asked.
  public var seconds: Double?
  /// Floating-point operations of one step in products of matrices.
  public var flops: Double
  /// Those of the QRs and small SVDs, which run at another rate.
  public var factorisationFlops: Double
  /// Bytes that a step moves between caches and memory, if nothing of the network stays in a cache from step to step.
  public var bytes: Double
  /// What the model gives.
  public var modelSeconds: Double

  /// A row.
  public init(
    work: Work, width: Int, rank: Int?, batch: Int, runs: Int, seconds: Double?, flops: Double, factorisationFlops: Double,
    bytes: Double, modelSeconds: Double
  ) {
    (self.work, self.width, self.rank, self.batch, self.runs) = (work, width, rank, batch, runs)
    (self.seconds, self.flops, self.factorisationFlops) = (seconds, flops, factorisationFlops)
    (self.bytes, self.modelSeconds) = (bytes, modelSeconds)
  }
}

extension ScalingRow: TableRow {
  public static let columns = [
    "work", "width", "rank", "batch", "runs", "seconds", "flops", "factorisation_flops", "bytes", "model_seconds",
  ]

  public var fields: [String] {
    [
      work.rawValue, "\(width)", rank.map(String.init) ?? "", "\(batch)", "\(runs)", seconds.map { "\($0)" } ?? "",
      "\(flops)", "\(factorisationFlops)", "\(bytes)", "\(modelSeconds)",
    ]
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    work = try fields.next(Work.self)
    width = try fields.next(in: 1...Bounds.largest)
    rank = try fields.nextIfPresent(in: 1...Bounds.largest)
    batch = try fields.next(in: 1...Bounds.largest)
    runs = try fields.next(in: 0...Bounds.largest)
    seconds = try fields.nextIfPresent(in: Bounds.amount)
    flops = try fields.next(in: Bounds.amount)
    factorisationFlops = try fields.next(in: Bounds.amount)
    bytes = try fields.next(in: Bounds.amount)
    modelSeconds = try fields.next(in: Bounds.amount)
  }
}
