/// Vectors Y and X, as many of one as of the other, and a weight c: the product c Yᵀ X = c Σ y xᵀ.
public struct OuterProducts<Scalar: BLASScalar>: Sendable {
  /// Y: count × m.
  public let y: InterleavedBatch<Scalar>
  /// X: count × n.
  public let x: InterleavedBatch<Scalar>
  /// c
  public var weight: Scalar

  /// Y and X of one count.
  public init(_ y: InterleavedBatch<Scalar>, _ x: InterleavedBatch<Scalar>, weight: Scalar = 1) {
    precondition(y.count == x.count)
    (self.y, self.x, self.weight) = (y, x, weight)
  }
}
