// The products of a layer. The innermost loop keeps its sums in registers: on x86-64 with AVX2 the twelve sums, two vectors and a
// broadcast of a product of `Float`s take the sixteen that there are. Every sum runs over its terms from the first to the
// last, by fused multiply and add.
// Pieces of work are panels or groups of columns, by groups of vectors; how they are cut changes no
// bit, so it is free to suit the caches.

extension InterleavedBatch {
  /// self ← x W, or x Wᵀ: see `PanelMatrix`.
  ///
  /// `leavingOutZeros`: where many numbers of x are zero, their terms are left out, to the same bits.
  public mutating func setProduct(
    _ x: InterleavedBatch, _ w: PanelMatrix<Scalar>, transposeW: Bool = false, leavingOutZeros: Bool = false, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    if leavingOutZeros, x.hasZerosWorthLeavingOut(forNumbers: width) {
      setProduct(ofNonzerosIn: x, w, transposeW: transposeW, workers: workers, then: finish)
    } else if transposeW {
      w.multiply(x, into: &self, workers: workers, then: finish)
    } else {
      w.multiplyTransposed(x, into: &self, workers: workers, then: finish)
    }
  }
}

extension PanelMatrix {
  /// y ← x Wᵀ: x holds vectors of `columns` numbers, y as many of `rows`. `finish` follows each tile of y while it is in cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiply(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    precondition(x.width == columns && y.width == rows && x.count == y.count && y.background == 0)
    let (blocks, background) = (x.blocks, x.background)
    // A wide layer has panels enough for all workers; a thin one is cut by vectors too.
    let blocksAPiece = panels >= 16 ? blocks : 2
    let pieces = BlockPieces(panels, by: 1, blocks, by: blocksAPiece)
    elements.withUnsafeBufferPointer { w in
      x.elements.withUnsafeBufferPointer { x in
        y.elements.withUnsafeMutableBufferPointer { y in
          let (w, x, y) = (w.baseAddress!, x.baseAddress!, y.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (panels, blocks) = pieces[piece]
            let panel = panels.lowerBound
            let range = panel * Self.panelRows..<min(rows, (panel + 1) * Self.panelRows)
            let start = Self.ofBackground(background, w + panel * Self.panelRows * columns, columns: columns)
            // So many columns at a time that their part of the panel and of a block of vectors stay in the first cache.
            for first in stride(from: 0, to: max(columns, 1), by: Self.columnsInCache) {
              let length = min(Self.columnsInCache, columns - first)
              let part = w + panel * Self.panelRows * columns + first * Self.panelRows
              for block in blocks {
                let vectors = x + (block * columns + first) * 16
                for row in stride(from: range.lowerBound, to: range.upperBound, by: Self.columnsAtOnce) {
                  let count = min(Self.columnsAtOnce, range.upperBound - row)
                  let target = y + (block * rows + row) * 16
                  let place = row - range.lowerBound
                  var sums = first == 0 ? SixBySixteen(start, place) : SixBySixteen(target, count: count)
                  let weights = part + place
                  for k in 0..<length { sums.add(weights + k * 24, stride: 1, vectors + k * 16) }
                  sums.write(to: target, count: count)
                }
              }
            }
            finish(BatchTile(base: y, width: rows, features: range, blocks: blocks))
          }
        }
      }
    }
  }

  /// dX ← dY W: dY holds vectors of `rows` numbers, dX as many of `columns`. `finish` follows each tile of dX.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiplyTransposed(
    _ dY: InterleavedBatch<Scalar>, into dX: inout InterleavedBatch<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    precondition(dY.width == rows && dX.width == columns && dX.count == dY.count && dY.background == 0 && dX.background == 0)
    let blocks = dY.blocks
    let groups = (columns + Self.columnsAtOnce - 1) / Self.columnsAtOnce
    let groupsAPiece = 8
    let pieces = BlockPieces(groups, by: groupsAPiece, blocks, by: groups >= 64 ? blocks : 2)
    elements.withUnsafeBufferPointer { w in
      dY.elements.withUnsafeBufferPointer { y in
        dX.elements.withUnsafeMutableBufferPointer { x in
          let (w, y, x) = (w.baseAddress!, y.baseAddress!, x.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (groups, blocks) = pieces[piece]
            let range = groups.lowerBound * Self.columnsAtOnce..<min(columns, groups.upperBound * Self.columnsAtOnce)
            for first in stride(from: 0, to: max(panels, 1), by: Self.panelsInCache) {
              for block in blocks {
                for column in stride(from: range.lowerBound, to: range.upperBound, by: Self.columnsAtOnce) {
                  let count = min(Self.columnsAtOnce, range.upperBound - column)
                  let target = x + (block * columns + column) * 16
                  var sums = first == 0 ? SixBySixteen<Scalar>() : SixBySixteen(target, count: count)
                  for panel in first..<min(panels, first + Self.panelsInCache) {
                    let weights = w + (panel * columns + column) * 24
                    let gradients = y + (block * rows + panel * 24) * 16
                    for row in 0..<min(24, rows - panel * 24) { sums.add(weights + row, stride: 24, gradients + row * 16) }
                  }
                  sums.write(to: target, count: count)
                }
              }
            }
            finish(BatchTile(base: x, width: columns, features: range, blocks: blocks))
          }
        }
      }
    }
  }

  /// What x's background contributes to every vector's 24 numbers of a panel: it times the sums of the panel's rows.
  @inline(__always)
  static func ofBackground(_ background: Scalar, _ panel: UnsafePointer<Scalar>, columns: Int) -> TwentyFour<Scalar> {
    var sums = TwentyFour<Scalar>()
    guard background != 0 else { return sums }
    for column in 0..<columns {
      sums.a += (panel + column * 24).eight
      sums.b += (panel + column * 24 + 8).eight
      sums.c += (panel + column * 24 + 16).eight
    }
    (sums.a, sums.b, sums.c) = (sums.a * background, sums.b * background, sums.c * background)
    return sums
  }

  /// Of a panel, 12 KiB of `Float`s; of a block of vectors, 8.
  private static var columnsInCache: Int { 128 }
  /// Of 48 columns, 23 KiB; of a block of vectors, 8.
  private static var panelsInCache: Int { 5 }
}

/// A number for each row of a panel.
struct TwentyFour<Scalar: BLASScalar> {
  var (a, b, c) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())

  subscript(row: Int) -> Scalar { row < 8 ? a[row] : row < 16 ? b[row - 8] : c[row - 16] }
}

/// Six sums for each of sixteen vectors.
private struct SixBySixteen<Scalar: BLASScalar> {
  var (a0, a1, b0, b1, c0, c1) = (
    SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>()
  )
  var (d0, d1, e0, e1, f0, f1) = (
    SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>()
  )

  /// Adds w[j · stride] times the sixteen numbers at x, for j = 0 … 5.
  @inline(__always)
  mutating func add(_ w: UnsafePointer<Scalar>, stride: Int, _ x: UnsafePointer<Scalar>) {
    let (x0, x1) = (x.eight, (x + 8).eight)
    var w_ = SIMD8(repeating: w[0])
    a0.addProduct(w_, x0)
    a1.addProduct(w_, x1)
    w_ = SIMD8(repeating: w[stride])
    b0.addProduct(w_, x0)
    b1.addProduct(w_, x1)
    w_ = SIMD8(repeating: w[2 * stride])
    c0.addProduct(w_, x0)
    c1.addProduct(w_, x1)
    w_ = SIMD8(repeating: w[3 * stride])
    d0.addProduct(w_, x0)
    d1.addProduct(w_, x1)
    w_ = SIMD8(repeating: w[4 * stride])
    e0.addProduct(w_, x0)
    e1.addProduct(w_, x1)
    w_ = SIMD8(repeating: w[5 * stride])
    f0.addProduct(w_, x0)
    f1.addProduct(w_, x1)
  }

  /// The first `count` sums of six, from `p` on.
  @inline(__always)
  init(_ p: UnsafePointer<Scalar>, count: Int) {
    if count > 0 { (a0, a1) = (p.eight, (p + 8).eight) }
    if count > 1 { (b0, b1) = ((p + 16).eight, (p + 24).eight) }
    if count > 2 { (c0, c1) = ((p + 32).eight, (p + 40).eight) }
    if count > 3 { (d0, d1) = ((p + 48).eight, (p + 56).eight) }
    if count > 4 { (e0, e1) = ((p + 64).eight, (p + 72).eight) }
    if count > 5 { (f0, f1) = ((p + 80).eight, (p + 88).eight) }
  }

  @inline(__always)
  init() {}

  /// Six of a panel's numbers, for every vector.
  @inline(__always)
  init(_ start: TwentyFour<Scalar>, _ row: Int) {
    (a0, b0, c0) = (SIMD8(repeating: start[row]), SIMD8(repeating: start[row + 1]), SIMD8(repeating: start[row + 2]))
    (d0, e0, f0) = (SIMD8(repeating: start[row + 3]), SIMD8(repeating: start[row + 4]), SIMD8(repeating: start[row + 5]))
    (a1, b1, c1, d1, e1, f1) = (a0, b0, c0, d0, e0, f0)
  }

  /// Writes the first `count` of the six.
  @inline(__always)
  func write(to p: UnsafeMutablePointer<Scalar>, count: Int) {
    if count > 0 { p.eight = a0; (p + 8).eight = a1 }
    if count > 1 { (p + 16).eight = b0; (p + 24).eight = b1 }
    if count > 2 { (p + 32).eight = c0; (p + 40).eight = c1 }
    if count > 3 { (p + 48).eight = d0; (p + 56).eight = d1 }
    if count > 4 { (p + 64).eight = e0; (p + 72).eight = e1 }
    if count > 5 { (p + 80).eight = f0; (p + 88).eight = f1 }
  }
}

// In this file, and not in one for both loops, because a debug build sees one file at a time.
extension UnsafePointer where Pointee: BLASScalar {
  /// The eight numbers from here on.
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
}

extension UnsafeMutablePointer where Pointee: BLASScalar {
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD8<Pointee>.self) }
  }
}
