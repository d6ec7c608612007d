import Files

/// `sizes.json`: what made `sizes.csv`, so that it can be made again.
public struct SVDSizesManifest: ManifestFile, Equatable {
  public static let currentFormat = 1
  public var format = SVDSizesManifest.currentFormat
  /// Of the first matrix of each size; every further run has the next one.
  public var seed: UInt64
  /// Ascending.
  public var sizes: [Int]
  /// Matrices of each size, where the budget allowed.
  public var runs: Int
  /// D of subspace iteration.
  public var rank: Int
  /// Seconds that an algorithm had at each size.
  public var budget: Double
  /// The singular values of the matrices, as a formula.
  public var spectrum: String
  /// ‖E‖ / ‖A‖, where a warm start from A decomposes A + E.
  public var change: Double
  /// The error ratios of a good SVD are below it; `nil` in files from before it was written.
  public var bound: Double?
  /// The program and the machine.
  public var environment: Manifest.Environment
  /// ISO 8601, UTC.
  public var started: String
  /// From start to end.
  public var seconds: Double

  /// A manifest of this format.
  public init(
    seed: UInt64, sizes: [Int], runs: Int, rank: Int, budget: Double, spectrum: String, change: Double,
    bound: Double?, environment: Manifest.Environment, started: String, seconds: Double
  ) {
    (self.seed, self.sizes, self.runs, self.rank, self.budget) = (seed, sizes, runs, rank, budget)
    (self.spectrum, self.change, self.bound) = (spectrum, change, bound)
    (self.environment, self.started, self.seconds) = (environment, started, seconds)
  }
}

/// Where the measurements of the SVDs against size lie: `<folder>/sizes.csv` and `sizes.json`, or another name for both.
public struct SVDSizeFiles: Sendable, Hashable {
  /// One row an algorithm, precision and size.
  public let table: String
  /// The files of the table at `table`, whose name ends in `.csv`.
  public init(table: String) {
    precondition(table.hasSuffix(".csv"))
    self.table = table
  }
  /// What made it.
  public var manifest: String { MeasuredTable.manifest(of: table) }
}
