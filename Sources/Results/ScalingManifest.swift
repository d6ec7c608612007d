/// `scaling.json`: what made `scaling.csv`, and the model that was fitted to it.
public struct ScalingManifest: ManifestFile, Equatable {
  public static let currentFormat = 1
  public var format = ScalingManifest.currentFormat
  /// One a work: seconds = FLOPs / rate + those of factorisations / their rate + bytes / bandwidth.
  public var models: [Model]
  /// FLOP/s of `sgemm`, 1024×1024×1024, on as many threads, between the measurements: the median.
  public var sgemm: Double
  /// The program and the machine.
  public var environment: Manifest.Environment
  /// ISO 8601, UTC.
  public var started: String
  /// From start to end.
  public var seconds: Double

  /// What one kind of step costs.
  public struct Model: Codable, Equatable, Sendable {
    /// The kind, as in the table.
    public var work: String
    /// FLOP/s of products; `nil` (as for the other two) if there are none, or if the fit gives no cost.
    public var flopsPerSecond: Double?
    /// FLOP/s of QRs and small SVDs.
    public var factorisationFlopsPerSecond: Double?
    /// Bytes a second.
    public var bytesPerSecond: Double?
    /// Median of |model / measured − 1| over the rows.
    public var medianError: Double
    /// The largest.
    public var largestError: Double

    /// A fit.
    public init(
      work: String, flopsPerSecond: Double?, factorisationFlopsPerSecond: Double?, bytesPerSecond: Double?,
      medianError: Double, largestError: Double
    ) {
      (self.work, self.flopsPerSecond, self.bytesPerSecond) = (work, flopsPerSecond, bytesPerSecond)
      self.factorisationFlopsPerSecond = factorisationFlopsPerSecond
      (self.medianError, self.largestError) = (medianError, largestError)
    }
  }

  /// A manifest of this format.
  public init(models: [Model], sgemm: Double, environment: Manifest.Environment, started: String, seconds: Double) {
    (self.models, self.sgemm, self.environment) = (models, sgemm, environment)
    (self.started, self.seconds) = (started, seconds)
  }
}
