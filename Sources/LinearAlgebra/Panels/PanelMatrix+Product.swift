import CKernels

// The products of a layer. The microkernels keep a tile of the result in registers: twelve accumulators, two registers of vectors
// and a broadcast weight fit into the sixteen of AVX2. Every sum takes its terms from the first to the last, by fused
// multiply–add. A piece of work is a panel or a group of columns, by a group of blocks. How work is cut changes no bit.

extension InterleavedBatch {
  /// self ← x W, or x Wᵀ: see `PanelMatrix`.
  ///
  /// `leavingOutZeros`: where many elements of x are zero, their terms are left out, to the same bits.
  public mutating func setProduct(
    _ x: InterleavedBatch, _ w: PanelMatrix<Scalar>, transposeW: Bool = false, leavingOutZeros: Bool = false,
    workers: Workers, then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    if leavingOutZeros, x.hasZerosWorthLeavingOut(width: width) {
      setProduct(ofNonzerosIn: x, w, transposeW: transposeW, workers: workers, then: finish)
    } else if transposeW {
      w.multiply(x, into: &self, workers: workers, then: finish)
    } else {
      w.multiplyTransposed(x, into: &self, workers: workers, then: finish)
    }
  }
}

extension PanelMatrix {
  /// y ← x Wᵀ: x is count×columns, y count×rows. `finish` gets each tile of y while it is in cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiply(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    precondition(x.width == columns && y.width == rows && x.count == y.count && y.background == 0)
    let (count, blocks, background) = (x.count, x.blocks, x.background)
    // A wide layer has panels enough for all workers; a thin one is cut by blocks too.
    let blocksAPiece = panels >= Self.enoughPanels ? blocks : 2
    let pieces = BlockPieces(panels, by: 1, blocks, by: blocksAPiece)
    let avx512 = AVX512Kernels<Scalar>.used
    elements.withUnsafeBufferPointer { w in
      x.elements.withUnsafeBufferPointer { x in
        y.elements.withUnsafeMutableBufferPointer { y in
          let (w, x, y) = (w.baseAddress!, x.baseAddress!, y.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (panels, blocks) = pieces[piece]
            let panel = panels.lowerBound
            let range = panel * Tile.mr..<min(rows, (panel + 1) * Tile.mr)
            let weights = w + panel * Tile.mr * columns
            let initial = PanelSums(background: background, times: weights, count: columns, stride: Tile.mr)
            // A part of the panel and of a block that stay in the first-level cache.
            for first in stride(from: 0, to: max(columns, 1), by: Self.columnsInCache) {
              let length = min(Self.columnsInCache, columns - first)
              let (part, start) = (weights + first * Tile.mr, first == 0 ? initial : nil)
              if let avx512 {
                for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
                  avx512.accumulateRows(
                    part, x + (block * columns + first) * Tile.nr, terms: length, rows: range.count, start,
                    to: y + (block * rows + range.lowerBound) * Tile.nr,
                    next: block + 1 < blocks.upperBound ? (columns * Tile.nr, rows * Tile.nr) : nil,
                    ahead: block == blocks.lowerBound ? Self.columnsInCache * Tile.mr : nil)
                }
                continue
              }
              for block in blocks {
                let vectors = x + (block * columns + first) * Tile.nr
                let target = y + (block * rows + range.lowerBound) * Tile.nr
                // The first block prefetches the panel's next part.
                let ahead = block == blocks.lowerBound ? Self.columnsInCache * Tile.mr : nil
                if count - block * Tile.nr > Tile.nr / 2 {
                  Self.accumulateRows(
                    part, vectors, terms: length, rows: range.count, start, to: target, ahead: ahead, by: WholeBlock.self)
                } else {
                  Self.accumulateRows(
                    part, vectors, terms: length, rows: range.count, start, to: target, ahead: ahead, by: HalfBlock.self)
                }
              }
            }
            finish(BatchTile(base: y, width: rows, features: range, blocks: blocks))
          }
        }
      }
    }
  }

  /// dX ← dY W: dY is count×rows, dX count×columns. `finish` gets each tile of dX while it is in cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiplyTransposed(
    _ dY: InterleavedBatch<Scalar>, into dX: inout InterleavedBatch<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    precondition(dY.width == rows && dX.width == columns && dX.count == dY.count && dY.background == 0 && dX.background == 0)
    let (count, blocks) = (dY.count, dY.blocks)
    let groups = (columns + Self.columnsAtOnce - 1) / Self.columnsAtOnce
    let pieces = BlockPieces(groups, by: Self.groupsAPiece, blocks, by: groups >= Self.enoughGroups ? blocks : 2)
    let avx512 = AVX512Kernels<Scalar>.used
    elements.withUnsafeBufferPointer { w in
      dY.elements.withUnsafeBufferPointer { y in
        dX.elements.withUnsafeMutableBufferPointer { x in
          let (w, y, x) = (w.baseAddress!, y.baseAddress!, x.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (groups, blocks) = pieces[piece]
            let range = groups.lowerBound * Self.columnsAtOnce..<min(columns, groups.upperBound * Self.columnsAtOnce)
            for first in stride(from: 0, to: max(panels, 1), by: Self.panelsInCache) {
              // What is prefetched: after the last panels, the first ones of the next piece.
              let onward =
                first + Self.panelsInCache < self.panels ? Self.panelsInCache * columns : range.count - first * columns
              let panels = first..<min(panels, first + Self.panelsInCache)
              if let avx512 {
                for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
                  accumulateColumns(
                    panels, of: w, y + block * rows * Tile.nr, columns: range, to: x + block * columns * Tile.nr,
                    next: block + 1 < blocks.upperBound ? (rows * Tile.nr, columns * Tile.nr) : nil,
                    ahead: block == blocks.lowerBound ? onward * Tile.mr : nil, by: avx512)
                }
                continue
              }
              for block in blocks {
                let (gradients, target) = (y + block * rows * Tile.nr, x + block * columns * Tile.nr)
                let ahead = block == blocks.lowerBound ? onward * Tile.mr : nil
                if count - block * Tile.nr > Tile.nr / 2 {
                  accumulateColumns(panels, of: w, gradients, columns: range, to: target, ahead: ahead, by: WholeBlock.self)
                } else {
                  accumulateColumns(panels, of: w, gradients, columns: range, to: target, ahead: ahead, by: HalfBlock.self)
                }
              }
            }
            finish(BatchTile(base: x, width: columns, features: range, blocks: blocks))
          }
        }
      }
    }
  }

  /// Adds to y, for a block of vectors, `terms` terms of a panel's rows: to `start`, or to what is stored.
  @inline(__always)
  private static func accumulateRows<Shape: RegisterShape>(
    _ panel: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>, terms: Int, rows: Int, _ start: PanelSums<Scalar>?,
    to y: UnsafeMutablePointer<Scalar>, ahead: Int?, by _: Shape.Type
  ) {
    for row in stride(from: 0, to: rows, by: Shape.rows) {
      let (target, count) = (y + row * Tile.nr, min(Shape.rows, rows - row))
      var sums = start.map { RegisterSums<Scalar, Shape>($0, row) } ?? RegisterSums(target, count: count)
      let weights = panel + row
      if row == 0, let ahead {
        for k in 0..<terms {
          // The cache lines of a panel's column begin in one of these.
          lowrank_prefetch_for_reading(panel + ahead + k * Tile.mr)
          lowrank_prefetch_for_reading(panel + ahead + k * Tile.mr + Tile.line)
          sums.accumulate(weights + k * Tile.mr, stride: 1, vectors + k * Tile.nr)
        }
      } else {
        for k in 0..<terms { sums.accumulate(weights + k * Tile.mr, stride: 1, vectors + k * Tile.nr) }
      }
      sums.store(to: target, count: count)
    }
  }

  /// Adds to dX, for a block of vectors, the terms of some panels: to zero where they are the first.
  @inline(__always)
  private func accumulateColumns<Shape: RegisterShape>(
    _ panels: Range<Int>, of w: UnsafePointer<Scalar>, _ dY: UnsafePointer<Scalar>, columns range: Range<Int>,
    to dX: UnsafeMutablePointer<Scalar>, ahead: Int?, by _: Shape.Type
  ) {
    for column in stride(from: range.lowerBound, to: range.upperBound, by: Shape.rows) {
      let (target, count) = (dX + column * Tile.nr, min(Shape.rows, range.upperBound - column))
      var sums = panels.lowerBound == 0 ? RegisterSums<Scalar, Shape>() : RegisterSums(target, count: count)
      for panel in panels {
        let (weights, gradients) = (w + (panel * columns + column) * Tile.mr, dY + panel * Tile.mr * Tile.nr)
        if let ahead {
          for place in stride(from: 0, to: Shape.rows * Tile.mr, by: Tile.line) {
            lowrank_prefetch_for_reading(weights + ahead + place)
          }
        }
        for row in 0..<min(Tile.mr, rows - panel * Tile.mr) {
          sums.accumulate(weights + row, stride: Tile.mr, gradients + row * Tile.nr)
        }
      }
      sums.store(to: target, count: count)
    }
  }

  /// The same on registers of sixteen, for one block of vectors or two.
  @inline(__always)
  private func accumulateColumns(
    _ panels: Range<Int>, of w: UnsafePointer<Scalar>, _ dY: UnsafePointer<Scalar>, columns range: Range<Int>,
    to dX: UnsafeMutablePointer<Scalar>, next: (vectors: Int, sums: Int)?, ahead: Int?, by avx512: AVX512Kernels<Scalar>
  ) {
    let terms = min(rows, panels.upperBound * Tile.mr) - panels.lowerBound * Tile.mr
    let once = AVX512Kernels<Scalar>.columnsAtOnce(blocks: next == nil ? 1 : 2)
    for column in stride(from: range.lowerBound, to: range.upperBound, by: once) {
      avx512.accumulateColumns(
        rows: terms, of: w + (panels.lowerBound * columns + column) * Tile.mr, stride: columns * Tile.mr,
        dY + panels.lowerBound * Tile.mr * Tile.nr, begins: panels.lowerBound == 0,
        columns: min(once, range.upperBound - column), to: dX + column * Tile.nr, next: next, ahead: ahead)
    }
  }

  /// Of a panel, 12 KiB of `Float`s; of a block of vectors, 8.
  private static var columnsInCache: Int { 128 }
  /// Of 48 columns (eight groups), 23 KiB; of a block of vectors, 8.
  private static var panelsInCache: Int { 5 }
  /// Groups of columns in a piece of work.
  private static var groupsAPiece: Int { 8 }
  /// Groups of columns that keep all workers busy, as `enoughPanels`.
  private static var enoughGroups: Int { 64 }
}

/// The tile that the twelve accumulators of AVX2 hold: six rows or columns by sixteen lanes, or twelve by eight, half a block.
private protocol RegisterShape { static var rows: Int { get } }
private enum WholeBlock: RegisterShape { static var rows: Int { 6 } }
private enum HalfBlock: RegisterShape { static var rows: Int { 12 } }

/// The AVX2 microkernel: twelve accumulators. In memory a row or column of them is NR elements.
private struct RegisterSums<Scalar: BLASScalar, Shape: RegisterShape> {
  private var (a, b, c, d) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
  private var (e, f, g, h) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
  private var (i, j, k, l) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())

  /// Of a register, its row or column, its first lane, and its place in memory.
  @inline(__always)
  private static func row(_ register: Int) -> Int { register * Shape.rows / 12 }
  @inline(__always)
  private static func lane(_ register: Int) -> Int { Shape.rows == 6 ? register % 2 * 8 : 0 }
  @inline(__always)
  private static func place(_ register: Int) -> Int { row(register) * Tile.nr + lane(register) }

  @inline(__always)
  init() {}

  /// A panel's sums from row `first` on, for every lane.
  @inline(__always)
  init(_ start: PanelSums<Scalar>, _ first: Int) {
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
    if count > Self.row(0) { a = (p + Self.place(0)).simd8 }
    if count > Self.row(1) { b = (p + Self.place(1)).simd8 }
    if count > Self.row(2) { c = (p + Self.place(2)).simd8 }
    if count > Self.row(3) { d = (p + Self.place(3)).simd8 }
    if count > Self.row(4) { e = (p + Self.place(4)).simd8 }
    if count > Self.row(5) { f = (p + Self.place(5)).simd8 }
    if count > Self.row(6) { g = (p + Self.place(6)).simd8 }
    if count > Self.row(7) { h = (p + Self.place(7)).simd8 }
    if count > Self.row(8) { i = (p + Self.place(8)).simd8 }
    if count > Self.row(9) { j = (p + Self.place(9)).simd8 }
    if count > Self.row(10) { k = (p + Self.place(10)).simd8 }
    if count > Self.row(11) { l = (p + Self.place(11)).simd8 }
  }

  /// Adds w[j · stride] times the lanes at x, for each row or column j.
  @inline(__always)
  mutating func accumulate(_ w: UnsafePointer<Scalar>, stride: Int, _ x: UnsafePointer<Scalar>) {
    let (even, odd) = ((x + Self.lane(0)).simd8, (x + Self.lane(1)).simd8)
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

  /// Stores the first `count` rows or columns.
  @inline(__always)
  func store(to p: UnsafeMutablePointer<Scalar>, count: Int) {
    if count > Self.row(0) { (p + Self.place(0)).simd8 = a }
    if count > Self.row(1) { (p + Self.place(1)).simd8 = b }
    if count > Self.row(2) { (p + Self.place(2)).simd8 = c }
    if count > Self.row(3) { (p + Self.place(3)).simd8 = d }
    if count > Self.row(4) { (p + Self.place(4)).simd8 = e }
    if count > Self.row(5) { (p + Self.place(5)).simd8 = f }
    if count > Self.row(6) { (p + Self.place(6)).simd8 = g }
    if count > Self.row(7) { (p + Self.place(7)).simd8 = h }
    if count > Self.row(8) { (p + Self.place(8)).simd8 = i }
    if count > Self.row(9) { (p + Self.place(9)).simd8 = j }
    if count > Self.row(10) { (p + Self.place(10)).simd8 = k }
    if count > Self.row(11) { (p + Self.place(11)).simd8 = l }
  }
}
