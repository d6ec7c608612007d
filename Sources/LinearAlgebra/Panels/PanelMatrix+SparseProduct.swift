import CKernels

// The products of a layer over the terms that are not zero. These differ from vector to vector, so the accumulators hold a pair of
// panels of one vector's result. Every sum takes its terms from the first to the last, by fused multiply–add: with finite
// factors, a term of zero changes no bit. Tiles of W are packed to rows of pairs, once for all vectors of a piece of work.

extension InterleavedBatch {
  /// self ← x W, or x Wᵀ, as `setProduct`, over the elements of x that are not zero.
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
    let x = VectorNonzeros(x, workers: workers)
    let avx512 = AVX512Kernels<Scalar>.used
    let (part, pieces) = (VectorNonzeros<Scalar>.part, BlockPieces(width, by: Tile.pair, blocks, by: 16))
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
          // Rows of pairs: a tile, and the vectors' sums. Aligned, so that no register is loaded from two cache lines.
          let bytes = (part + blocks.count * Tile.nr) * Tile.pair * MemoryLayout<Scalar>.stride
          withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { space in
            let matrix = space.initializeMemory(as: Scalar.self, repeating: 0).baseAddress!
            let sums = matrix + part * Tile.pair
            if background != 0 {
              for row in stride(from: 0, to: range.count, by: Tile.mr) {
                let start = PanelSums(
                  background: background, times: elements + (range.lowerBound + row) * length, count: length, stride: Tile.mr
                )
                for vector in 0..<blocks.count * Tile.nr { start.store(to: sums + vector * Tile.pair + row) }
              }
            }
            for first in stride(from: 0, to: length, by: part) {
              tile(first).pack(to: matrix, transposed: transposeW)
              for (share, block) in blocks.enumerated() {
                // The next tile is prefetched meanwhile.
                if first + part < length { tile(first + part).prefetch(share, of: blocks.count) }
                x.accumulate(part: first / part, block: block, times: matrix, to: sums + share * Tile.nr * Tile.pair, avx512)
              }
            }
            for (share, block) in blocks.enumerated() {
              Scalar.transpose(
                sums + share * Tile.nr * Tile.pair, rows: Tile.nr, columns: range.count, stride: Tile.pair,
                to: result + (block * width + range.lowerBound) * Tile.nr, stride: Tile.nr)
            }
          }
          finish(BatchTile(base: result, width: width, features: range, blocks: blocks))
        }
      }
    }
  }
}

extension InterleavedBatch {
  /// Whether a product of `width` elements a vector is faster over the terms that are not zero.
  func hasZerosWorthLeavingOut(width: Int) -> Bool {
    width >= Self.leastWidth && count >= Self.fewestVectors && nonzeroShare() < Self.sparseProductShare
  }

  // Time relative to the dense product (1024×1024, 128 vectors): 0.5 at 20 % nonzeros, 0.65 at 30 %, 0.8 at 40 %, 1 at 50 %.
  // With 192 elements or 32 vectors: 0.7–1.0 at 30 %; with 96 or 16: up to 1.5.
  private static var sparseProductShare: Double { 0.45 }
  private static var leastWidth: Int { 192 }
  private static var fewestVectors: Int { 32 }
}

/// Columns of up to two panels.
private struct PanelTile<Scalar: BLASScalar> {
  private let base: UnsafePointer<Scalar>
  private let panels: Int
  private let columns: Int
  private let stride: Int

  /// `rows`, from the first of a panel on, and `columns` of a matrix of `width` columns.
  @inline(__always)
  init(_ elements: UnsafePointer<Scalar>, rows: Range<Int>, columns: Range<Int>, of width: Int) {
    base = elements + rows.lowerBound * width + columns.lowerBound * Tile.mr
    (panels, self.columns, stride) = (PanelMatrix<Scalar>.panels(rows.count), columns.count, width * Tile.mr)
  }

  /// Packs the tile, or the `transposed` tile, to rows of pairs.
  @inline(__always)
  func pack(to target: UnsafeMutablePointer<Scalar>, transposed: Bool) {
    for panel in 0..<panels {
      let source = base + panel * stride
      if transposed {
        for column in 0..<columns {
          (target + column * Tile.pair + panel * Tile.mr).update(from: source + column * Tile.mr, count: Tile.mr)
        }
      } else {
        Scalar.transpose(
          source, rows: columns, columns: Tile.mr, stride: Tile.mr, to: target + panel * Tile.mr * Tile.pair,
          stride: Tile.pair)
      }
    }
  }

  /// Prefetches one of `shares` shares of it.
  @inline(__always)
  func prefetch(_ share: Int, of shares: Int) {
    let line = 64 / MemoryLayout<Scalar>.stride
    let lines = (columns * Tile.mr + line - 1) / line
    for panel in 0..<panels {
      for place in lines * share / shares..<lines * (share + 1) / shares {
        lowrank_prefetch_for_reading(base + panel * stride + place * line)
      }
    }
  }
}

extension VectorNonzeros {
  /// Adds to the sums of a block's vectors, rows of pairs, a part of their terms times the rows of the matrix.
  @inline(__always)
  fileprivate func accumulate(
    part: Int, block: Int, times matrix: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>,
    _ avx512: AVX512Kernels<Scalar>?
  ) {
    lists.withUnsafeBufferPointer { lists in
      elements.withUnsafeBufferPointer { elements in
        indices.withUnsafeBufferPointer { indices in
          let lists = lists.baseAddress! + part * vectors + block * Tile.nr
          if let avx512 {
            for vector in stride(from: 0, to: Tile.nr, by: 2) {
              avx512.accumulate(
                rows: matrix, elements.baseAddress!, indices: indices.baseAddress!, lists[vector], lists[vector + 1],
                to: sums + vector * Tile.pair)
            }
            return
          }
          for vector in 0..<Tile.nr {
            let target = sums + vector * Tile.pair
            var row = PairSums(target)
            for term in lists[vector] { row.accumulate(elements[term], times: matrix + Int(indices[term]) * Tile.pair) }
            row.store(to: target)
          }
        }
      }
    }
  }
}
