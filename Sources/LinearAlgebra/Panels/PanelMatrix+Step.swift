import CKernels

extension PanelMatrix {
  /// Steps W (out×in) and its momentum v (as large) by `rule` along the gradient dYᵀ X: dY is count×out, X count×in. Sums begin
  /// with what X's background contributes.
  ///
  /// The gradient is never stored: a tile of it is in registers when the weights that it belongs to are stepped.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    momentum v: inout PanelMatrix, outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    rule: NesterovSGD<Scalar>, workers: Workers
  ) {
    let (rows, columns) = (rows, columns)
    precondition(v.rows == rows && v.columns == columns && dY.count == x.count)
    precondition(dY.width == rows && x.width == columns && dY.background == 0)
    // For few panels, to look for what is not zero takes longer than it saves.
    if panels >= 8, x.nonzeroShare() < Self.sparse {
      return stepAlongNonzeros(momentum: &v, outputGradient: dY, input: x, rule: rule, workers: workers)
    }
    // A matrix of few panels is cut by columns too.
    let pieces = BlockPieces(panels, by: 1, columns, by: panels >= 16 ? columns : 64)
    let (count, background) = (x.count, x.background)
    // For rows of 24, in blocks of sixteen.
    let room = x.blocks * 16 * Self.panelRows
    elements.withUnsafeMutableBufferPointer { w in
      v.elements.withUnsafeMutableBufferPointer { v in
        x.elements.withUnsafeBufferPointer { x in
          let (w, v, x) = (w.baseAddress!, v.baseAddress!, x.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (panels, range) = pieces[piece]
            let panel = panels.lowerBound
            let features = panel * Self.panelRows..<min(rows, (panel + 1) * Self.panelRows)
            withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, room)) { space in
              let y = space.baseAddress!
              dY.copyRows(features, to: y, stride: 24)
              let start = FourByTwentyFour(Self.ofBackground(background, y, count: count, stride: 24))
              for column in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                let offset = (panel * columns + column) * Self.panelRows
                let (w, v) = (w + offset, v + offset)
                // Weights and momentum come from memory while the gradient is computed.
                for place in stride(from: 0, to: 4 * 24, by: 16) {
                  prefetchForWriting(w + place)
                  prefetchForWriting(v + place)
                }
                var sums = start
                sums.add(y, x + column * 16, count: count, width: columns)
                sums.step(w, v, columns: min(4, range.upperBound - column), rule)
              }
            }
          }
        }
      }
    }
  }

  /// Where less of X than this is not zero, it is faster to look for what is: measured, as much takes as long with 8 panels of
  /// 1024 columns in batches of 128; with 43 it is 0.6.
  private static var sparse: Double { 0.5 }

  /// What X's background contributes to every column of the gradient, for 24 rows: it times the sum of dY's numbers, `count` rows
  /// at y.
  @inline(__always)
  private static func ofBackground(
    _ background: Scalar, _ y: UnsafePointer<Scalar>, count: Int, stride: Int
  ) -> TwentyFour<Scalar> {
    var sums = TwentyFour<Scalar>()
    guard background != 0 else { return sums }
    for vector in 0..<count {
      let row = y + vector * stride
      (sums.a, sums.b, sums.c) = (sums.a + row.eight, sums.b + (row + 8).eight, sums.c + (row + 16).eight)
    }
    return TwentyFour(a: sums.a * background, b: sums.b * background, c: sums.c * background)
  }

  /// The step, to the same bits, over the terms of X that are not zero: of two panels, two columns at a time.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func stepAlongNonzeros(
    momentum v: inout PanelMatrix, outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    rule: NesterovSGD<Scalar>, workers: Workers
  ) {
    let (rows, columns, panels, size) = (rows, columns, panels, Self.panelRows * columns)
    let pieces = BlockPieces((panels + 1) / 2, by: 1, columns, by: panels >= 16 ? columns : 64)
    let terms = NonzeroTerms(x, stride: 48, workers: workers)
    let (count, background) = (x.count, x.background)
    let bytes = x.blocks * 16 * 48 * MemoryLayout<Scalar>.stride
    let wide = WideLoops<Scalar>.used
    elements.withUnsafeMutableBufferPointer { w in
      v.elements.withUnsafeMutableBufferPointer { v in
        let (w, v) = (w.baseAddress!, v.baseAddress!)
        workers.forEach(pieces.count) { piece, _ in
          let (pair, range) = pieces[piece]
          let panel = 2 * pair.lowerBound
          let isPair = panel + 1 < panels
          // Aligned, so that no register's numbers lie in two cache lines.
          withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { space in
            let y = space.baseAddress!.assumingMemoryBound(to: Scalar.self)
            for side in 0..<2 {
              dY.copyRows(min(rows, (panel + side) * 24)..<min(rows, (panel + side + 1) * 24), to: y + side * 24, stride: 48)
            }
            let low = Self.ofBackground(background, y, count: count, stride: 48)
            let high = Self.ofBackground(background, y + 24, count: count, stride: 48)
            let start = FortyEight(a: low.a, b: low.b, c: low.c, d: high.a, e: high.b, f: high.c)
            for column in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
              let place = panel * size + column * 24
              let (w, v) = (w + place, v + place)
              // Weights and momentum of columns to come are read while these ones' gradient is computed.
              for ahead in [96, 112, 128] {
                prefetchForWriting(w + ahead)
                prefetchForWriting(v + ahead)
                prefetchForWriting(w + size + ahead)
                prefetchForWriting(v + size + ahead)
              }
              // Side by side, as a sum waits for each of its terms. A last odd column is its own neighbour.
              let isLast = column + 1 == range.upperBound
              var sums = (start, start)
              terms.add(column, isLast ? column : column + 1, y, to: &sums, wide)
              rule.step(w, v, sums.0.a, sums.0.b, sums.0.c)
              if isPair { rule.step(w + size, v + size, sums.0.d, sums.0.e, sums.0.f) }
              guard !isLast else { break }
              rule.step(w + 24, v + 24, sums.1.a, sums.1.b, sums.1.c)
              if isPair { rule.step(w + size + 24, v + size + 24, sums.1.d, sums.1.e, sums.1.f) }
            }
          }
        }
      }
    }
  }
}

extension NonzeroTerms {
  /// Adds two features' numbers times the rows at y, 48 numbers each.
  @inline(__always)
  fileprivate func add(
    _ first: Int, _ second: Int, _ y: UnsafePointer<Scalar>, to sums: inout (FortyEight<Scalar>, FortyEight<Scalar>),
    _ wide: WideLoops<Scalar>?
  ) {
    numbers.withUnsafeBufferPointer { numbers in
      rows.withUnsafeBufferPointer { rows in
        let (own, next) = (lists[first], lists[second])
        let (x0, rows0) = (numbers.baseAddress! + own.lowerBound, rows.baseAddress! + own.lowerBound)
        let (x1, rows1) = (numbers.baseAddress! + next.lowerBound, rows.baseAddress! + next.lowerBound)
        if let wide {
          withUnsafeMutableBytes(of: &sums) { sums in
            let sums = sums.baseAddress!
            wide.add(rows: y, (x0, rows0, own.count), (x1, rows1, next.count), from: sums, to: sums)
          }
          return
        }
        let both = min(own.count, next.count)
        for term in 0..<both {
          sums.0.add(SIMD8(repeating: x0[term]), y + Int(rows0[term]))
          sums.1.add(SIMD8(repeating: x1[term]), y + Int(rows1[term]))
        }
        for term in both..<own.count { sums.0.add(SIMD8(repeating: x0[term]), y + Int(rows0[term])) }
        for term in both..<next.count { sums.1.add(SIMD8(repeating: x1[term]), y + Int(rows1[term])) }
      }
    }
  }
}

/// A sum for each of the rows of two panels.
private struct FortyEight<Scalar: BLASScalar> {
  var (a, b, c) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
  var (d, e, f) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())

  /// Adds x times the 48 numbers at y.
  @inline(__always)
  mutating func add(_ x: SIMD8<Scalar>, _ y: UnsafePointer<Scalar>) {
    a.addProduct(x, y.eight)
    b.addProduct(x, (y + 8).eight)
    c.addProduct(x, (y + 16).eight)
    d.addProduct(x, (y + 24).eight)
    e.addProduct(x, (y + 32).eight)
    f.addProduct(x, (y + 40).eight)
  }
}

/// Four sums for each of the 24 rows of a panel.
private struct FourByTwentyFour<Scalar: BLASScalar> {
  var (a0, a1, a2, b0, b1, b2) = (
    SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>()
  )
  var (c0, c1, c2, d0, d1, d2) = (
    SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>()
  )

  /// Begins with `start` in each column.
  @inline(__always)
  init(_ start: TwentyFour<Scalar>) {
    (a0, a1, a2, b0, b1, b2) = (start.a, start.b, start.c, start.a, start.b, start.c)
    (c0, c1, c2, d0, d1, d2) = (start.a, start.b, start.c, start.a, start.b, start.c)
  }

  /// Adds x[j · 16] times the 24 numbers at y, for j = 0 … 3.
  @inline(__always)
  mutating func add(_ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) {
    let (y0, y1, y2) = (y.eight, (y + 8).eight, (y + 16).eight)
    var x_ = SIMD8(repeating: x[0])
    a0.addProduct(x_, y0)
    a1.addProduct(x_, y1)
    a2.addProduct(x_, y2)
    x_ = SIMD8(repeating: x[16])
    b0.addProduct(x_, y0)
    b1.addProduct(x_, y1)
    b2.addProduct(x_, y2)
    x_ = SIMD8(repeating: x[32])
    c0.addProduct(x_, y0)
    c1.addProduct(x_, y1)
    c2.addProduct(x_, y2)
    x_ = SIMD8(repeating: x[48])
    d0.addProduct(x_, y0)
    d1.addProduct(x_, y1)
    d2.addProduct(x_, y2)
  }

  /// Steps the weights of the first `columns` columns, 24 each, with the sums as their gradient.
  @inline(__always)
  func step(_ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, columns: Int, _ rule: NesterovSGD<Scalar>)
  {
    rule.step(w, v, a0, a1, a2)
    if columns > 1 { rule.step(w + 24, v + 24, b0, b1, b2) }
    if columns > 2 { rule.step(w + 48, v + 48, c0, c1, c2) }
    if columns > 3 { rule.step(w + 72, v + 72, d0, d1, d2) }
  }

  /// Adds y xᵀ for four columns of x, over `count` vectors: y rows of 24, x interleaved, of `width` numbers.
  @inline(__always)
  mutating func add(_ y: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, count: Int, width: Int) {
    var y = y
    for first in stride(from: 0, to: count, by: 16) {
      let vectors = x + first * width
      for lane in 0..<min(16, count - first) {
        add(vectors + lane, y)
        y += 24
      }
    }
  }
}

extension NesterovSGD {
  /// The rule on a panel's column, of gradient a, b, c.
  @inline(__always)
  fileprivate func step(
    _ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ a: SIMD8<Scalar>, _ b: SIMD8<Scalar>,
    _ c: SIMD8<Scalar>
  ) {
    step(w, v, a)
    step(w + 8, v + 8, b)
    step(w + 16, v + 16, c)
  }

  /// The rule on eight weights.
  @inline(__always)
  private func step(_ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ gradient: SIMD8<Scalar>) {
    let weights = w.eight
    let g = gradient.addingProduct(SIMD8(repeating: weightDecay), weights)
    let velocity = g.addingProduct(SIMD8(repeating: momentum), v.eight)
    v.eight = velocity
    let stepped = weights.addingProduct(
      SIMD8(repeating: -learningRate), g.addingProduct(SIMD8(repeating: momentum), velocity))
    w.eight = stepped
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
