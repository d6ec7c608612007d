/// Accumulators for the MR rows of a panel, in three registers.
struct PanelSums<Scalar: BLASScalar> {
  var (a, b, c) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())

  @inline(__always)
  init() {}

  /// The MR elements at p.
  @inline(__always)
  init(_ p: UnsafePointer<Scalar>) { (a, b, c) = (p.simd8, (p + 8).simd8, (p + 16).simd8) }

  @inline(__always)
  func store(to p: UnsafeMutablePointer<Scalar>) { (p.simd8, (p + 8).simd8, (p + 16).simd8) = (a, b, c) }

  subscript(row: Int) -> Scalar { row < 8 ? a[row] : row < 16 ? b[row - 8] : c[row - 16] }

  /// Adds the MR elements at p.
  @inline(__always)
  mutating func accumulate(_ p: UnsafePointer<Scalar>) { (a, b, c) = (a + p.simd8, b + (p + 8).simd8, c + (p + 16).simd8) }

  /// Adds x times the MR elements at p.
  @inline(__always)
  mutating func accumulate(_ x: Scalar, times p: UnsafePointer<Scalar>) { accumulate(x, times: PanelSums(p)) }

  /// Adds x times y.
  @inline(__always)
  mutating func accumulate(_ x: Scalar, times y: PanelSums) {
    let x = SIMD8(repeating: x)
    a.addProduct(x, y.a)
    b.addProduct(x, y.b)
    c.addProduct(x, y.c)
  }

  /// What a background contributes to all sums: it times the sum of `count` rows of MR elements at p, `stride` apart.
  @inline(__always)
  init(background: Scalar, times p: UnsafePointer<Scalar>, count: Int, stride: Int) {
    guard background != 0 else { return }
    for row in 0..<count { accumulate(p + row * stride) }
    (a, b, c) = (a * background, b * background, c * background)
  }
}

/// The same for two panels, the rows of a pair.
struct PairSums<Scalar: BLASScalar> {
  var (low, high): (PanelSums<Scalar>, PanelSums<Scalar>)

  /// The elements of a pair at p.
  @inline(__always)
  init(_ p: UnsafePointer<Scalar>) { (low, high) = (PanelSums(p), PanelSums(p + Tile.mr)) }

  /// As `PanelSums`, from rows of pairs.
  @inline(__always)
  init(background: Scalar, times p: UnsafePointer<Scalar>, count: Int) {
    low = PanelSums(background: background, times: p, count: count, stride: Tile.pair)
    high = PanelSums(background: background, times: p + Tile.mr, count: count, stride: Tile.pair)
  }

  @inline(__always)
  func store(to p: UnsafeMutablePointer<Scalar>) {
    low.store(to: p)
    high.store(to: p + Tile.mr)
  }

  /// Adds x times the elements of a pair at p.
  @inline(__always)
  mutating func accumulate(_ x: Scalar, times p: UnsafePointer<Scalar>) {
    low.accumulate(x, times: p)
    high.accumulate(x, times: p + Tile.mr)
  }
}
