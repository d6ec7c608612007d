import CKernels

// The products of a layer over the terms that are not zero. Which those are differs from vector to vector, so the registers hold
// 48 numbers of one vector's result. Every sum runs over its terms from the first to the last, by fused multiply and add: with
// finite factors, what is left out changes no bit of it.
// Tiles of W are copied to rows of 48, once for all vectors of a piece of work.

extension InterleavedBatch {
  /// self ← x W, or x Wᵀ, as `setProduct`, over the numbers of x that are not zero.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func setProduct(
    ofNonzerosIn x: InterleavedBatch, _ w: PanelMatrix<Scalar>, transposeW: Bool = false, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void = { _ in }
  ) {
    precondition(
      x.width == (transposeW ? w.columns : w.rows) && width == (transposeW ? w.rows : w.columns) && x.count == count)
    precondition(background == 0 && (transposeW || x.background == 0))
    let (length, width, background) = (x.width, width, x.background)
    let x = NonzeroNumbers(x, workers: workers)
    let wide = WideLoops<Scalar>.used
    let (part, pieces) = (NonzeroNumbers<Scalar>.part, BlockPieces(width, by: 48, blocks, by: 16))
    w.elements.withUnsafeBufferPointer { elements in
      self.elements.withUnsafeMutableBufferPointer { result in
        let (elements, result) = (elements.baseAddress!, result.baseAddress!)
        workers.forEach(pieces.count) { piece, _ in
          let (range, blocks) = pieces[piece]
          func tile(_ first: Int) -> PanelTile<Scalar> {
            let terms = first..<min(length, first + part)
            let (rows, columns) = transposeW ? (range, terms) : (terms, range)
            return PanelTile(elements, rows: rows, columns: columns, of: w.columns)
          }
          // Rows of 48: a tile, and the vectors' sums. Aligned, so that no register's numbers lie in two cache lines.
          let bytes = (part + blocks.count * 16) * 48 * MemoryLayout<Scalar>.stride
          withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { space in
            let matrix = space.initializeMemory(as: Scalar.self, repeating: 0).baseAddress!
            let sums = matrix + part * 48
            if background != 0 {
              for row in stride(from: 0, to: range.count, by: 24) {
                let start = PanelMatrix.ofBackground(
                  background, elements + (range.lowerBound + row) * length, columns: length)
                for vector in 0..<blocks.count * 16 {
                  for place in 0..<24 { sums[vector * 48 + row + place] = start[place] }
                }
              }
            }
            for first in stride(from: 0, to: length, by: part) {
              tile(first).copy(to: matrix, transposed: transposeW)
              for (share, block) in blocks.enumerated() {
                // What is copied next comes from memory meanwhile.
                if first + part < length { tile(first + part).prefetch(share, of: blocks.count) }
                x.add(part: first / part, block: block, times: matrix, to: sums + share * 16 * 48, wide)
              }
            }
            for (share, block) in blocks.enumerated() {
              let target = result + (block * width + range.lowerBound) * 16
              Scalar.transpose(sums + share * 16 * 48, rows: 16, columns: range.count, stride: 48, to: target, stride: 16)
            }
          }
          finish(BatchTile(base: result, width: width, features: range, blocks: blocks))
        }
      }
    }
  }
}

extension InterleavedBatch {
  /// Whether a product with `numbers` numbers a vector is faster over the terms that are not zero.
  func hasZerosWorthLeavingOut(forNumbers numbers: Int) -> Bool {
    numbers >= Self.fewestNumbers && count >= Self.fewestVectors && nonzeroShare() < Self.sparse
  }

  // Measured, time over that of all terms, alternating, for 1024×1024 and 128 vectors: 0.5 where 20 % are not zero, 0.65 for 30 %,
  // 0.8 for 40 %, as long for 50 %. With 192 numbers or 32 vectors 30 % take 0.7 to 1.0; with 96 or 16 up to 1.5.
  private static var sparse: Double { 0.45 }
  private static var fewestNumbers: Int { 192 }
  private static var fewestVectors: Int { 32 }
}

/// Some panels' columns.
private struct PanelTile<Scalar: BLASScalar> {
  private let base: UnsafePointer<Scalar>
  private let panels: Int
  private let columns: Int
  private let stride: Int

  /// `rows`, from the first of a panel on, and `columns` of a matrix of `width` columns.
  @inline(__always)
  init(_ elements: UnsafePointer<Scalar>, rows: Range<Int>, columns: Range<Int>, of width: Int) {
    base = elements + rows.lowerBound * width + columns.lowerBound * 24
    (panels, self.columns, stride) = ((rows.count + 23) / 24, columns.count, width * 24)
  }

  /// The tile's rows, or those of the `transposed` tile, its columns, become rows of 48.
  @inline(__always)
  func copy(to target: UnsafeMutablePointer<Scalar>, transposed: Bool) {
    for panel in 0..<panels {
      let source = base + panel * stride
      if transposed {
        for column in 0..<columns { (target + column * 48 + panel * 24).update(from: source + column * 24, count: 24) }
      } else {
        Scalar.transpose(source, rows: columns, columns: 24, stride: 24, to: target + panel * 24 * 48, stride: 48)
      }
    }
  }

  /// Asks for one of so many shares of it.
  @inline(__always)
  func prefetch(_ share: Int, of shares: Int) {
    let line = 64 / MemoryLayout<Scalar>.stride
    let lines = (columns * 24 + line - 1) / line
    for panel in 0..<panels {
      for place in lines * share / shares..<lines * (share + 1) / shares {
        prefetchForReading(base + panel * stride + place * line)
      }
    }
  }
}

extension NonzeroNumbers {
  /// Adds to the sums of a block's vectors, 48 each, a part of their terms, times the rows of the matrix.
  @inline(__always)
  fileprivate func add(
    part: Int, block: Int, times matrix: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>,
    _ wide: WideLoops<Scalar>?
  ) {
    let first = part * vectors + block * 16
    if let wide { return add(from: first, times: matrix, to: sums, wide) }
    matrix.withMemoryRebound(to: SIMD8<Scalar>.self, capacity: Self.part * 6) { matrix in
      sums.withMemoryRebound(to: SIMD8<Scalar>.self, capacity: 16 * 6) { sums in
        lists.withUnsafeBufferPointer { lists in
          numbers.withUnsafeBufferPointer { numbers in
            places.withUnsafeBufferPointer { places in
              for vector in 0..<16 {
                var row = FortyEight(sums + vector * 6)
                for term in lists[first + vector] {
                  row.add(SIMD8(repeating: numbers[term]), matrix + Int(places[term]) * 6)
                }
                row.write(to: sums + vector * 6)
              }
            }
          }
        }
      }
    }
  }
}

extension NonzeroNumbers {
  /// The same, two vectors at a time.
  @inline(__always)
  fileprivate func add(
    from first: Int, times matrix: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>, _ wide: WideLoops<Scalar>
  ) {
    lists.withUnsafeBufferPointer { lists in
      numbers.withUnsafeBufferPointer { numbers in
        places.withUnsafeBufferPointer { places in
          for vector in stride(from: 0, to: 16, by: 2) {
            let (own, next) = (lists[first + vector], lists[first + vector + 1])
            wide.add(rows: matrix, numbers.baseAddress!, places.baseAddress!, own, next, to: sums + vector * 48)
          }
        }
      }
    }
  }
}

/// 48 sums of a vector.
private struct FortyEight<Scalar: BLASScalar> {
  var (a, b, c, d, e, f): (SIMD8<Scalar>, SIMD8<Scalar>, SIMD8<Scalar>, SIMD8<Scalar>, SIMD8<Scalar>, SIMD8<Scalar>)

  @inline(__always)
  init(_ p: UnsafePointer<SIMD8<Scalar>>) { (a, b, c, d, e, f) = (p[0], p[1], p[2], p[3], p[4], p[5]) }

  /// Adds x times the 48 numbers at w.
  @inline(__always)
  mutating func add(_ x: SIMD8<Scalar>, _ w: UnsafePointer<SIMD8<Scalar>>) {
    a.addProduct(x, w[0])
    b.addProduct(x, w[1])
    c.addProduct(x, w[2])
    d.addProduct(x, w[3])
    e.addProduct(x, w[4])
    f.addProduct(x, w[5])
  }

  @inline(__always)
  func write(to p: UnsafeMutablePointer<SIMD8<Scalar>>) { (p[0], p[1], p[2], p[3], p[4], p[5]) = (a, b, c, d, e, f) }
}
