import CProcessor

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

extension PanelMatrix {
  /// Steps W (out×in) and its momentum v (as large) by `rule` along the gradient dYᵀ X, plus `other`, both out×in.
  ///
  /// The gradient is never stored: a tile of it is in registers when the weights that it belongs to are stepped.
  /// - Returns: ‖W‖_F² after the step, not scaled.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    momentum v: inout PanelMatrix, gradient: OuterProducts<Scalar>, adding other: OuterProducts<Scalar>? = nil,
    rule: MomentumRule<Scalar>, workers: Workers
  ) -> Double {
    let (rows, columns) = (rows, columns)
    let other = other ?? OuterProducts(InterleavedBatch(count: 0, width: rows), InterleavedBatch(count: 0, width: columns))
    precondition(v.rows == rows && v.columns == columns)
    precondition([gradient, other].allSatisfy { $0.y.width == rows && $0.x.width == columns })
    // A matrix of few panels is cut by columns too.
    let pieces = BlockPieces(panels, by: 1, columns, by: panels >= 16 ? columns : 64)
    let (count, otherCount) = (gradient.x.count, other.x.count)
    // For rows of 24, in blocks of sixteen.
    let (room, otherRoom) = (gradient.x.blocks * 16 * Self.panelRows, other.x.blocks * 16 * Self.panelRows)
    var squares = [Double](repeating: 0, count: pieces.count)
    squares.withUnsafeMutableBufferPointer { squares in
      elements.withUnsafeMutableBufferPointer { w in
        v.elements.withUnsafeMutableBufferPointer { v in
          gradient.x.elements.withUnsafeBufferPointer { x in
            other.x.elements.withUnsafeBufferPointer { otherX in
              let (w, v, x, otherX) = (w.baseAddress!, v.baseAddress!, x.baseAddress!, otherX.baseAddress!)
              workers.forEach(pieces.count) { piece, _ in
                let (panels, range) = pieces[piece]
                let panel = panels.lowerBound
                let features = panel * Self.panelRows..<min(rows, (panel + 1) * Self.panelRows)
                withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, room + otherRoom)) { space in
                  let y = space.baseAddress!
                  gradient.y.copyRows(features, to: y, weight: gradient.weight)
                  other.y.copyRows(features, to: y + room, weight: other.weight)
                  var square = SIMD8<Scalar>()
                  for column in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                    let offset = (panel * columns + column) * Self.panelRows
                    let (w, v) = (w + offset, v + offset)
                    // Weights and momentum come from memory while the gradient is computed.
                    for place in stride(from: 0, to: 4 * 24, by: 16) {
                      prefetchForWriting(w + place)
                      prefetchForWriting(v + place)
                    }
                    var sums = FourByTwentyFour<Scalar>()
                    sums.add(y, x + column * 16, count: count, width: columns)
                    sums.add(y + room, otherX + column * 16, count: otherCount, width: columns)
                    sums.step(w, v, columns: min(4, range.upperBound - column), rule, &square)
                    // Few terms at a time in `Scalar`, so that the sum is right to rounding.
                    guard column % 64 == 60 || column + 4 >= range.upperBound else { continue }
                    for lane in 0..<8 { squares[piece] += Double(square[lane]) }
                    square = SIMD8()
                  }
                }
              }
            }
          }
        }
      }
    }
    return squares.reduce(0, +)
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

  /// Steps the weights of the first `columns` columns, 24 each, with the sums as their gradient; adds their squares.
  @inline(__always)
  func step(
    _ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, columns: Int, _ rule: MomentumRule<Scalar>,
    _ square: inout SIMD8<Scalar>
  ) {
    rule.step(w, v, a0, a1, a2, &square)
    guard columns > 1 else { return }
    rule.step(w + 24, v + 24, b0, b1, b2, &square)
    guard columns > 2 else { return }
    rule.step(w + 48, v + 48, c0, c1, c2, &square)
    guard columns > 3 else { return }
    rule.step(w + 72, v + 72, d0, d1, d2, &square)
  }
}

extension FourByTwentyFour {
  /// Adds y xᵀ for four columns of x, over `count` vectors: y rows of 24, x interleaved, of `width` numbers.
  @inline(__always)
  fileprivate mutating func add(_ y: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, count: Int, width: Int) {
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

extension MomentumRule {
  /// The rule on a panel's column, of gradient a, b, c; adds the squares of the weights.
  @inline(__always)
  fileprivate func step(
    _ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ a: SIMD8<Scalar>, _ b: SIMD8<Scalar>,
    _ c: SIMD8<Scalar>, _ square: inout SIMD8<Scalar>
  ) {
    step(w, v, a, &square)
    step(w + 8, v + 8, b, &square)
    step(w + 16, v + 16, c, &square)
  }

  /// The rule on eight weights.
  @inline(__always)
  private func step(
    _ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ gradient: SIMD8<Scalar>, _ square: inout SIMD8<Scalar>
  ) {
    let weights = w.eight
    let g = gradient.addingProduct(SIMD8(repeating: weightDecay), weights)
    let velocity = g.addingProduct(SIMD8(repeating: momentum), v.eight)
    v.eight = velocity
    let stepped = weights.addingProduct(SIMD8(repeating: -learningRate), g.addingProduct(SIMD8(repeating: momentum), velocity))
    w.eight = stepped
    square.addProduct(stepped, stepped)
  }
}

extension InterleavedBatch {
  /// Copies `features`, at most 24, of each vector to `target`, a row of 24 a vector, filled up with zeros, and multiplies
  /// them by `weight`. Writes whole blocks of sixteen rows.
  @inline(__always)
  fileprivate func copyRows(_ features: Range<Int>, to target: UnsafeMutablePointer<Scalar>, weight: Scalar) {
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<blocks {
        let source = elements.baseAddress! + (block * width + features.lowerBound) * 16
        let rows = target + block * 16 * 24
        for first in [0, 8, 16] {
          if features.count - first >= 8 {
            Self.transpose(source + first * 16, to: rows + first)
            Self.transpose(source + first * 16 + 8, to: rows + first + 8 * 24)
          } else {
            for feature in first..<first + 8 {
              for lane in 0..<16 { rows[lane * 24 + feature] = feature < features.count ? source[feature * 16 + lane] : 0 }
            }
          }
        }
      }
      guard weight != 1 else { return }
      for place in 0..<blocks * 16 * 24 { target[place] *= weight }
    }
  }

  /// Eight vectors' eight features from `source`, sixteen numbers apart, to rows of `target`, 24 apart.
  @inline(__always)
  private static func transpose(_ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>) {
    typealias Eight = SIMD8<Scalar>
    /// Alternate numbers of both, of the first halves of each half; then of the second ones.
    func pairs(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
      (Eight(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]), Eight(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]))
    }
    func fours(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
      (Eight(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]), Eight(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7]))
    }
    let (a0, a1) = pairs(source.eight, (source + 16).eight)
    let (a2, a3) = pairs((source + 32).eight, (source + 48).eight)
    let (a4, a5) = pairs((source + 64).eight, (source + 80).eight)
    let (a6, a7) = pairs((source + 96).eight, (source + 112).eight)
    let (b0, b1) = fours(a0, a2)
    let (b2, b3) = fours(a1, a3)
    let (b4, b5) = fours(a4, a6)
    let (b6, b7) = fours(a5, a7)
    target.eight = Eight(lowHalf: b0.lowHalf, highHalf: b4.lowHalf)
    (target + 24).eight = Eight(lowHalf: b1.lowHalf, highHalf: b5.lowHalf)
    (target + 48).eight = Eight(lowHalf: b2.lowHalf, highHalf: b6.lowHalf)
    (target + 72).eight = Eight(lowHalf: b3.lowHalf, highHalf: b7.lowHalf)
    (target + 96).eight = Eight(lowHalf: b0.highHalf, highHalf: b4.highHalf)
    (target + 120).eight = Eight(lowHalf: b1.highHalf, highHalf: b5.highHalf)
    (target + 144).eight = Eight(lowHalf: b2.highHalf, highHalf: b6.highHalf)
    (target + 168).eight = Eight(lowHalf: b3.highHalf, highHalf: b7.highHalf)
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
