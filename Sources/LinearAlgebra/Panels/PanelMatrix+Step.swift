import CKernels

extension PanelMatrix {
  /// Steps W (out×in) and its momentum v (out×in) by `rule` along the gradient dYᵀ X: dY is count×out, X count×in. Sums begin with
  /// what X's background contributes: it times the sum of dY's vectors.
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
    if panels >= Self.sparseStepPanels, x.nonzeroShare() < Self.sparseStepShare {
      return stepAlongNonzeros(momentum: &v, outputGradient: dY, input: x, rule: rule, workers: workers)
    }
    let pieces = BlockPieces(panels, by: 1, columns, by: panels >= Self.enoughPanels ? columns : 64)
    let (count, background, room) = (x.count, x.background, x.blocks * Tile.nr * Tile.mr)
    elements.withUnsafeMutableBufferPointer { w in
      v.elements.withUnsafeMutableBufferPointer { v in
        x.elements.withUnsafeBufferPointer { x in
          let (w, v, x) = (w.baseAddress!, v.baseAddress!, x.baseAddress!)
          workers.forEach(pieces.count) { piece, _ in
            let (panels, range) = pieces[piece]
            let panel = panels.lowerBound
            let features = panel * Tile.mr..<min(rows, (panel + 1) * Tile.mr)
            withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(1, room)) { space in
              let y = space.baseAddress!
              dY.copyRows(features, to: y, stride: Tile.mr)
              let start = PanelSums(background: background, times: y, count: count, stride: Tile.mr)
              for column in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                let offset = (panel * columns + column) * Tile.mr
                let (w, v) = (w + offset, v + offset)
                // Weights and momentum are loaded while the gradient is computed.
                for place in stride(from: 0, to: 4 * Tile.mr, by: Tile.line) {
                  lowrank_prefetch_for_writing(w + place)
                  lowrank_prefetch_for_writing(v + place)
                }
                var gradient = FourColumns(start)
                gradient.accumulate(y, x + column * Tile.nr, count: count, width: columns)
                gradient.step(w, v, columns: min(4, range.upperBound - column), rule)
              }
            }
          }
        }
      }
    }
  }
}

/// The microkernel of the gradient: accumulators for four columns of a panel.
private struct FourColumns<Scalar: BLASScalar> {
  private var (a, b, c, d): (PanelSums<Scalar>, PanelSums<Scalar>, PanelSums<Scalar>, PanelSums<Scalar>)

  @inline(__always)
  init(_ start: PanelSums<Scalar>) { (a, b, c, d) = (start, start, start, start) }

  /// Adds yᵀ x over `count` vectors: y is rows of MR elements, x four columns of an interleaved batch of `width`.
  @inline(__always)
  mutating func accumulate(_ y: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, count: Int, width: Int) {
    var y = y
    for first in stride(from: 0, to: count, by: Tile.nr) {
      let vectors = x + first * width
      for lane in 0..<min(Tile.nr, count - first) {
        let row = PanelSums(y)
        a.accumulate(vectors[lane], times: row)
        b.accumulate(vectors[Tile.nr + lane], times: row)
        c.accumulate(vectors[2 * Tile.nr + lane], times: row)
        d.accumulate(vectors[3 * Tile.nr + lane], times: row)
        y += Tile.mr
      }
    }
  }

  /// Steps the weights of the first `columns` columns with the sums as their gradient.
  @inline(__always)
  func step(
    _ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, columns: Int, _ rule: NesterovSGD<Scalar>
  ) {
    rule.step(w, v, a)
    if columns > 1 { rule.step(w + Tile.mr, v + Tile.mr, b) }
    if columns > 2 { rule.step(w + 2 * Tile.mr, v + 2 * Tile.mr, c) }
    if columns > 3 { rule.step(w + 3 * Tile.mr, v + 3 * Tile.mr, d) }
  }
}
