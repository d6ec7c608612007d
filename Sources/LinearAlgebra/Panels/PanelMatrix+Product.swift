import CKernels

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
    _ x: InterleavedBatch, _ w: PanelMatrix<Scalar>, transposeW: Bool = false, leavingOutZeros: Bool = false,
    workers: Workers,
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
    let (count, blocks, background) = (x.count, x.blocks, x.background)
    // A wide layer has panels enough for all workers; a thin one is cut by vectors too.
    let blocksAPiece = panels >= 16 ? blocks : 2
    let pieces = BlockPieces(panels, by: 1, blocks, by: blocksAPiece)
    let wide = WideLoops<Scalar>.used
    elements.withUnsafeBufferPointer { w in
      x.elements.withUnsafeBufferPointer { x in
        y.elements.withUnsafeMutableBufferPointer { y in
          let (w, x, y) = (w.baseAddress!, x.baseAddress!, y.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (panels, blocks) = pieces[piece]
            let panel = panels.lowerBound
            let range = panel * Self.panelRows..<min(rows, (panel + 1) * Self.panelRows)
            let start = Optional(Self.ofBackground(background, w + panel * Self.panelRows * columns, columns: columns))
            // So many columns at a time that their part of the panel and of a block of vectors stay in the first cache.
            for first in stride(from: 0, to: max(columns, 1), by: Self.columnsInCache) {
              let length = min(Self.columnsInCache, columns - first)
              let part = w + panel * Self.panelRows * columns + first * Self.panelRows
              if let wide {
                let start = first == 0 ? start : nil
                for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
                  wide.add(
                    part, x + (block * columns + first) * 16, terms: length, rows: range.count, start,
                    to: y + (block * rows + range.lowerBound) * 16,
                    next: block + 1 < blocks.upperBound ? (columns * 16, rows * 16) : nil,
                    ahead: block == blocks.lowerBound ? Self.columnsInCache * 24 : nil)
                }
                continue
              }
              for block in blocks {
                let vectors = x + (block * columns + first) * 16
                let target = y + (block * rows + range.lowerBound) * 16
                let start = first == 0 ? start : nil
                // The first block of vectors asks for what the panel goes on with; others find it there.
                let next = block == blocks.lowerBound ? Self.columnsInCache * 24 : nil
                if count - block * 16 > 8 {
                  Self.add(
                    part, vectors, terms: length, rows: range.count, start, to: target, ahead: next, by: WholeBlock.self)
                } else {
                  Self.add(
                    part, vectors, terms: length, rows: range.count, start, to: target, ahead: next, by: HalfBlock.self)
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
    let (count, blocks) = (dY.count, dY.blocks)
    let groups = (columns + Self.columnsAtOnce - 1) / Self.columnsAtOnce
    let groupsAPiece = 8
    let pieces = BlockPieces(groups, by: groupsAPiece, blocks, by: groups >= 64 ? blocks : 2)
    let wide = WideLoops<Scalar>.used
    elements.withUnsafeBufferPointer { w in
      dY.elements.withUnsafeBufferPointer { y in
        dX.elements.withUnsafeMutableBufferPointer { x in
          let (w, y, x) = (w.baseAddress!, y.baseAddress!, x.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (groups, blocks) = pieces[piece]
            let range = groups.lowerBound * Self.columnsAtOnce..<min(columns, groups.upperBound * Self.columnsAtOnce)
            for first in stride(from: 0, to: max(panels, 1), by: Self.panelsInCache) {
              // After the last panels, the first ones of the columns of the piece to come.
              let onward =
                first + Self.panelsInCache < self.panels ? Self.panelsInCache * columns : range.count - first * columns
              let panels = first..<min(panels, first + Self.panelsInCache)
              if let wide {
                for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
                  add(
                    panels, of: w, y + block * rows * 16, columns: range, to: x + block * columns * 16,
                    next: block + 1 < blocks.upperBound ? (rows * 16, columns * 16) : nil,
                    ahead: block == blocks.lowerBound ? onward * Self.panelRows : nil, by: wide)
                }
                continue
              }
              for block in blocks {
                let (gradients, target) = (y + block * rows * 16, x + block * columns * 16)
                let next = block == blocks.lowerBound ? onward * Self.panelRows : nil
                if count - block * 16 > 8 {
                  add(panels, of: w, gradients, columns: range, to: target, ahead: next, by: WholeBlock.self)
                } else {
                  add(panels, of: w, gradients, columns: range, to: target, ahead: next, by: HalfBlock.self)
                }
              }
            }
            finish(BatchTile(base: x, width: columns, features: range, blocks: blocks))
          }
        }
      }
    }
  }

  /// Adds to y, for a block of vectors, so many terms of a panel's rows: from `start`, or what is there already.
  @inline(__always)
  private static func add<Shape: RegisterShape>(
    _ panel: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>, terms: Int, rows: Int, _ start: TwentyFour<Scalar>?,
    to y: UnsafeMutablePointer<Scalar>, ahead: Int?, by _: Shape.Type
  ) {
    for row in stride(from: 0, to: rows, by: Shape.rows) {
      let (target, count) = (y + row * 16, min(Shape.rows, rows - row))
      var sums = start.map { RegisterSums<Scalar, Shape>($0, row) } ?? RegisterSums(target, count: count)
      if row == 0, let ahead {
        for k in 0..<terms {
          // A column of a panel: its cache lines begin in one of these.
          prefetchForReading(panel + ahead + k * 24)
          prefetchForReading(panel + ahead + k * 24 + 16)
          sums.add(panel + row + k * 24, stride: 1, vectors + k * 16)
        }
      } else {
        for k in 0..<terms { sums.add(panel + row + k * 24, stride: 1, vectors + k * 16) }
      }
      sums.write(to: target, count: count)
    }
  }

  /// Adds to dX, for a block of vectors, the terms of some panels: from zero on where they are the first.
  @inline(__always)
  private func add<Shape: RegisterShape>(
    _ panels: Range<Int>, of w: UnsafePointer<Scalar>, _ dY: UnsafePointer<Scalar>, columns range: Range<Int>,
    to dX: UnsafeMutablePointer<Scalar>, ahead: Int?, by _: Shape.Type
  ) {
    for column in stride(from: range.lowerBound, to: range.upperBound, by: Shape.rows) {
      let (target, count) = (dX + column * 16, min(Shape.rows, range.upperBound - column))
      var sums = panels.lowerBound == 0 ? RegisterSums<Scalar, Shape>() : RegisterSums(target, count: count)
      for panel in panels {
        let (weights, gradients) = (w + (panel * columns + column) * 24, dY + panel * 24 * 16)
        if let ahead {
          for place in stride(from: 0, to: Shape.rows * 24, by: 16) { prefetchForReading(weights + ahead + place) }
        }
        for row in 0..<min(24, rows - panel * 24) { sums.add(weights + row, stride: 24, gradients + row * 16) }
      }
      sums.write(to: target, count: count)
    }
  }

  /// The same on registers of sixteen, for one block of vectors or two.
  @inline(__always)
  private func add(
    _ panels: Range<Int>, of w: UnsafePointer<Scalar>, _ dY: UnsafePointer<Scalar>, columns range: Range<Int>,
    to dX: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?, by wide: WideLoops<Scalar>
  ) {
    let terms = min(rows, panels.upperBound * 24) - panels.lowerBound * 24
    let once = WideLoops<Scalar>.columns(ofTwo: next != nil)
    for column in stride(from: range.lowerBound, to: range.upperBound, by: once) {
      wide.add(
        rows: terms, of: w + (panels.lowerBound * columns + column) * 24, stride: columns * 24,
        dY + panels.lowerBound * 24 * 16,
        begins: panels.lowerBound == 0, columns: min(once, range.upperBound - column), to: dX + column * 16, next: next,
        ahead: ahead)
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

/// What a product's twelve registers of sums hold: six rows or columns for each of sixteen vectors, or twelve for each of eight,
/// which are half a block.
private protocol RegisterShape { static var rows: Int { get } }
private enum WholeBlock: RegisterShape { static var rows: Int { 6 } }
private enum HalfBlock: RegisterShape { static var rows: Int { 12 } }

/// Sums for the vectors of a block; in memory, those of a row or column are sixteen.
private struct RegisterSums<Scalar: BLASScalar, Shape: RegisterShape> {
  private var (a, b, c, d) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
  private var (e, f, g, h) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
  private var (i, j, k, l) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())

  /// Of a register, its row or column, its first vector, and its place in memory.
  @inline(__always)
  private static func row(_ register: Int) -> Int { register * Shape.rows / 12 }
  @inline(__always)
  private static func lane(_ register: Int) -> Int { Shape.rows == 6 ? register % 2 * 8 : 0 }
  @inline(__always)
  private static func place(_ register: Int) -> Int { row(register) * 16 + lane(register) }

  @inline(__always)
  init() {}

  /// A panel's numbers from `first` on, for every vector.
  @inline(__always)
  init(_ start: TwentyFour<Scalar>, _ first: Int) {
    (a, b) = (SIMD8(repeating: start[first + Self.row(0)]), SIMD8(repeating: start[first + Self.row(1)]))
    (c, d) = (SIMD8(repeating: start[first + Self.row(2)]), SIMD8(repeating: start[first + Self.row(3)]))
    (e, f) = (SIMD8(repeating: start[first + Self.row(4)]), SIMD8(repeating: start[first + Self.row(5)]))
    (g, h) = (SIMD8(repeating: start[first + Self.row(6)]), SIMD8(repeating: start[first + Self.row(7)]))
    (i, j) = (SIMD8(repeating: start[first + Self.row(8)]), SIMD8(repeating: start[first + Self.row(9)]))
    (k, l) = (SIMD8(repeating: start[first + Self.row(10)]), SIMD8(repeating: start[first + Self.row(11)]))
  }

  /// The first `count` rows or columns, from `p` on.
  @inline(__always)
  init(_ p: UnsafePointer<Scalar>, count: Int) {
    if count > Self.row(0) { a = (p + Self.place(0)).eight }
    if count > Self.row(1) { b = (p + Self.place(1)).eight }
    if count > Self.row(2) { c = (p + Self.place(2)).eight }
    if count > Self.row(3) { d = (p + Self.place(3)).eight }
    if count > Self.row(4) { e = (p + Self.place(4)).eight }
    if count > Self.row(5) { f = (p + Self.place(5)).eight }
    if count > Self.row(6) { g = (p + Self.place(6)).eight }
    if count > Self.row(7) { h = (p + Self.place(7)).eight }
    if count > Self.row(8) { i = (p + Self.place(8)).eight }
    if count > Self.row(9) { j = (p + Self.place(9)).eight }
    if count > Self.row(10) { k = (p + Self.place(10)).eight }
    if count > Self.row(11) { l = (p + Self.place(11)).eight }
  }

  /// Adds w[j · stride] times a number of each vector at x, for each row or column j.
  @inline(__always)
  mutating func add(_ w: UnsafePointer<Scalar>, stride: Int, _ x: UnsafePointer<Scalar>) {
    let (even, odd) = ((x + Self.lane(0)).eight, (x + Self.lane(1)).eight)
    a.addProduct(SIMD8(repeating: w[Self.row(0) * stride]), even)
    b.addProduct(SIMD8(repeating: w[Self.row(1) * stride]), odd)
    c.addProduct(SIMD8(repeating: w[Self.row(2) * stride]), even)
    d.addProduct(SIMD8(repeating: w[Self.row(3) * stride]), odd)
    e.addProduct(SIMD8(repeating: w[Self.row(4) * stride]), even)
    f.addProduct(SIMD8(repeating: w[Self.row(5) * stride]), odd)
    g.addProduct(SIMD8(repeating: w[Self.row(6) * stride]), even)
    h.addProduct(SIMD8(repeating: w[Self.row(7) * stride]), odd)
    i.addProduct(SIMD8(repeating: w[Self.row(8) * stride]), even)
    j.addProduct(SIMD8(repeating: w[Self.row(9) * stride]), odd)
    k.addProduct(SIMD8(repeating: w[Self.row(10) * stride]), even)
    l.addProduct(SIMD8(repeating: w[Self.row(11) * stride]), odd)
  }

  /// Writes the first `count` rows or columns.
  @inline(__always)
  func write(to p: UnsafeMutablePointer<Scalar>, count: Int) {
    if count > Self.row(0) { (p + Self.place(0)).eight = a }
    if count > Self.row(1) { (p + Self.place(1)).eight = b }
    if count > Self.row(2) { (p + Self.place(2)).eight = c }
    if count > Self.row(3) { (p + Self.place(3)).eight = d }
    if count > Self.row(4) { (p + Self.place(4)).eight = e }
    if count > Self.row(5) { (p + Self.place(5)).eight = f }
    if count > Self.row(6) { (p + Self.place(6)).eight = g }
    if count > Self.row(7) { (p + Self.place(7)).eight = h }
    if count > Self.row(8) { (p + Self.place(8)).eight = i }
    if count > Self.row(9) { (p + Self.place(9)).eight = j }
    if count > Self.row(10) { (p + Self.place(10)).eight = k }
    if count > Self.row(11) { (p + Self.place(11)).eight = l }
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
