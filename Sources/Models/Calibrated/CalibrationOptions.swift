import Results

/// How a network is compressed by what its layers do with data.
public struct CalibrationOptions: Sendable {
  /// How far.
  public var extent: Extent
  /// How ranks are chosen within the weights that `extent` allows: `uniform`, `energy`, `output`, `gradient` or `exchanged`.
  public var allocation: Allocation
  /// Ranks are multiples of this number.
  public var multiple = 1
  /// How factors are stored.
  public var stored: StoredType
  /// How factors are named.
  public var naming = FactorNaming.sequential
  /// Samples that statistics are of, at most.
  public var images = 5_000
  /// Samples that are held out, at most.
  public var heldOut: Int
  /// Of all random streams.
  public var seed: UInt64 = 1

  /// The ways to choose ranks that there are.
  public static let allocations = [Allocation.uniform, .energy, .output, .gradient, .exchanged]

  /// Options whose others are the usual ones.
  public init(extent: Extent, allocation: Allocation, stored: StoredType) {
    (self.extent, self.allocation, self.stored) = (extent, allocation, stored)
    // An exchange goes by them; else they tell errors alone.
    heldOut = allocation == .exchanged ? 3_000 : 1_000
  }
}
